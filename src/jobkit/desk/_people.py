"""Offering work to people, their answers, and handing over everything of one who leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.desk import _steps
from jobkit.desk._commands import command
from jobkit.desk._events import edited
from jobkit.desk._office import Office
from jobkit.desk._record import Done, Draft, done_before, record
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound, Refused
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycle, permits
from jobkit.model import Actor, Assignment, AssignmentStatus, Job, Task

NO_ASSIGNMENT = Template(
    "desk.no_assignment",
    "Job {job} has no assignment {assignment}.",
    "Use one of its assignments: {assignments}.",
)
NOT_OFFERED = Template(
    "desk.not_offered",
    "Assignment {assignment} of job {job} is {status} and can no longer be {answer}.",
    "Assign the person again.",
)
NO_REASON = Template(
    "desk.decline_reason",
    "Declining assignment {assignment} of job {job} needs a reason.",
    "Give a reason.",
)

_BATCH = 100


def assign(
    office: Office,
    job_id: str,
    person: str,
    *,
    by: Actor,
    at: datetime,
    role: str = "technician",
    visit: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Offer a job, or one visit of it, to *person* in a role.

    Refused where the job's state forbids assigning.
    """
    asked = command(command_key, "assign", job=job_id, person=person, role=role, visit=visit, by=by)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    permits(job, lifecycles, "assign").must()
    offered = Assignment(id=office.new_id(), person=person, role=role, visit=visit, since=utc(at, "$.at"))
    after = attrs.evolve(job, assignments=(*job.assignments, offered))
    draft = edited(office, job, after, "assigned", lifecycles=lifecycles, by=by, at=at, name=person)
    return (yield from record(office, (draft,), at=at, command=asked))


def accept(
    office: Office,
    job_id: str,
    assignment_id: str,
    *,
    by: Actor,
    at: datetime,
    command_key: str | None = None,
) -> Steps[Done]:
    """Accept an offered assignment; one that is not on offer is refused."""
    return (yield from _answer(office, job_id, assignment_id, "accepted", None, by, at, command_key))


def decline(
    office: Office,
    job_id: str,
    assignment_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    command_key: str | None = None,
) -> Steps[Done]:
    """Decline an offered or accepted assignment with a reason; one that is over is refused."""
    return (yield from _answer(office, job_id, assignment_id, "declined", reason, by, at, command_key))


def _answer(
    office: Office,
    job_id: str,
    assignment_id: str,
    status: AssignmentStatus,
    reason: str | None,
    by: Actor,
    at: datetime,
    command_key: str | None,
) -> Steps[Done]:
    asked = command(command_key, status, job=job_id, assignment=assignment_id, reason=reason, by=by)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    found = _assignment(job, assignment_id)
    _must_be_answerable(job, found, status, reason)
    answered = attrs.evolve(found, status=status, reason=reason, since=utc(at, "$.at"))
    draft = edited(
        office,
        job,
        _with_assignments(job, {found.id: answered}),
        "assigned",
        lifecycles=lifecycles,
        by=by,
        at=at,
        name=status,
        reason=reason,
    )
    return (yield from record(office, (draft,), at=at, command=asked))


def _assignment(job: Job, assignment_id: str) -> Assignment:
    for given in job.assignments:
        if given.id == assignment_id:
            return given
    raise NotFound.of(
        NO_ASSIGNMENT,
        path=f"$.assignments[{assignment_id}]",
        job=job.id,
        assignment=assignment_id,
        assignments=[given.id for given in job.assignments],
    )


def _must_be_answerable(job: Job, found: Assignment, status: str, reason: str | None) -> None:
    path = f"$.assignments[{found.id}].status"
    answerable = ("offered", "accepted") if status == "declined" else ("offered",)
    if found.status not in answerable:
        raise Refused.of(
            NOT_OFFERED, path=path, job=job.id, assignment=found.id, status=found.status, answer=status
        )
    if status == "declined" and not reason:
        raise Refused.of(NO_REASON, path=path, job=job.id, assignment=found.id)


def _with_assignments(job: Job, answered: Mapping[str, Assignment]) -> Job:
    kept = tuple(answered.get(given.id, given) for given in job.assignments)
    return attrs.evolve(job, assignments=kept)


def reassign(
    office: Office, person: str, to: str, *, by: Actor, at: datetime, reason: str
) -> Steps[tuple[Done, ...]]:
    """
    Hand every open assignment and task of *person* over to *to*, job by job, when someone leaves.

    Jobs are committed in batches of a hundred; a `Conflict` stops at its batch and calling again goes on with
    what is left. Returns what each batch did.
    """
    batches: list[Done] = []
    while ids := (yield from _steps.by_person(office.tenant, person, _BATCH)):
        jobs = yield from office.jobs(ids)
        drafts = []
        for job in jobs:
            lifecycles = yield from office.lifecycles(job)
            drafts.append(_handed_over(office, job, lifecycles, person, to, by, at, reason))
        batches.append((yield from record(office, drafts, at=at)))
    return tuple(batches)


def _handed_over(
    office: Office,
    job: Job,
    lifecycles: Mapping[str, Lifecycle],
    person: str,
    to: str,
    by: Actor,
    at: datetime,
    reason: str,
) -> Draft:
    instant = utc(at, "$.at")
    handed: list[Assignment] = []
    for given in job.assignments:
        if given.person == person and given.status in ("offered", "accepted"):
            handed.append(attrs.evolve(given, status="released", reason=reason, since=instant))
            handed.append(
                Assignment(id=office.new_id(), person=to, role=given.role, visit=given.visit, since=instant)
            )
        else:
            handed.append(given)
    after = attrs.evolve(
        job,
        assignments=tuple(handed),
        tasks=tuple(_task_for(task, person, to) for task in job.tasks),
    )
    return edited(
        office,
        job,
        after,
        "assigned",
        lifecycles=lifecycles,
        by=by,
        at=at,
        name="reassigned",
        reason=reason,
        data={"from": person, "to": to},
    )


def _task_for(task: Task, person: str, to: str) -> Task:
    ours: Any = task.owner == person and task.status in ("open", "active")
    return attrs.evolve(task, owner=to) if ours else task
