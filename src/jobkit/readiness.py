"""Readiness: what is still lacking for the next visit: information, crew, tools, parts, access, safety."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Literal

import attrs

from jobkit.answers import Answer
from jobkit.findings import Finding, Severity, Template
from jobkit.instants import utc, write_instant
from jobkit.model import Job, Part, Visit, is_held, next_visit, parts_missing

NO_VISIT = Template(
    "readiness.no_visit",
    "Job {job} has no visit to get ready for.",
    "Plan a visit: record visits[].planned.",
)
NO_WINDOW = Template(
    "readiness.no_window",
    "Visit {visit} of job {job} has no planned window.",
    "Record visits[{visit}].planned.",
)
NO_ASSET = Template("readiness.no_asset", "Job {job} names no asset.", "Record subject.asset.")
NO_SITE = Template("readiness.no_site", "Job {job} names no site.", "Record subject.site.")
NO_TASK = Template(
    "readiness.no_symptom",
    "Job {job} says neither what is wrong nor which service is due.",
    "Record work.symptom or work.service_type.",
)
NO_INSTRUCTIONS = Template(
    "readiness.no_instructions", "Job {job} has no instructions.", "Record work.instructions."
)
NO_SCOPE = Template(
    "readiness.no_scope", "Job {job} does not say what is included.", "Record work.scope.included."
)
NO_CREW = Template(
    "readiness.crew",
    "Visit {visit} of job {job} has {accepted} of {wanted} people who accepted it.",
    "Assign people and record assignments[].status as accepted.",
)
TOOLS_OPEN = Template(
    "readiness.tools",
    "Nobody has said that the tools are ready: {tools}.",
    "Record work.tools_ready once they are in the van.",
)
TOOLS_MISSING = Template(
    "readiness.tools_missing",
    "The tools are not ready: {tools}.",
    "Get the tools and record work.tools_ready.",
)
PART_HELD = Template(
    "readiness.part_held",
    "Part {number} is on hold: {hold}.",
    "Release the hold and record parts[{part}].hold_released.",
)
PART_LATE = Template(
    "readiness.part_late",
    "Part {number} is expected on {expected}, after visit {visit} begins on {start}.",
    "Get the part earlier, or move the visit.",
)
PART_UNKNOWN = Template(
    "readiness.part_unknown",
    "Nobody knows when part {number} will be at hand.",
    "Record parts[{part}].expected or parts[{part}].staged.",
)
NO_CONTACT = Template(
    "readiness.no_contact",
    "Job {job} names nobody who lets the technician in.",
    "Record subject.contacts with role and phone.",
)
NO_ACCESS_NOTES = Template(
    "readiness.no_access_notes", "Job {job} does not say how to get in.", "Record work.access_notes."
)
PERMIT_OPEN = Template(
    "readiness.permit",
    "The {kind} permit {permit} for visit {visit} is not granted.",
    "Get the permit and record visits[{visit}].permits[{permit}].granted.",
)
NOT_ACKNOWLEDGED = Template(
    "readiness.procedure",
    "Procedure {procedure} is not acknowledged in its current version {version}.",
    "Read version {version} of procedure {procedure} and record it under safety.acknowledgements.",
)
HAZARD = Template(
    "readiness.hazard",
    "An earlier visit left a hazard behind: {hazard}.",
    "Plan how it is met, and clear safety.hazards_left once it is gone.",
)
SIGNAL = Template(
    "readiness.signal",
    "The safety signal {signal} is open on job {job}.",
    "Have the safety officer clear safety.signal.",
)

Need = Literal["information", "crew", "tools", "parts", "access", "safety"]

NEEDS: Final[tuple[Need, ...]] = ("information", "crew", "tools", "parts", "access", "safety")
"""What a technician needs, in the order in which it is told."""


@attrs.frozen(kw_only=True)
class Package:
    """What the technician takes along: the job, the visit it is for, and what is lacking by need."""

    job: str
    visit: str | None
    lacking: tuple[Need, ...]

    def __str__(self) -> str:
        return f"visit {self.visit} of job {self.job}" if self.visit else f"job {self.job}"


def readiness(job: Job, now: datetime) -> Answer[Package]:
    """
    Return whether the technician has everything for the next visit, with all that is lacking.

    What would make the visit fail blocks; what would only make it harder warns. A naive *now* is refused.

    >>> from datetime import UTC, datetime
    >>> from jobkit.model import Job, State
    >>> bare = Job(id="J1", type="repair", states={"work": State(name="open", category="open")})
    >>> readiness(bare, datetime(2026, 3, 10, tzinfo=UTC)).subject.lacking
    ('information', 'access')
    """
    moment = utc(now, "$.now")
    visit = next_visit(job)
    start = visit.planned.start if visit is not None and visit.planned is not None else moment
    lacks: dict[Need, tuple[Finding, ...]] = {
        "information": tuple(_information(job, visit)),
        "crew": tuple(_crew(job, visit)),
        "tools": tuple(_tools(job)),
        "parts": tuple(_part(part, visit, start) for part in parts_missing(job, start)),
        "access": tuple(_access(job, visit)),
        "safety": tuple(_safety(job)),
    }
    lacking = tuple(need for need in NEEDS if lacks[need])
    package = Package(job=job.id, visit=visit.id if visit is not None else None, lacking=lacking)
    return Answer(package, tuple(finding for need in NEEDS for finding in lacks[need]))


def _lack(template: Template, path: str, who: str, severity: Severity = "block", **params: Any) -> Finding:
    return Finding.of(template, path=path, who=who, severity=severity, source="readiness", **params)


def _information(job: Job, visit: Visit | None) -> Iterator[Finding]:
    if visit is None:
        yield _lack(NO_VISIT, "$.visits", "planner", job=job.id)
    elif visit.planned is None:
        yield _lack(NO_WINDOW, f"$.visits[{visit.id}].planned", "planner", job=job.id, visit=visit.id)
    if job.subject.asset is None:
        yield _lack(NO_ASSET, "$.subject.asset", "triage", job=job.id)
    if job.subject.site is None:
        yield _lack(NO_SITE, "$.subject.site", "triage", job=job.id)
    if job.work.symptom is None and job.work.service_type is None:
        yield _lack(NO_TASK, "$.work.symptom", "triage", job=job.id)
    if job.work.instructions is None:
        yield _lack(NO_INSTRUCTIONS, "$.work.instructions", "planner", "warn", job=job.id)
    if not job.work.scope.included:
        yield _lack(NO_SCOPE, "$.work.scope.included", "planner", "warn", job=job.id)


def _crew(job: Job, visit: Visit | None) -> Iterator[Finding]:
    if visit is None:
        return
    mine = [given for given in job.assignments if given.visit in (None, visit.id)]
    accepted = {given.person for given in mine if given.status == "accepted"}
    wanted = job.work.crew_size or 1
    if len(accepted) < wanted:
        told: dict[str, Any] = {"visit": visit.id, "accepted": len(accepted), "wanted": wanted}
        yield _lack(NO_CREW, "$.assignments", "dispatcher", job=job.id, **told)


def _tools(job: Job) -> Iterator[Finding]:
    if job.work.tools and not job.work.tools_ready:
        template = TOOLS_OPEN if job.work.tools_ready is None else TOOLS_MISSING
        yield _lack(template, "$.work.tools_ready", "technician", tools=list(job.work.tools))


def _part(part: Part, visit: Visit | None, start: datetime) -> Finding:
    place = f"$.parts[{part.id}]"
    named: dict[str, Any] = {"part": part.id, "number": part.number}
    if is_held(part):
        return _lack(PART_HELD, f"{place}.hold", "planner", hold=part.hold, **named)
    if part.expected is None or visit is None:
        return _lack(PART_UNKNOWN, f"{place}.expected", "planner", **named)
    dates: dict[str, Any] = {"expected": write_instant(part.expected), "start": write_instant(start)}
    return _lack(PART_LATE, f"{place}.expected", "planner", visit=visit.id, **dates, **named)


def _access(job: Job, visit: Visit | None) -> Iterator[Finding]:
    if not job.subject.contacts:
        yield _lack(NO_CONTACT, "$.subject.contacts", "dispatcher", job=job.id)
    if job.work.access_notes is None:
        yield _lack(NO_ACCESS_NOTES, "$.work.access_notes", "dispatcher", "warn", job=job.id)
    for permit in visit.permits if visit is not None else ():
        if not permit.granted and visit is not None:
            path = f"$.visits[{visit.id}].permits[{permit.id}].granted"
            told: dict[str, Any] = {"visit": visit.id, "permit": permit.id, "kind": permit.kind}
            yield _lack(PERMIT_OPEN, path, "planner", **told)


def _safety(job: Job) -> Iterator[Finding]:
    given = {(word.procedure, word.version, word.hash) for word in job.safety.acknowledgements}
    for asked in job.safety.prerequisites:
        if (asked.procedure, asked.version, asked.hash) not in given:
            told: dict[str, Any] = {"procedure": asked.procedure, "version": asked.version}
            path = f"$.safety.prerequisites[{asked.id}]"
            yield _lack(NOT_ACKNOWLEDGED, path, "technician", **told)
    for hazard in job.safety.hazards_left:
        yield _lack(HAZARD, "$.safety.hazards_left", "technician", "warn", hazard=hazard)
    if job.safety.signal is not None:
        yield _lack(SIGNAL, "$.safety.signal", "supervisor", job=job.id, signal=job.safety.signal)
