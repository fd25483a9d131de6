"""Offering work to people, their answers, and handing over everything of one who leaves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._commands import command, must_say
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job, record
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound, Refused
from jobkit.findings import Template
from jobkit.lifecycle import Lifecycles
from jobkit.model import Actor, Assignment, AssignmentStatus, Job, Task, Visit

NO_ASSIGNMENT = Template(
    "desk.no_assignment",
    "Job {job} has no assignment {assignment}.",
    "Use one of its assignments: {assignments}.",
)
NO_VISIT = Template(
    "desk.no_visit",
    "Job {job} has no visit {visit} to assign anybody to.",
    "Use one of its visits: {visits}.",
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
SAME_PERSON = Template(
    "desk.same_person",
    "The work of {person} cannot be handed over to {person}.",
    "Name somebody else to hand it over to.",
)

_BATCH: Final = 100
_STANDING: Final = ("offered", "accepted")


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

    Refused where the job's state forbids assigning, on a job that has ended, and for an unknown visit.
    """
    must_say("assign", person=person)
    asked = command(command_key, "assign", (job_id,), person=person, role=role, visit=visit, by=by)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "assign")
        known = [each.id for each in job.visits]
        if visit is not None and visit not in known:
            raise NotFound.of(NO_VISIT, path="$.visits", job=job.id, visit=visit, visits=known)
        when = Moment.of(at)
        offered = Assignment(
            id=office.new_id(), person=person, role=role, visit=visit, since=when.occurred_at
        )
        after = attrs.evolve(job, assignments=(*job.assignments, offered))
        return edited(office, job, after, "assigned", lifecycles=lifecycles, by=by, when=when, name="offered")

    return (yield from on_job(office, job_id, asked, at, drafted))


def accept(
    office: Office,
    job_id: str,
    assignment_id: str,
    *,
    by: Actor,
    at: datetime,
    command_key: str | None = None,
) -> Steps[Done]:
    """Accept an offered assignment; one that is not on offer, or on a job that has ended, is refused."""
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
    asked = command(command_key, status, (job_id,), assignment=assignment_id, reason=reason, by=by)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "answer")
        found = _assignment(job, assignment_id)
        _must_be_answerable(job, found, status, reason)
        when = Moment.of(at)
        answered = attrs.evolve(found, status=status, reason=reason, since=when.occurred_at)
        kept = tuple(answered if given.id == found.id else given for given in job.assignments)
        return edited(
            office,
            job,
            attrs.evolve(job, assignments=kept),
            "assigned",
            lifecycles=lifecycles,
            by=by,
            when=when,
            name=status,
            reason=reason,
        )

    return (yield from on_job(office, job_id, asked, at, drafted))


def _assignment(job: Job, assignment_id: str) -> Assignment:
    for given in job.assignments:
        if given.id == assignment_id:
            return given
    raise NotFound.of(
        NO_ASSIGNMENT,
        path="$.assignments",
        job=job.id,
        assignment=assignment_id,
        assignments=[given.id for given in job.assignments],
    )


def _must_be_answerable(job: Job, found: Assignment, status: str, reason: str | None) -> None:
    path = f"$.assignments[{found.id}].status"
    answerable = _STANDING if status == "declined" else ("offered",)
    if found.status not in answerable:
        raise Refused.of(
            NOT_OFFERED, path=path, job=job.id, assignment=found.id, status=found.status, answer=status
        )
    if status == "declined" and not (reason and reason.strip()):
        raise Refused.of(NO_REASON, path=path, job=job.id, assignment=found.id)


def reassign(
    office: Office, person: str, to: str, *, by: Actor, at: datetime, reason: str
) -> Steps[tuple[Done, ...]]:
    """
    Hand everything of *person* in open jobs over to *to* when someone leaves: assignments, tasks, crews.

    Assignments are offered anew, whatever the jobs' states say of assigning. Jobs are committed in batches of
    a hundred; a `Conflict` stops at its batch and calling again goes on with what is left. Returns what each
    batch did. Handing over to the same person, or without a reason, is refused.
    """
    must_say("reassign", to=to, reason=reason)
    if person == to:
        raise Refused.of(SAME_PERSON, path="$.to", person=person)
    batches: list[Done] = []
    while ids := (yield from _steps.by_person(office.tenant, person, _BATCH)):
        drafts = []
        for job in (yield from office.jobs(ids)):
            lifecycles = yield from office.lifecycles(job)
            handed = _Handover(person=person, to=to, reason=reason, when=Moment.of(at))
            drafts.append(handed.drafted(office, job, lifecycles, by))
        batches.append((yield from record(office, drafts, at=at)))
    return tuple(batches)


@attrs.frozen(kw_only=True)
class _Handover:
    """Who hands over to whom, why and when."""

    person: str
    to: str
    reason: str
    when: Moment

    def drafted(self, office: Office, job: Job, lifecycles: Lifecycles, by: Actor) -> Draft:
        """Draft the handover of one job."""
        after = attrs.evolve(
            job,
            assignments=tuple(self._assignments(office, job)),
            tasks=tuple(map(self._task, job.tasks)),
            visits=tuple(map(self._visit, job.visits)),
        )
        return edited(
            office,
            job,
            after,
            "assigned",
            lifecycles=lifecycles,
            by=by,
            when=self.when,
            name="reassigned",
            reason=self.reason,
            data={"from": self.person, "to": self.to},
        )

    def _assignments(self, office: Office, job: Job) -> Iterator[Assignment]:
        theirs = {
            (given.role, given.visit)
            for given in job.assignments
            if given.person == self.to and given.status in _STANDING
        }
        since = self.when.occurred_at
        for given in job.assignments:
            if given.person != self.person or given.status not in _STANDING:
                yield given
                continue
            yield attrs.evolve(given, status="released", reason=self.reason, since=since)
            if (given.role, given.visit) not in theirs:
                theirs.add((given.role, given.visit))
                yield attrs.evolve(
                    given, id=office.new_id(), person=self.to, status="offered", reason=None, since=since
                )

    def _task(self, task: Task) -> Task:
        ours = task.owner == self.person and task.status in ("open", "active")
        return attrs.evolve(task, owner=self.to) if ours else task

    def _visit(self, visit: Visit) -> Visit:
        if visit.outcome is not None or self.person not in visit.crew:
            return visit
        crew = (self.to if person == self.person else person for person in visit.crew)
        return attrs.evolve(visit, crew=tuple(dict.fromkeys(crew)))
