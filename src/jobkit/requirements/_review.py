"""Reviewing a package: every finding, how complete it is, and the least that unblocks it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.conditions import Condition, Reason, Verdict
from jobkit.errors import JobkitError
from jobkit.findings import Finding, Template, blocking
from jobkit.registry import guarded
from jobkit.requirements._formula import Truth
from jobkit.requirements._kinds import MISSING, Question, Worded, shown_as, why_of
from jobkit.requirements._package import Package, Rule
from jobkit.requirements._requirement import Requirement, Waiver
from jobkit.requirements._unblock import Unblocking, told, unblocking

UNMET = Template(
    "requirements.unmet",
    "The requirement {id} is not met: {because}.",
    "See to it that {deeds}{why}.",
)
UNKNOWN = Template(
    "requirements.unknown",
    "Whether the requirement {id} is met is unknown: {because}.",
    "Record what is missing, so that {deeds}{why}.",
)
SAID = Template("requirements.said", "{message}.", "{unblock}.")
UNCHECKED = Template(
    "requirements.unchecked",
    "The requirement {id} could not be checked: {because}.",
    "Ask again when what it looks up can be reached, or mend the rule {id}.",
)
WAIVED = Template(
    "requirements.waived",
    "The requirement {id} is waived by {by}: {reason}.",
    "Nothing is to be done while the waiver holds.",
)
NO_WAIVER = Template(
    "requirements.no_waiver",
    "The waiver of {id} by {by} does not count, as the role {role} may not give it.",
    "Ask someone in one of these roles for the waiver: {roles}.",
)


@attrs.frozen(kw_only=True)
class Review:
    """
    What a package says about facts at one instant.

    `met`, `unmet`, `waived` and `idle` (not applicable) name every requirement in force once; `presumed` are
    those of which it is unknown whether they apply, and which count as applicable. `score` is the weighted
    share of met among applicable ones: 1 exactly when none of them is unmet.
    """

    package: str
    version: str
    now: datetime
    findings: tuple[Finding, ...] = ()
    score: float = 1.0
    met: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
    unblocking: Unblocking = Unblocking()

    @property
    def open(self) -> bool:
        """Whether nothing that is unmet blocks."""
        return not blocking(self.findings)

    def answer(self, subject: str) -> Answer[str]:
        """Return the review as the answer to a question about *subject*."""
        return Answer(subject, self.findings)


@attrs.frozen
class _Judged:
    """One requirement in force with what came out."""

    rule: Rule
    applies: Truth
    met: Truth
    waiver: Waiver | None
    error: str | None = None

    @property
    def counts(self) -> bool:
        return self.applies is not False and self.waiver is None

    @property
    def id(self) -> str:
        return self.rule.requirement.id


def review(
    package: Package,
    facts: Mapping[str, Any],
    now: datetime,
    *,
    stage: str | None = None,
    waivers: Sequence[Waiver] = (),
) -> Review:
    """
    Say which requirements of *package* are met at *now*, which are not, and what unblocks.

    With a *stage*, only requirements of that stage and of none count. A *waiver* counts while it holds and
    when its role may give it. A rule that raises is told as a finding and counts as unmet. Naive instants
    are refused.

    >>> package = Package.load({"id": "intake", "requirements": [{"id": "asset", "field": "asset"}]})
    >>> from datetime import UTC
    >>> told = review(package, {}, datetime(2026, 3, 10, tzinfo=UTC))
    >>> told.open, told.score, [finding.unblock for finding in told.findings]
    (False, 0.0, ['Record asset.'])
    """
    in_force = [rule for rule in package.rules if _asked(rule.requirement, stage, now)]
    judged = [_judge(rule, facts, now, waivers) for rule in in_force]
    unmet = [each for each in judged if each.counts and each.met is not True]
    findings = [_finding(each, facts, now) for each in unmet]
    findings += [_waived(each) for each in judged if each.waiver is not None]
    findings += _idle_waivers(in_force, waivers, now)
    return Review(
        package=package.id,
        version=package.data.version,
        now=now,
        findings=tuple(findings),
        score=_score(judged),
        met=_ids(each for each in judged if each.counts and each.met is True),
        unmet=_ids(unmet),
        waived=_ids(each for each in judged if each.waiver is not None),
        idle=_ids(each for each in judged if each.waiver is None and not each.counts),
        presumed=_ids(each for each in judged if each.applies is None),
        unblocking=_way_out(judged, unmet, facts, now),
    )


def _asked(requirement: Requirement, stage: str | None, now: datetime) -> bool:
    return requirement.in_force(now) and (stage is None or requirement.stage in (None, stage))


def _ids(judged: Iterable[_Judged]) -> tuple[str, ...]:
    return tuple(each.id for each in judged)


def _judge(rule: Rule, facts: Mapping[str, Any], now: datetime, waivers: Sequence[Waiver]) -> _Judged:
    requirement = rule.requirement
    applies, failed = (
        (True, None) if rule.applies is None else _truth(requirement.id, rule.applies, facts, now)
    )
    if applies is False:
        return _Judged(rule, applies, None, None)
    met, error = _truth(requirement.id, rule.question, facts, now)
    waiver = next((one for one in waivers if _waives(one, requirement, now)), None)
    return _Judged(rule, applies, met, waiver, error or (failed if met is not True else None))


def _truth(
    name: str, question: Question, facts: Mapping[str, Any], now: datetime
) -> tuple[Truth, str | None]:
    """Return the answer, or unknown and the sentence about what kept it from being given."""
    try:
        truth: Truth = guarded("requirement", name, question, facts, now)
    except JobkitError as error:
        return None, error.message.rstrip(".")
    return truth, None


def _waives(waiver: Waiver, requirement: Requirement, now: datetime) -> bool:
    return waiver.requirement == requirement.id and waiver.holds(now) and waiver.role in requirement.waivers


def _score(judged: Iterable[_Judged]) -> float:
    weights = [(each.rule.requirement.weight, each.met is True) for each in judged if each.counts]
    whole = sum(weight for weight, _ in weights)
    return sum(weight for weight, met in weights if met) / whole if whole else 1.0


def _finding(judged: _Judged, facts: Mapping[str, Any], now: datetime) -> Finding:
    requirement = judged.rule.requirement
    template, told_ = _words(judged, facts, now)
    return Finding(
        template=template,
        path=_place(judged.rule),
        params=told_,
        severity=requirement.severity,
        who=requirement.who,
        source=requirement.source,
    )


def _words(judged: _Judged, facts: Mapping[str, Any], now: datetime) -> tuple[Template, dict[str, Any]]:
    requirement = judged.rule.requirement
    why = why_of(requirement)
    if judged.error is not None:
        return UNCHECKED, {"id": requirement.id, "because": judged.error}
    if requirement.message is not None:
        deed = requirement.unblock or f"See to it that {requirement.id} is met"
        return SAID, {"message": requirement.message.rstrip("."), "unblock": f"{deed.rstrip('.')}{why}"}
    if requirement.kind_name == "field":
        return MISSING, {"what": shown_as(requirement), "why": why}
    if isinstance(judged.rule.question, Worded):
        return _own_words(requirement, judged.rule.question, facts, now)
    because, deeds = _reasons(judged.rule, facts, now)
    template = UNKNOWN if judged.met is None else UNMET
    return template, {"id": requirement.id, "because": because, "deeds": deeds, "why": why}


def _own_words(
    requirement: Requirement, question: Worded, facts: Mapping[str, Any], now: datetime
) -> tuple[Template, dict[str, Any]]:
    try:
        template, told_ = guarded("requirement", requirement.id, question.words, facts, now)
    except JobkitError as error:
        return UNCHECKED, {"id": requirement.id, "because": error.message.rstrip(".")}
    return template, dict(told_)


def _reasons(rule: Rule, facts: Mapping[str, Any], now: datetime) -> tuple[list[str], str]:
    name = rule.requirement.label or rule.requirement.id
    if not isinstance(rule.question, Condition):
        return [f"{name} was asked"], f"{name} holds"
    verdict = rule.question.verdict(facts, now)
    return [leaf.sentence.rstrip(".") for leaf in verdict.leaves], _wanted(verdict.because, True)


def _wanted(reason: Reason, so: bool) -> str:
    """Return in words what would make the reason true, or false if it is not to be *so*."""
    if reason.leaf is not None:
        return told(reason.leaf)
    if reason.form == "not":
        return _wanted(reason.parts[0], not so)
    word = " and " if (reason.form == "all") is so else " or "
    return word.join(_wanted(part, so) for part in reason.parts)


def _path(requirement: Requirement) -> str:
    field = requirement.field
    return f"$.{field.removeprefix('job.')}" if field else "$"


def _place(rule: Rule) -> str:
    own = rule.question.path if isinstance(rule.question, Worded) else None
    return own or _path(rule.requirement)


def _waived(judged: _Judged) -> Finding:
    waiver, requirement = judged.waiver, judged.rule.requirement
    assert waiver is not None
    told_ = {"id": requirement.id, "by": waiver.by, "reason": waiver.reason.rstrip(".")}
    return Finding(
        template=WAIVED, path=_path(requirement), params=told_, severity="info", source=requirement.source
    )


def _idle_waivers(rules: Iterable[Rule], waivers: Sequence[Waiver], now: datetime) -> list[Finding]:
    """Tell of waivers that hold in time but were given in a role that may not."""
    return [
        Finding.of(
            NO_WAIVER,
            path=_path(rule.requirement),
            severity="warn",
            source=rule.requirement.source,
            id=waiver.requirement,
            by=waiver.by,
            role=waiver.role,
            roles=rule.requirement.waivers,
        )
        for waiver in waivers
        for rule in rules
        if waiver.requirement == rule.requirement.id
        and waiver.holds(now)
        and waiver.role not in rule.requirement.waivers
    ]


def _way_out(
    judged: Sequence[_Judged], unmet: Sequence[_Judged], facts: Mapping[str, Any], now: datetime
) -> Unblocking:
    if not any(each.rule.requirement.severity == "block" for each in unmet):
        return Unblocking()
    rules = [
        each.rule for each in judged if each.waiver is None and each.rule.requirement.severity == "block"
    ]
    atoms = {
        literal.atom.text: literal.atom
        for rule in rules
        for formula in (rule.met, rule.applicable)
        for literal in formula.literals()
    }
    truths = {text: _truth(text, atom.ask, facts, now)[0] for text, atom in atoms.items()}

    def verdict(condition: Condition) -> Verdict:
        return condition.verdict(facts, now)

    return unblocking(rules, atoms.values(), truths, verdict)
