"""What the gate asks of a job: its package, verdicts, twins and entitlement, and that a person decides."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import attrs

from jobkit.catalog import TelemetryRules
from jobkit.desk._draft import Draft
from jobkit.desk._intake_said import with_refusals
from jobkit.desk._office import SYSTEM, Office
from jobkit.documents import unstructure, write_json
from jobkit.duplicates import MatchRules, MergeRules
from jobkit.errors import NotFound
from jobkit.findings import Finding, Template
from jobkit.intake import Inspection, IntakeRules, barred, inspect, verdict_findings
from jobkit.model import Actor, Job, State

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
NOT_COMPARED = Template(
    "desk.twins_not_compared",
    "Job {job} was not compared with all others: {reason}.",
    "Call look_for_twins once they can be compared; the job waits until then.",
)
NO_INTAKE = Template(
    "desk.no_intake",
    "The catalog {catalog} has no rules of intake.",
    "Give the catalog rules of intake with Catalog.with_intake.",
)
NOT_MERGED = Template(
    "desk.same_not_merged",
    "Job {job} was decided to be the same as job {other}, and the two are not merged.",
    "Merge them, reject job {job}, or decide otherwise with decide_twin.",
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


BEFORE: Final = frozenset({"draft", "triage"})
"""The categories of states that lie before the gate."""

BEHIND: Final = frozenset({"open", "scheduled", "active", "performed"})
"""Those that lie behind it. A job may wait or end on either side."""

TWINS: Final = "duplicates"
"""The topic of the verdict that waits while twins cannot be looked for."""

_FIRM: Final = frozenset({"scheduled", "active"})
_LEFT: Final = frozenset({"draft", "closed"})
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
    intake = office.catalog.intake
    yield from _machine(intake, entry)
    if entry.crosses:
        if intake is not None:
            found = inspected(office, entry.job, entry.at, entry.by)
            yield from found.findings
            judged = attrs.evolve(entry.job, triage=whole.triage)
            yield from verdict_findings(intake, with_refusals(judged, found, entry.at))
        yield from undecided(whole)
        yield from _not_compared(intake, whole)
    if intake is not None:
        yield from _entitled(intake, entry)


def _machine(intake: IntakeRules | None, entry: Entry) -> Iterator[Finding]:
    """Yield that a machine moves a job out of its draft, other than to an end, or past the gate."""
    state, source = entry.job.state, entry.source
    is_machine = not entry.by.is_person or (intake is not None and intake.is_machine(entry.by))
    if not is_machine or state.end is not None:
        return
    # What jobkit spawns itself was set off by somebody, and is let no further than triage.
    from_draft = entry.by != SYSTEM if source is None else _is_left(source, entry.job)
    if entry.crosses or (from_draft and state.category != "draft"):
        told: dict[str, Any] = {"actor": entry.by.id, "job": entry.job.id, "target": state.name}
        yield Finding.of(MACHINE, path="$.by", **told)


def _is_left(source: State, job: Job) -> bool:
    """Whether leaving *source* is a person's: a draft, or the end of a job that never passed the gate."""
    return source.category in _LEFT and (source.category == "draft" or job.triage.passed is None)


def intake_of(office: Office) -> IntakeRules:
    """Return the catalog's rules of intake; a catalog without them is refused."""
    rules = office.catalog.intake
    if rules is None:
        raise NotFound.of(NO_INTAKE, catalog=office.catalog.id)
    return rules


def asked_by(rules: IntakeRules) -> Mapping[str, str]:
    """Return the hash of the rules of intake, as events name what judged them."""
    return {"intake": rules.digest}


def inspected(office: Office, job: Job, now: datetime, by: Actor | None = None) -> Inspection:
    """Return what intake says of a job at *now*; a catalog without rules of intake is refused."""
    return inspect(intake_of(office), job, now=now, by=by, facts=office.facts(job, now))


def undecided(job: Job) -> Iterator[Finding]:
    """Yield the jobs that may be the same as this one and are not decided, or are the same and not merged."""
    members = {member.id for member in job.links.members}
    for suspect in job.triage.suspects:
        path = f"$.triage.suspects[{suspect.id}]"
        if suspect.decided is None:
            yield Finding.of(UNDECIDED, path=path, job=job.id, other=suspect.id, who="triage")
        elif suspect.decided == "same" and suspect.id not in members:
            yield Finding.of(NOT_MERGED, path=path, job=job.id, other=suspect.id, who="triage")


def _not_compared(intake: IntakeRules | None, job: Job) -> Iterator[Finding]:
    """Yield that twins could not be looked for, where no topic of triage asks for it already."""
    if intake is not None and any(topic.id == TWINS for topic in intake.topics(job.type)):
        return
    for verdict in job.triage.verdicts:
        if verdict.id == TWINS and verdict.status == "unavailable":
            told: dict[str, Any] = {"job": job.id, "reason": (verdict.reason or "").rstrip(".")}
            yield Finding.of(NOT_COMPARED, path=f"$.triage.verdicts[{TWINS}]", who="triage", **told)


def _entitled(rules: IntakeRules, entry: Entry) -> Iterator[Finding]:
    """Yield that what was refused or is not entitled would be scheduled or worked on, however late."""
    job = entry.job
    if job.state.category not in _FIRM:
        return
    refused = barred(rules, job)
    yield from refused
    status = entitlement_of(job)
    if not refused and status in _OPEN_QUESTION:
        told: dict[str, Any] = {"job": job.id, "status": status, "target": job.state.name}
        yield Finding.of(NOT_ENTITLED, path="$.terms.entitlement.status", who="triage", **told)


def entitlement_of(job: Job) -> str | None:
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
    known = {} if before is None else {visit.id: visit for visit in before.visits}
    for visit in job.visits:
        for name in ("promised", "planned", "confirmed"):
            window = getattr(visit, name)
            if window is not None and window != getattr(known.get(visit.id), name, None):
                path = f"$.visits[{visit.id}].{name}"
                yield Finding.of(PLANNED_EARLY, path=path, job=job.id, visit=visit.id, window=name)


def told_of(office: Office, entry: Entry) -> Mapping[str, Any]:
    """Return what the record of a passage says beside when it was."""
    return {"by": entry.by.id}


def seals(office: Office) -> Mapping[str, str]:
    """Return the hash of each part of the catalog's rules that the gate asked, by its name."""
    return {name: part.digest for name, part in _parts(office).items() if name in ("intake", TWINS)}


def texts(office: Office, drafts: Iterable[Draft]) -> Mapping[str, str]:
    """Return the text of each part of how work comes in that new events name, by its hash, to be archived."""
    named = {name: digest for draft in drafts for told in draft.events for name, digest in told.rules.items()}
    parts = {name: part for name, part in _parts(office).items() if name in named}
    return {part.digest: _text(part) for name, part in parts.items() if part.digest == named[name]}


_Part = IntakeRules | MatchRules | MergeRules | TelemetryRules


def _parts(office: Office) -> Mapping[str, _Part]:
    """Return what the catalog says of how work comes in, by the names under which events name it."""
    catalog = office.catalog
    told: dict[str, _Part | None] = {
        "intake": catalog.intake,
        TWINS: catalog.duplicates,
        "merging": catalog.merging,
        "telemetry": catalog.telemetry,
    }
    return {name: part for name, part in told.items() if part is not None}


@lru_cache(maxsize=8)
def _text(part: _Part) -> str:
    return write_json(unstructure(part) if isinstance(part, TelemetryRules) else part.to_data())
