"""Tasks of a job: added, made active, completed or dropped; none of it moves the job itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.desk._commands import Command, command
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound, Refused
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycles, permits
from jobkit.mappings import FrozenMap
from jobkit.model import Actor, Job, Task, TaskStatus, activation, order_problems, waited_for
from jobkit.paths import Item, join

NO_TASK = Template(
    "desk.no_task",
    "Job {job} has no task {task}.",
    "Use one of its tasks: {tasks}.",
)
SAME_TASK = Template(
    "desk.same_task",
    "Job {job} already has a task {task}.",
    "Give the new task an id of its own.",
)
BEGUN = Template(
    "desk.task_begun",
    "A task is added as open, and {task} is given as {status}.",
    "Add it as open, then activate, complete or drop it.",
)
TASK_OVER = Template(
    "desk.task_over",
    "Task {task} of job {job} is {status} and can no longer be {answer}.",
    "Add a new task for what is left to do.",
)
STILL_WAITS = Template(
    "desk.task_waits",
    "Task {task} of job {job} waits for {waits_for}, which is not done.",
    "Complete {waits_for} first, or drop it with a reason.",
)
NO_REASON = Template(
    "desk.drop_reason",
    "Dropping task {task} of job {job} needs a reason.",
    "Give a reason.",
)


def add_task(
    office: Office, job_id: str, task: Task, *, by: Actor, at: datetime, command_key: str | None = None
) -> Steps[Done]:
    """
    Add an open task to a job; owner and due time may follow until it is activated.

    Refused where the job's state forbids tasks, for an id that the job has, for another status than open, and
    for a task that waits for itself or for one that the job does not have.
    """
    asked = command(command_key, "add_task", (job_id,), task=task, by=by)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        after = with_task(job, lifecycles, task)
        when = Moment.of(at)
        return edited(office, job, after, "tasked", lifecycles=lifecycles, by=by, when=when, name="added")

    return (yield from on_job(office, job_id, asked, at, drafted))


def with_task(job: Job, lifecycles: Lifecycles, task: Task) -> Job:
    """Return the job with an open task more; what speaks against it is refused."""
    permits(job, lifecycles, "task").must()
    path = join("$.tasks", Item(task.id))
    opened = task if task.status is not None else attrs.evolve(task, status="open")
    if task.id in {known.id for known in job.tasks}:
        raise Refused.of(SAME_TASK, path=path, job=job.id, task=task.id)
    if opened.status != "open":
        raise Refused.of(BEGUN, path=f"{path}.status", task=task.id, status=str(opened.status))
    tasks = (*job.tasks, opened)
    found = order_problems({each.id: each.after for each in tasks})
    if wrong := [each for each in found if task.id in (each.params.get("id"), *each.params.get("tasks", ()))]:
        raise Refused(wrong)
    return attrs.evolve(job, tasks=tasks)


def activate_task(
    office: Office, job_id: str, task_id: str, *, by: Actor, at: datetime, command_key: str | None = None
) -> Steps[Done]:
    """Make a task active; one without owner, due time or status, and one that is over, is refused."""
    asked = command(command_key, "activate_task", (job_id,), task=task_id, by=by)
    change = TaskChange(task=task_id, status="active", by=by, at=at)
    return (yield from _changed(office, job_id, asked, change))


def complete_task(
    office: Office, job_id: str, task_id: str, *, by: Actor, at: datetime, command_key: str | None = None
) -> Steps[Done]:
    """Record a task as done; one that is over already, or waits for others, is refused."""
    asked = command(command_key, "complete_task", (job_id,), task=task_id, by=by)
    change = TaskChange(task=task_id, status="done", by=by, at=at)
    return (yield from _changed(office, job_id, asked, change))


def drop_task(
    office: Office,
    job_id: str,
    task_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    command_key: str | None = None,
) -> Steps[Done]:
    """Drop a task that is not needed any more, with the reason; one that is over is refused."""
    asked = command(command_key, "drop_task", (job_id,), task=task_id, by=by, reason=reason)
    change = TaskChange(task=task_id, status="dropped", by=by, at=at, reason=reason)
    return (yield from _changed(office, job_id, asked, change))


@attrs.frozen(kw_only=True)
class TaskChange:
    """What becomes of a task, by whom, when and why."""

    task: str
    status: TaskStatus
    by: Actor
    at: datetime
    reason: str | None = None


def _changed(office: Office, job_id: str, asked: Command, change: TaskChange) -> Steps[Done]:
    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        permits(job, lifecycles, "task").must()
        after = answered(job, change)
        when = Moment.of(change.at)
        return edited(
            office,
            job,
            attrs.evolve(job, tasks=tuple(after if task.id == after.id else task for task in job.tasks)),
            "tasked",
            lifecycles=lifecycles,
            by=change.by,
            when=when,
            name=change.status,
            reason=change.reason,
            data={"task": after.id},
        )

    return (yield from on_job(office, job_id, asked, change.at, drafted))


def answered(job: Job, change: TaskChange) -> Task:
    """Return the task as *change* leaves it; an unknown task and what does not fit its status is refused."""
    found = _task(job, change.task)
    check = _must_be_activatable if change.status == "active" else _must_not_be_over
    check(job, found, change)
    completed = utc(change.at, "$.at") if change.status == "done" else None
    return attrs.evolve(found, status=change.status, completed=completed)


def _task(job: Job, task_id: str) -> Task:
    found = next((task for task in job.tasks if task.id == task_id), None)
    if found is None:
        known = [task.id for task in job.tasks]
        raise NotFound.of(NO_TASK, path="$.tasks", job=job.id, task=task_id, tasks=known)
    return found


def _must_be_activatable(job: Job, task: Task, change: TaskChange) -> None:
    base = f"$.tasks[{task.id}]"
    if task.status == change.status:
        raise Refused.of(TASK_OVER, path=f"{base}.status", **_over(job, task, change))
    Answer(task, tuple(each.at(base + each.path[1:]) for each in activation(task).findings)).must()


def _must_not_be_over(job: Job, task: Task, change: TaskChange) -> None:
    if task.status in ("done", "dropped"):
        raise Refused.of(TASK_OVER, path=f"$.tasks[{task.id}].status", **_over(job, task, change))
    if change.status == "done" and (first := waited_for(task, job.tasks)):
        path = join("$.tasks", Item(task.id), "after")
        raise Refused(
            Finding.of(STILL_WAITS, path=path, job=job.id, task=task.id, waits_for=each.id) for each in first
        )
    if change.status == "dropped" and not change.reason:
        raise Refused.of(NO_REASON, path="$.reason", job=job.id, task=task.id)


def _over(job: Job, task: Task, change: TaskChange) -> dict[str, Any]:
    return {"job": job.id, "task": task.id, "status": task.status, "answer": _ANSWERS[change.status]}


_ANSWERS: Final[Mapping[str, str]] = FrozenMap(active="activated", done="completed", dropped="dropped")
