"""What a playbook gives a job: everything of it that the job does not have, and nothing in its place."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.calendars import BusinessTime
from jobkit.durations import Working, write_duration
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.model import Job, Part, Scope, Task
from jobkit.paths import Item, join
from jobkit.playbooks._playbook import ChecklistItem, Playbook, PlaybookTask

OTHER_TYPE = Template(
    "playbooks.other_type",
    "The playbook {playbook} is for jobs of the type {wanted}, and job {job} is of the type {type}.",
    "Use a playbook for the type {type}.",
)
NO_CALENDAR = Template(
    "playbooks.no_calendar",
    "The task {task} of the playbook {playbook} is due after {due}, and there is no calendar to count by.",
    "Give a calendar, or write the due time as elapsed time.",
)

CHECK: Final = "check"
"""The kind of the tasks that lines of a checklist become."""


def filled(job: Job, playbook: Playbook, *, at: datetime, calendar: BusinessTime | None = None) -> Job:
    """
    Return *job* with everything of *playbook* that it lacks, and with the playbook's version remembered.

    What the job has stays as it is: single values are set where there is none, lists get what they miss,
    tasks are known by their ids and parts by id or number. Tasks are due from *at* on. Another job type, a
    naive *at*, and a task due in working time without *calendar* are refused.
    """
    start = utc(at, "$.at")
    if job.type != playbook.job_type:
        told: dict[str, Any] = {"wanted": playbook.job_type, "job": job.id, "type": job.type}
        raise Invalid.of(OTHER_TYPE, path="$.type", playbook=playbook.source, **told)
    safety = attrs.evolve(
        job.safety,
        prerequisites=(*job.safety.prerequisites, *_new(playbook.prerequisites, job.safety.prerequisites)),
        constraints=_joined(job.safety.constraints, playbook.constraints),
    )
    return attrs.evolve(
        job,
        work=_completed(job.work, playbook.work),
        safety=safety,
        tasks=(*job.tasks, *_tasks(job, playbook, start, calendar)),
        parts=(*job.parts, *_parts(job, playbook)),
        links=attrs.evolve(job.links, playbook=playbook.link),
    )


def _completed(told: Any, planned: Any) -> Any:
    """Return a record with what it leaves open taken from another of its kind."""
    names = [field.name for field in attrs.fields(type(told))]
    joined = {name: _joined(getattr(told, name), getattr(planned, name)) for name in names}
    return attrs.evolve(told, **joined)


def _joined(told: Any, planned: Any) -> Any:
    if isinstance(told, tuple):
        return (*told, *(item for item in dict.fromkeys(planned) if item not in told))
    if isinstance(told, Scope):
        return _completed(told, planned)
    return planned if told is None else told


def _new(planned: tuple[Any, ...], known: tuple[Any, ...]) -> Iterator[Any]:
    ids = {each.id for each in known}
    return (each for each in planned if each.id not in ids)


def _tasks(job: Job, playbook: Playbook, start: datetime, calendar: BusinessTime | None) -> Iterator[Task]:
    for task in _new(playbook.tasks, job.tasks):
        yield _task(task, _due(task, playbook, start, calendar))
    yield from map(_check, _new(playbook.checklist, job.tasks))


def _task(task: PlaybookTask, due: datetime | None) -> Task:
    return Task(
        id=task.id,
        title=task.title,
        kind=task.kind,
        owner=task.owner,
        due=due,
        status="open",
        mandatory=task.mandatory,
        stage=task.stage,
        after=task.after,
    )


def _check(item: ChecklistItem) -> Task:
    return Task(
        id=item.id,
        title=item.text,
        kind=CHECK,
        owner=item.owner,
        status="open",
        mandatory=item.mandatory,
        stage=item.stage,
        after=item.after,
    )


def _due(
    task: PlaybookTask, playbook: Playbook, start: datetime, calendar: BusinessTime | None
) -> datetime | None:
    if task.due is None:
        return None
    if isinstance(task.due, timedelta):
        return start + task.due
    if calendar is None:
        raise Invalid.of(NO_CALENDAR, path=due_path(task), **_undue(task, playbook, task.due))
    return calendar.add(start, task.due)


def due_path(task: PlaybookTask) -> str:
    """Return where the due time of a task stands."""
    return join("$.tasks", Item(task.id), "due")


def _undue(task: PlaybookTask, playbook: Playbook, due: Working) -> dict[str, Any]:
    return {"task": task.id, "playbook": playbook.source, "due": write_duration(due)}


def _parts(job: Job, playbook: Playbook) -> Iterator[Part]:
    numbers = {part.number for part in job.parts}
    for part in _new(playbook.parts, job.parts):
        if part.number not in numbers:
            # A part of the kit is planned, not presumed: it has no source that somebody must confirm.
            yield Part(id=part.id, number=part.number, quantity=part.quantity, description=part.description)
