"""What the gate asks of a job: its package, verdicts, twins and entitlement, and that a person decides."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.desk._office import Office
from jobkit.documents import write_json
from jobkit.findings import Finding, Template
from jobkit.intake import TOPICS, Inspection, IntakeRules, Topic, inspect
from jobkit.model import Actor, Job, State
from jobkit.paths import Item, join

MACHINE = Template(
    "desk.machine_past_draft",
    "{actor} is a machine, and would take job {job} to {target}.",
    "Let a person look at job {job} and move it on.",
)
UNDECIDED = Template(
    "desk.undecided_twin",
    "Job {job} may be the same as job {other}, and nobody has decided it.",
    "Decide with decide_twin whether job {other} is the same or different.",
)
NOT_ENTITLED = Template(
    "desk.not_entitled",
    "The entitlement of job {job} is {status}, so that it cannot go to {target}.",
    "Have the entitlement settled with judge and terms.entitlement.status, or hold or reject job {job}.",
)
TAKEN_AWAY = Template(
    "desk.entitlement_taken_away",
    "The entitlement of job {job} was {status}, and would be taken away without an answer.",
    "Record terms.entitlement.status as what it is now, or leave it.",
)
PLANNED_EARLY = Template(
    "desk.planned_before_approval",
    "Visit {visit} of job {job} has a {window} window, and the job is not approved yet.",
    "Keep the customer's wish as visits[].requested or terms.requested until job {job} is approved.",
)

UNJUDGED = Template(
    "desk.unjudged",
    "Triage has not judged {topic} ({title}).",
    "Judge {topic} with judge.",
)
WAITS = Template(
    "desk.verdict_waits",
    "The verdict on {topic} is not to be had yet{because}.",
    "Judge {topic} again when it can be found out; job {job} waits in triage until then.",
)
REFUSED = Template(
    "desk.verdict_refused",
    "Triage has refused job {job} on {topic}{because}.",
    "Reject job {job}, or judge {topic} again when it is settled.",
)

BEFORE: Final = frozenset({"draft", "triage"})
"""The categories of states that lie before the gate."""

BEHIND: Final = frozenset({"open", "scheduled", "active", "performed"})
"""Those that lie behind it. A job may wait or end on either side."""

_FIRM: Final = frozenset({"scheduled", "active"})
_OPEN_QUESTION: Final = frozenset({"refused", "unavailable"})
_ENTITLEMENT: Final = "entitlement"


@attrs.frozen(kw_only=True)
class Entry:
    """
    That a job enters a state: from where, the job with it, who did it and when.

    `crosses` says that this leads past the gate, `trusted` that the job lived elsewhere and is trusted.
    """

    source: State | None
    job: Job
    by: Actor
    at: datetime
    crosses: bool
    trusted: bool = False


def has_gate(office: Office, job: Job) -> bool:
    """Whether jobs like this one have a gate to pass: the catalog asks something, and they are work."""
    catalog = office.catalog
    if catalog.intake is None and catalog.duplicates is None:
        return False
    return not catalog.rules(job.type).type.is_request


def against(office: Office, entry: Entry, whole: Job) -> tuple[Finding, ...]:
    """Return what speaks against an entry; *whole* is the job at the end of the command."""
    return tuple(_against(office, entry, whole))


def _against(office: Office, entry: Entry, whole: Job) -> Iterator[Finding]:
    if entry.trusted:
        return
    yield from _machine(entry)
    intake = office.catalog.intake
    if entry.crosses:
        if intake is not None:
            yield from inspected(office, entry.job, entry.at, entry.by).findings
            yield from unjudged(intake, entry.job)
        yield from undecided(whole)
    if intake is not None:
        yield from _entitled(entry)


def _machine(entry: Entry) -> Iterator[Finding]:
    """Yield that a machine moves a job out of its draft, other than to an end, or past the gate."""
    state, source = entry.job.state, entry.source
    if entry.by.is_person or state.end is not None:
        return
    leaves = source is not None and source.category == "draft" and state.category != "draft"
    if leaves or entry.crosses:
        told: dict[str, Any] = {"actor": entry.by.id, "job": entry.job.id, "target": state.name}
        yield Finding.of(MACHINE, path="$.by", **told)


def inspected(office: Office, job: Job, now: datetime, by: Actor | None = None) -> Inspection:
    """Return what intake says of a job at *now*; catalogs without rules of intake are not asked."""
    rules = office.catalog.intake
    assert rules is not None  # callers ask first whether there are any
    return inspect(rules, job, now=now, by=by, facts=office.facts(job, now))


def topics_of(office: Office, job_type: str) -> tuple[Topic, ...]:
    """Return what triage verifies of jobs of a type, the ordinary topics where no rules say it."""
    rules = office.catalog.intake
    return TOPICS if rules is None else rules.topics(job_type)


def unjudged(rules: IntakeRules, job: Job) -> Iterator[Finding]:
    """Yield the topics of triage that nobody has judged, that wait, and that were refused."""
    known = {each.id: each for each in job.triage.verdicts}
    for topic in rules.topics(job.type):
        verdict = known.get(topic.id)
        if verdict is not None and verdict.status == "passed":
            continue
        told: dict[str, Any] = {"job": job.id, "topic": topic.id, "title": topic.title}
        words = UNJUDGED if verdict is None else WAITS if verdict.status == "unavailable" else REFUSED
        because = "" if verdict is None or verdict.reason is None else f": {verdict.reason.rstrip('.')}"
        path = join("$.triage.verdicts", Item(topic.id))
        yield Finding.of(words, path=path, who=topic.who, because=because, **told)


def undecided(job: Job) -> Iterator[Finding]:
    """Yield the jobs that may be the same as this one, as long as nobody has said whether they are."""
    for suspect in job.triage.suspects:
        if suspect.decided is None:
            path = f"$.triage.suspects[{suspect.id}]"
            yield Finding.of(UNDECIDED, path=path, job=job.id, other=suspect.id, who="triage")


def _entitled(entry: Entry) -> Iterator[Finding]:
    """Yield that what is not entitled would be scheduled or worked on, whenever that came out."""
    job = entry.job
    status = entitlement(job)
    if job.state.category in _FIRM and status in _OPEN_QUESTION:
        told: dict[str, Any] = {"job": job.id, "status": status, "target": job.state.name}
        yield Finding.of(NOT_ENTITLED, path="$.terms.entitlement.status", who="triage", **told)


def entitlement(job: Job) -> str | None:
    """Return how the entitlement of a job stands: what the terms say, unless the verdict is worse."""
    verdict = next((each.status for each in job.triage.verdicts if each.id == _ENTITLEMENT), None)
    return verdict if verdict in _OPEN_QUESTION else job.terms.entitlement.status


def kept_up(office: Office, before: Job | None, job: Job) -> Iterator[Finding]:
    """Yield what would be planned before the job passed, and an entitlement taken away without an answer."""
    if office.catalog.intake is None:
        return
    if before is None or before.visits != job.visits:
        yield from _planned_early(before, job)
    known = None if before is None else before.terms.entitlement.status
    if known in _OPEN_QUESTION and job.terms.entitlement.status is None:
        yield Finding.of(TAKEN_AWAY, path="$.terms.entitlement.status", job=job.id, status=known)


def _planned_early(before: Job | None, job: Job) -> Iterator[Finding]:
    if job.triage.passed is not None or job.state.category in BEHIND or not job.is_open:
        return
    known = () if before is None else before.visits
    for visit in job.visits:
        for name in ("promised", "planned", "confirmed"):
            if getattr(visit, name) is not None and visit not in known:
                path = f"$.visits[{visit.id}].{name}"
                yield Finding.of(PLANNED_EARLY, path=path, job=job.id, visit=visit.id, window=name)


def told_of(office: Office, entry: Entry) -> Mapping[str, Any]:
    """Return what the record of a passage says beside when it was."""
    return {"by": entry.by.id}


def seals(office: Office) -> Mapping[str, str]:
    """Return the hash of each part of the catalog's rules that the gate asked, by its name."""
    catalog = office.catalog
    parts = {"intake": catalog.intake, "duplicates": catalog.duplicates}
    return {name: part.digest for name, part in parts.items() if part is not None}


def texts(office: Office) -> Mapping[str, str]:
    """Return the text of those parts by their hash, for the archive."""
    catalog = office.catalog
    parts = [part for part in (catalog.intake, catalog.duplicates) if part is not None]
    return {part.digest: write_json(part.to_data()) for part in parts}
