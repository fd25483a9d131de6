"""Activating a task: an action without owner, due time or status is invisible work."""

import attrs

from jobkit.answers import Answer
from jobkit.findings import Finding, Template
from jobkit.model._work import Task

NO_OWNER = Template("model.task_owner", "The task {id} has no owner.", "Record owner of the task {id}.")
NO_DUE = Template("model.task_due", "The task {id} has no due time.", "Record due of the task {id}.")
NO_STATUS = Template("model.task_status", "The task {id} has no status.", "Record status of the task {id}.")
OVER = Template(
    "model.task_over",
    "The task {id} is {status} and cannot go back to active.",
    "Create a new task for what is left to do.",
)


def activation(task: Task) -> Answer[Task]:
    """
    Say whether *task* may become active: it needs an owner, a due time and a status, and must not be over.

    >>> print(activation(Task(id="t1", title="Call the site", owner="dispatch", status="open")))
    task t1 is not open: 1 finding
      The task t1 has no due time.  Record due of the task t1.
    """
    missing = (
        (NO_OWNER, "owner", task.owner),
        (NO_DUE, "due", task.due),
        (NO_STATUS, "status", task.status),
    )
    found = [
        Finding.of(template, path=f"$.{name}", id=task.id)
        for template, name, value in missing
        if value is None or value == ""
    ]
    if task.status in ("done", "dropped"):
        found.append(Finding.of(OVER, path="$.status", id=task.id, status=task.status))
    return Answer(task, tuple(found))


def activate(task: Task) -> Task:
    """Return the task as active; `Refused` tells everything that is missing."""
    return attrs.evolve(activation(task).must().subject, status="active")
