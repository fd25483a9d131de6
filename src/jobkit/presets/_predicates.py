"""What a line of condition text cannot say about a visit, written exactly as a plugin would write it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.conditions import Predicate
from jobkit.findings import Finding, Template
from jobkit.instants import write_instant
from jobkit.lifecycle import covers
from jobkit.mappings import FrozenMap
from jobkit.model import Acknowledgement, Job, Part, Prerequisite, SignOff, Visit, Window, is_held, next_visit

NO_WINDOW = Template(
    "after_sales.no_window",
    "Job {job} has no visit with a planned window.",
    "Record visits[].planned with its start and end.",
)
NOT_SIGNED = Template(
    "after_sales.not_signed",
    "Party {party} has not signed off visit {visit} for its window from {start} to {end}.",
    "Record visits[{visit}].sign_offs for party {party} with a window that holds the visit.",
)
NOBODY_SIGNED = Template(
    "after_sales.nobody_signed",
    "Nobody at the customer or the site has signed off visit {visit} for its window from {start} to {end}.",
    "Record visits[{visit}].sign_offs with a window that holds the visit.",
)
NOT_VERIFIED = Template(
    "after_sales.not_verified",
    "No sign-off of visit {visit} was given by {channel}.",
    "Record visits[{visit}].sign_offs with the channel {channel}.",
)
NOT_GRANTED = Template(
    "after_sales.permit",
    "The {kind} permit {permit} for visit {visit} is not granted.",
    "Record visits[{visit}].permits[{permit}].granted once it is.",
)
ON_HOLD = Template(
    "after_sales.part_held",
    "Part {number} is on hold: {hold}.",
    "Release the hold and record parts[{part}].hold_released.",
)
TOO_LATE = Template(
    "after_sales.part_late",
    "Part {number} is expected on {expected}, after visit {visit} begins on {start}.",
    "Stage the part, or move the visit past {expected}.",
)
NO_DATE = Template(
    "after_sales.part_undated",
    "Part {number} is on order without a date.",
    "Record parts[{part}].expected.",
)
NOT_STAGED = Template(
    "after_sales.part_not_staged",
    "Part {number} is not staged; its availability is {availability}.",
    "Stage it at parts[{part}].staged, or order it and record parts[{part}].expected.",
)
NOT_ACKNOWLEDGED = Template(
    "after_sales.not_acknowledged",
    "Procedure {procedure} is not acknowledged in its current version {version}.",
    "Read version {version} of procedure {procedure} and record it under safety.acknowledgements.",
)
OUTDATED = Template(
    "after_sales.acknowledgement_outdated",
    "Procedure {procedure} was acknowledged in version {acknowledged}, and its current version is {version}.",
    "Read version {version} of procedure {procedure} and record it under safety.acknowledgements.",
)
OTHER_TEXT = Template(
    "after_sales.acknowledgement_other_text",
    "Procedure {procedure} was acknowledged in version {version} with another text than the current one.",
    "Read the current text of procedure {procedure} and record its hash under safety.acknowledgements.",
)
TASK_OPEN = Template(
    "after_sales.task_open",
    "Task {task} ({title}) is mandatory and not done.",
    "Finish task {task} and record tasks[{task}].status as done, or drop it.",
)
NO_NEXT_STEP = Template(
    "after_sales.no_next_step",
    "Job {job} leaves work undone without a next step that has a target date.",
    "Record outcome.recommendations with owner and target for what is left.",
)
PART_UNACCOUNTED = Template(
    "after_sales.part_unaccounted",
    "Part {number} is neither installed nor returned.",
    "Record parts[{part}].installed with its serial, or parts[{part}].returned.",
)
NOT_TOLD = Template(
    "after_sales.deferral_untold",
    "No record says how the customer of job {job} was told of a deferral since {since}.",
    "Tell the customer and record terms.deferrals with until, reason and told.",
)
PROMISED = Template(
    "after_sales.promised_early",
    "Visit {visit} of job {job} is promised before the job is approved.",
    "Take back visits[{visit}].promised; a date is promised only after approval.",
)
NO_CREW = Template(
    "after_sales.no_crew",
    "Nobody has accepted visit {visit} of job {job}.",
    "Assign a person and record assignments[].status as accepted.",
)
LINE_NOT_STAGED = Template(
    "after_sales.line_not_staged",
    "Part {number} is not staged yet.",
    "Record parts[{part}].staged.",
)

Missing = Callable[..., Iterator[Finding]]


@attrs.frozen(kw_only=True)
class Explained(Predicate):
    """
    A predicate that also tells what is missing: it is true when nothing is, and time alone never turns it.

    Without a job among the facts the answer is unknown.
    """

    missing: Missing

    def explain(self, facts: Mapping[str, Any], now: datetime | None, **given: Any) -> tuple[Finding, ...]:
        """Return what is missing, with the ids of visit, party, part or task; nothing when it is true."""
        job = facts.get("job")
        return tuple(self.missing(job, **given)) if isinstance(job, Job) else ()


def explained(missing: Missing, *reads: str) -> Explained:
    """
    Make a predicate of a function that yields what is missing on a job; *reads* names the facts it looks at.

    A host writes its own in the same way and registers them under its own name.
    """

    def holds(facts: Mapping[str, Any], now: datetime | None, **given: Any) -> bool | None:
        job = facts.get("job")
        return next(missing(job, **given), None) is None if isinstance(job, Job) else None

    return Explained(test=holds, reads=reads, missing=missing)


def _window_planned(job: Job) -> Iterator[Finding]:
    visit = next_visit(job)
    if visit is None or visit.planned is None:
        yield _no_window(job)


def _signed_off(job: Job) -> Iterator[Finding]:
    visit = next_visit(job)
    if visit is None or visit.planned is None:
        yield _no_window(job)
        return
    signed = {given.party for given in visit.sign_offs if _holds(given, visit.planned)}
    asked = [party.id for party in job.subject.parties if party.must_confirm]
    if not asked and not signed:
        yield _unsigned(NOBODY_SIGNED, visit, visit.planned)
    for party in asked:
        if party not in signed:
            yield _unsigned(NOT_SIGNED, visit, visit.planned, party=party)


def _verified_by(job: Job, channel: str) -> Iterator[Finding]:
    visit = next_visit(job)
    if visit is None or visit.planned is None:
        yield _no_window(job)
        return
    held = [given.channel for given in visit.sign_offs if _holds(given, visit.planned)]
    if channel not in held:
        path = f"$.visits[{visit.id}].sign_offs"
        yield Finding.of(NOT_VERIFIED, path=path, who="dispatcher", visit=visit.id, channel=channel)


def _permits_granted(job: Job) -> Iterator[Finding]:
    visit = next_visit(job)
    for permit in visit.permits if visit is not None else ():
        if not permit.granted and visit is not None:
            path = f"$.visits[{visit.id}].permits[{permit.id}].granted"
            told: dict[str, Any] = {"visit": visit.id, "permit": permit.id, "kind": permit.kind}
            yield Finding.of(NOT_GRANTED, path=path, who="planner", **told)


def _parts_ready(job: Job) -> Iterator[Finding]:
    visit = next_visit(job)
    for part in job.parts:
        if not part.installed and not part.returned:
            yield from _part_missing(part, visit)


def _part_missing(part: Part, visit: Visit | None) -> Iterator[Finding]:
    place = f"$.parts[{part.id}]"
    named: dict[str, Any] = {"part": part.id, "number": part.number}
    if is_held(part):
        yield Finding.of(ON_HOLD, path=f"{place}.hold", who="planner", hold=part.hold, **named)
    if part.staged or part.availability == "on_van":
        return
    if part.availability not in ("ordered", "back_order"):
        told: dict[str, Any] = {"availability": part.availability, **named}
        yield Finding.of(NOT_STAGED, path=f"{place}.staged", who="planner", **told)
    elif part.expected is None:
        yield Finding.of(NO_DATE, path=f"{place}.expected", who="planner", **named)
    elif visit is not None and visit.planned is not None and part.expected > visit.planned.start:
        dates: dict[str, Any] = {
            "expected": write_instant(part.expected),
            "start": write_instant(visit.planned.start),
        }
        yield Finding.of(TOO_LATE, path=f"{place}.expected", who="planner", visit=visit.id, **dates, **named)


def _prerequisites_acknowledged(job: Job) -> Iterator[Finding]:
    for asked in job.safety.prerequisites:
        given = [word for word in job.safety.acknowledgements if word.procedure == asked.procedure]
        if not any(_current(word, asked) for word in given):
            yield _unacknowledged(asked, given)


def _current(word: Acknowledgement, asked: Prerequisite) -> bool:
    return word.version == asked.version and word.hash == asked.hash


def _unacknowledged(asked: Prerequisite, given: list[Acknowledgement]) -> Finding:
    told: dict[str, Any] = {"procedure": asked.procedure, "version": asked.version}
    path = f"$.safety.prerequisites[{asked.id}]"
    if not given:
        return Finding.of(NOT_ACKNOWLEDGED, path=path, who="technician", **told)
    if any(word.version == asked.version for word in given):
        return Finding.of(OTHER_TEXT, path=path, who="technician", **told)
    return Finding.of(OUTDATED, path=path, who="technician", acknowledged=given[-1].version, **told)


def _tasks_done(job: Job, stage: str | None = None) -> Iterator[Finding]:
    for task in job.tasks:
        wanted = task.mandatory and (stage is None or task.stage == stage)
        if wanted and task.status not in ("done", "dropped"):
            path = f"$.tasks[{task.id}].status"
            yield Finding.of(TASK_OPEN, path=path, who=task.owner, task=task.id, title=task.title)


def _next_steps_dated(job: Job) -> Iterator[Finding]:
    if not any(step.target is not None for step in job.outcome.recommendations):
        yield Finding.of(NO_NEXT_STEP, path="$.outcome.recommendations", who="technician", job=job.id)


def _parts_accounted(job: Job) -> Iterator[Finding]:
    for part in job.parts:
        if not part.installed and not part.returned:
            told: dict[str, Any] = {"part": part.id, "number": part.number}
            yield Finding.of(PART_UNACCOUNTED, path=f"$.parts[{part.id}]", who="technician", **told)


def _deferral_told(job: Job) -> Iterator[Finding]:
    since = job.state.since
    fresh = [given for given in job.terms.deferrals if since is None or given.at >= since]
    if not any(given.told is not None for given in fresh):
        moment = write_instant(since) if since is not None else "the beginning"
        yield Finding.of(NOT_TOLD, path="$.terms.deferrals", who="planner", job=job.id, since=moment)


def _nothing_promised(job: Job) -> Iterator[Finding]:
    for visit in job.visits:
        if visit.promised is not None:
            path = f"$.visits[{visit.id}].promised"
            yield Finding.of(PROMISED, path=path, who="dealer", job=job.id, visit=visit.id)


def _crew_accepted(job: Job) -> Iterator[Finding]:
    visit = next_visit(job)
    if visit is None:
        yield _no_window(job)
        return
    mine = [given for given in job.assignments if given.visit in (None, visit.id)]
    if not any(given.status == "accepted" for given in mine):
        yield Finding.of(NO_CREW, path="$.assignments", who="dispatcher", job=job.id, visit=visit.id)


def _parts_staged(job: Job) -> Iterator[Finding]:
    for part in job.parts:
        if not (part.staged or part.installed or part.returned or part.availability == "on_van"):
            path = f"$.parts[{part.id}].staged"
            yield Finding.of(LINE_NOT_STAGED, path=path, who="planner", part=part.id, number=part.number)


def _holds(given: SignOff, window: Window) -> bool:
    return given.voided is None and covers(given.window, window)


def _no_window(job: Job) -> Finding:
    return Finding.of(NO_WINDOW, path="$.visits", who="planner", job=job.id)


def _unsigned(template: Template, visit: Visit, window: Window, **named: Any) -> Finding:
    told: dict[str, Any] = {
        "visit": visit.id,
        "start": write_instant(window.start),
        "end": write_instant(window.end),
    }
    path = f"$.visits[{visit.id}].sign_offs"
    return Finding.of(template, path=path, who="dispatcher", **told, **named)


_VISIT: Final = ("job.visits",)

PREDICATES: Final[Mapping[str, Explained]] = FrozenMap(
    {
        "after_sales.window_planned": explained(_window_planned, *_VISIT),
        "after_sales.signed_off": explained(_signed_off, *_VISIT, "job.subject.parties"),
        "after_sales.verified_by": explained(_verified_by, *_VISIT),
        "after_sales.permits_granted": explained(_permits_granted, *_VISIT),
        "after_sales.nothing_promised": explained(_nothing_promised, *_VISIT),
        "after_sales.crew_accepted": explained(_crew_accepted, *_VISIT, "job.assignments"),
        "after_sales.parts_ready": explained(_parts_ready, *_VISIT, "job.parts"),
        "after_sales.parts_staged": explained(_parts_staged, "job.parts"),
        "after_sales.parts_accounted": explained(_parts_accounted, "job.parts"),
        "after_sales.prerequisites_acknowledged": explained(_prerequisites_acknowledged, "job.safety"),
        "after_sales.tasks_done": explained(_tasks_done, "job.tasks"),
        "after_sales.next_steps_dated": explained(_next_steps_dated, "job.outcome.recommendations"),
        "after_sales.deferral_told": explained(_deferral_told, "job.terms.deferrals", "job.states"),
    }
)
"""The predicates that the after-sales lifecycles call by name."""
