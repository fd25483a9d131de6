"""How work comes in, as pages that people read: what a job needs, what may be the same, ready playbooks."""

from collections.abc import Iterator

from jobkit.documents import page_code, page_line, page_names, page_section
from jobkit.duplicates import MatchRule, MatchRules
from jobkit.intake import Account, IntakeRules, LookUp, PackageData, Topic
from jobkit.playbooks import Playbook, Playbooks
from jobkit.requirements import Requirement

_NEEDED = "A job is approved once all of these hold for its type; what only warns or informs does not block."
_JUDGED = "Each of these is judged by a person or a look-up, with a reason where it is not passed."
_WEIGHED = "Every bit doubles the odds; the sum of what speaks for and against is held against the bands."
_READY = "A job that is begun from one remembers its version."


def publish_intake(rules: IntakeRules) -> str:
    """Return what jobs need, what accounts change, what is looked up and what triage judges, as a page."""
    data = rules.data
    sections = (
        page_section("Packages", (line for each in data.packages for line in _package(each)), _NEEDED),
        page_section("Accounts", map(_account, data.accounts), "Some customers are asked more or less."),
        page_section("Look-ups", map(_lookup, data.lookups), "Other systems are asked about a job."),
        page_section("Verdicts of triage", map(_topic, data.topics), _JUDGED),
    )
    return "\n".join(["# How work comes in", "", *(each for each in sections if each)])


def _package(package: PackageData) -> Iterator[str]:
    types = f", for {page_names(package.types)}" if package.types else ""
    more = f", with all of {page_names(package.includes)}" if package.includes else ""
    yield f"- **{page_line(package.id)}** version {page_line(package.version)}{types}{more}"
    yield from (f"  - {_requirement(one)}" for one in package.requirements)


def _requirement(one: Requirement) -> str:
    asked = page_code(one.field or one.kind_name)
    severity = "" if one.severity == "block" else f", {one.severity} only"
    when = "" if one.applies_when is None else ", where it applies"
    return f"**{page_line(one.id)}** ({asked}), from {page_line(one.who or 'anybody')}{severity}{when}"


def _account(account: Account) -> str:
    added = [f"adds {page_line(each.id)}" for each in account.add]
    less = [f"relaxes {page_line(each.id)} by the word of {page_line(each.by)}" for each in account.relax]
    more = [f"hardens {page_line(each.id)}" for each in account.harden]
    return f"- **{page_line(account.id)}**: {'; '.join((*added, *less, *more)) or 'as everybody'}"


def _lookup(lookup: LookUp) -> str:
    topic = "" if lookup.topic is None else f", judges {page_line(lookup.topic)}"
    return f"- **{page_line(lookup.title)}** tells {page_names(lookup.facts) or 'nothing'}{topic}"


def _topic(topic: Topic) -> str:
    person = ", by a person" if topic.person else ""
    queue = "" if topic.queue is None else f", refused ones go to {page_line(topic.queue)}"
    final = " and are never scheduled" if topic.final else ""
    about = f", again when {page_names(topic.about)} is told otherwise" if topic.about else ""
    return f"- **{page_line(topic.title)}**{person}{queue}{final}{about}"


def publish_matching(rules: MatchRules) -> str:
    """Return by what jobs are found to be the same, with the weights of each rule, as a page."""
    data = rules.data
    told = [f"- **{page_line(each.label or each.name)}**: {_weights(each)}" for each in data.rules]
    bands = f"- same from {data.bands.same:g} bits on, asked from {data.bands.ask:g} bits on"
    machine = "may merge what is the same" if data.auto_merge else "merges nothing by itself"
    head = f"# Which jobs may be the same: {page_line(rules.id)}, version {page_line(rules.version)}"
    lines = [bands, f"- the machine {machine}"]
    return "\n".join([head, "", page_section("Rules", [*told, *lines], _WEIGHED)])


def _weights(rule: MatchRule) -> str:
    levels = [f"{level.weight:+g} from a likeness of {level.at:g}" for level in rule.levels]
    return ", ".join((*levels, f"{rule.otherwise:+g} otherwise"))


def publish_playbooks(playbooks: Playbooks) -> str:
    """Return the playbooks with what a job gets from each, as a page."""
    lines = [_playbook(each) for each in playbooks]
    return "\n".join(["# Ready playbooks", "", page_section("Versions", lines, _READY)])


def _playbook(playbook: Playbook) -> str:
    tasks, checks, kit = len(playbook.tasks), len(playbook.checklist), len(playbook.parts)
    what = f"{tasks} tasks, {checks} checks, {kit} parts"
    return f"- **{page_line(playbook.source)}** begins {page_line(playbook.job_type)}: {what}"
