"""Appointments: planning a visit, recording how it went, and sign-offs that may serve several jobs."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import attrs

from jobkit.desk._commands import command
from jobkit.desk._events import edited
from jobkit.desk._office import Office
from jobkit.desk._record import Done, Draft, done_before, record
from jobkit.desk._steps import Steps
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.instants import write_instant
from jobkit.lifecycle import Deed, current_visit, permits, sign_off_changes, visit_changes
from jobkit.model import Actor, Job, Permit, SignOff, Visit, VisitOutcome, Window, put_all

PLANNED = Template(
    "desk.visit_planned",
    "Visit {visit} of job {job} is already planned for {start}.",
    "Fire the trigger that reschedules it, with a reason code and the new window.",
)
BACKWARDS = Template(
    "desk.window_backwards",
    "The window of visit {visit} ends at {end}, not after its start {start}.",
    "Give a window whose end lies after its start.",
)
NOTHING_TO_SIGN = Template(
    "desk.nothing_to_sign",
    "Job {job} has no visit that is planned inside the window signed off.",
    "Plan the visit inside the window from {start} to {end}, or sign off another one.",
)


def plan_visit(
    office: Office,
    job_id: str,
    window: Window,
    *,
    by: Actor,
    at: datetime,
    visit_id: str | None = None,
    requested: Window | None = None,
    crew: Iterable[str] = (),
    permits_needed: Iterable[Permit] = (),
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Plan a visit for *window*: a new one, or one that is known but has no planned window yet.

    Refused where the job's state forbids planning, for a window that does not end after its start, and for a
    visit that is planned already: that is a reschedule, which has a reason.
    """
    asked = command(command_key, "plan_visit", job=job_id, window=window, visit=visit_id, by=by)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    permits(job, lifecycles, "plan_visit").must()
    known = next((visit for visit in job.visits if visit.id == visit_id), None)
    visit = known or Visit(id=visit_id or office.new_id(), requested=requested or job.terms.requested)
    _must_be_plannable(job, visit, window)
    planned = attrs.evolve(
        visit,
        planned=window,
        crew=tuple(crew) or visit.crew,
        permits=tuple(permits_needed) or visit.permits,
    )
    others = tuple(other for other in job.visits if other.id != planned.id)
    after = attrs.evolve(job, visits=(*others, planned))
    draft = edited(office, job, after, "visit_planned", lifecycles=lifecycles, by=by, at=at, name=planned.id)
    return (yield from record(office, (draft,), at=at, command=asked))


def _must_be_plannable(job: Job, visit: Visit, window: Window) -> None:
    path = f"$.visits[{visit.id}].planned"
    start, end = write_instant(window.start), write_instant(window.end)
    if window.end <= window.start:
        raise Refused.of(BACKWARDS, path=path, visit=visit.id, start=start, end=end)
    if visit.planned is not None or visit.outcome is not None:
        begun = visit.planned or visit.actual or window
        raise Refused.of(PLANNED, path=path, job=job.id, visit=visit.id, start=write_instant(begun.start))


def record_visit(
    office: Office,
    job_id: str,
    visit_id: str,
    outcome: VisitOutcome,
    *,
    by: Actor,
    at: datetime,
    actual: Window | None = None,
    reason: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Record how a visit ended: done, partial, no access or aborted. The job itself stays where it is.

    Refused where the job's state forbids it, for an unknown visit and for one that has ended.
    """
    asked = command(
        command_key, "record_visit", job=job_id, visit=visit_id, outcome=outcome, reason=reason, by=by
    )
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    permits(job, lifecycles, "record_visit").must()
    deed = visit_changes(job, visit_id, outcome, actual=actual, reason=reason)
    after = _with(job, deed)
    draft = edited(
        office,
        job,
        after,
        "visit_ended",
        lifecycles=lifecycles,
        by=by,
        at=at,
        name=visit_id,
        reason=reason,
        data=deed.data,
    )
    return (yield from record(office, (draft,), at=at, command=asked))


def sign_off(
    office: Office,
    job_ids: Sequence[str],
    given: SignOff,
    *,
    by: Actor,
    at: datetime,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Record one party's word that a window holds, on the current visit of each job, all or nothing.

    Refused for a job whose current visit is not planned inside the window, and for another site's sign-off.
    """
    asked = command(command_key, "sign_off", jobs=list(job_ids), given=given, by=by)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    jobs = yield from office.jobs(tuple(job_ids))
    drafts: list[Draft] = []
    for job in jobs:
        lifecycles = yield from office.lifecycles(job)
        after = _with(job, _signed(job, given))
        drafts.append(
            edited(office, job, after, "signed_off", lifecycles=lifecycles, by=by, at=at, name=given.party)
        )
    return (yield from record(office, drafts, at=at, command=asked))


def _signed(job: Job, given: SignOff) -> Deed:
    visit = current_visit(job)
    planned = None if visit is None else visit.planned
    inside = planned is not None and given.window.start <= planned.start and planned.end <= given.window.end
    if visit is None or not inside:
        raise Refused.of(
            NOTHING_TO_SIGN,
            path="$.visits",
            job=job.id,
            start=write_instant(given.window.start),
            end=write_instant(given.window.end),
        )
    return sign_off_changes(job, visit.id, given)


def _with(job: Job, deed: Deed) -> Job:
    return put_all(job, ((change.path, change.new) for change in deed.changes))
