"""Appointments: planning a visit, recording how it went, and sign-offs that may serve several jobs."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import attrs

from jobkit.desk._commands import command
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job, on_jobs
from jobkit.desk._steps import Steps
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.instants import write_instant
from jobkit.lifecycle import Deed, Lifecycles, covers, current_visit, sign_off_changes, visit_changes
from jobkit.model import Actor, Job, Permit, SignOff, Visit, VisitOutcome, Window, put_all

PLANNED = Template(
    "desk.visit_planned",
    "Visit {visit} of job {job} is already planned for {start}.",
    "Fire the trigger that reschedules it, with a reason code and the new window.",
)
OVER = Template(
    "desk.visit_over",
    "Visit {visit} of job {job} has ended with the outcome {outcome}.",
    "Plan another visit with an id of its own.",
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

    Refused where the job's state forbids planning, on a job that has ended, for a visit that has ended, and
    for one that is planned already: that is a reschedule, which has a reason.
    """
    if isinstance(crew, str):
        # A text is an iterable of texts too, and type checkers let it pass.
        raise TypeError(f"crew must be several ids, as in [{crew!r}], not one text")
    people, needed = tuple(crew), tuple(permits_needed)
    told = {"window": window, "visit": visit_id, "requested": requested, "crew": people, "permits": needed}
    asked = command(command_key, "plan_visit", (job_id,), by=by, **told)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "plan_visit")
        visit = _plannable(job, visit_id or office.new_id())
        planned = attrs.evolve(
            visit,
            planned=window,
            requested=requested or visit.requested or job.terms.requested,
            crew=people or visit.crew,
            permits=needed or visit.permits,
        )
        after = attrs.evolve(job, visits=_with_visit(job, planned))
        when = Moment.of(at)
        return edited(
            office, job, after, "visit_planned", lifecycles=lifecycles, by=by, when=when, name=planned.id
        )

    return (yield from on_job(office, job_id, asked, at, drafted))


def _plannable(job: Job, visit_id: str) -> Visit:
    visit = next((visit for visit in job.visits if visit.id == visit_id), Visit(id=visit_id))
    path = f"$.visits[{visit.id}].planned"
    if visit.outcome is not None:
        raise Refused.of(OVER, path=path, job=job.id, visit=visit.id, outcome=visit.outcome)
    if visit.planned is not None:
        start = write_instant(visit.planned.start)
        raise Refused.of(PLANNED, path=path, job=job.id, visit=visit.id, start=start)
    return visit


def _with_visit(job: Job, planned: Visit) -> tuple[Visit, ...]:
    if planned.id not in {visit.id for visit in job.visits}:
        return (*job.visits, planned)
    return tuple(planned if visit.id == planned.id else visit for visit in job.visits)


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
    claimed_at: datetime | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Record how a visit ended: done, partial, no access or aborted. The job itself stays where it is.

    Refused where the job's state forbids it, on a job that has ended, for an unknown visit and for one that
    has ended.
    """
    told = {"visit": visit_id, "outcome": outcome, "actual": actual, "reason": reason}
    asked = command(command_key, "record_visit", (job_id,), by=by, **told)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "record_visit")
        deed = visit_changes(job, visit_id, outcome, actual=actual, reason=reason)
        return edited(
            office,
            job,
            _with(job, deed),
            "visit_ended",
            lifecycles=lifecycles,
            by=by,
            when=Moment.of(at, claimed_at, job),
            name=visit_id,
            reason=reason,
            data=deed.data,
        )

    return (yield from on_job(office, job_id, asked, at, drafted))


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

    Refused where a job's state forbids sign_off, on a job that has ended, for a job whose current visit is
    not planned inside the window, and for another site's sign-off.
    """
    ids = tuple(dict.fromkeys(job_ids))
    asked = command(command_key, "sign_off", ids, given=given, by=by)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "sign_off")
        after = _with(job, signed(job, given))
        return edited(
            office,
            job,
            after,
            "signed_off",
            lifecycles=lifecycles,
            by=by,
            when=Moment.of(at),
            name=given.party,
        )

    return (yield from on_jobs(office, ids, asked, at, drafted))


def signed(job: Job, given: SignOff) -> Deed:
    """Record a sign-off on the job's current visit; one that is not planned inside its window is refused."""
    visit = current_visit(job)
    if visit is None or not covers(given.window, visit.planned):
        start, end = write_instant(given.window.start), write_instant(given.window.end)
        raise Refused.of(NOTHING_TO_SIGN, path="$.visits", job=job.id, start=start, end=end)
    return sign_off_changes(job, visit.id, given)


def _with(job: Job, deed: Deed) -> Job:
    return put_all(job, ((change.path, change.new) for change in deed.changes))
