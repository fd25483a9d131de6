"""Tasks on their own and among others: what activating one takes, and which ones wait for which."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import attrs

from jobkit.answers import Answer
from jobkit.findings import Finding, Template
from jobkit.model._work import Task
from jobkit.paths import Item, join

NO_OWNER = Template("model.task_owner", "The task {id} has no owner.", "Record owner of the task {id}.")
NO_DUE = Template("model.task_due", "The task {id} has no due time.", "Record due of the task {id}.")
NO_STATUS = Template("model.task_status", "The task {id} has no status.", "Record status of the task {id}.")
OVER = Template(
    "model.task_over",
    "The task {id} is {status} and cannot go back to active.",
    "Create a new task for what is left to do.",
)
UNKNOWN_AFTER = Template(
    "model.task_after",
    "The task {id} waits for {unknown}, and no task beside it has that id.",
    "Let it wait for some of: {known}.",
)
CIRCLE = Template(
    "model.task_circle",
    "The tasks {tasks} wait for each other in a circle, so that none of them can ever be done.",
    "Take one of them out of the other's after.",
)

_SOME = 10


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


def order_problems(after: Mapping[str, Iterable[str]], path: str = "$.tasks") -> Iterator[Finding]:
    """
    Yield what is wrong with the order of tasks, given as what each of them waits for, by id.

    That is: tasks that wait for one that is not there, and a circle, of which the first one found is told.

    >>> [finding.code for finding in order_problems({"a": ["b"], "b": ["a"]})]
    ['model.task_circle']
    """
    waits = {id: tuple(others) for id, others in after.items()}
    for id, others in waits.items():
        for unknown in dict.fromkeys(other for other in others if other not in waits):
            place = join(path, Item(id), "after")
            yield Finding.of(UNKNOWN_AFTER, path=place, id=id, unknown=unknown, known=list(waits)[:_SOME])
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = list(dict.fromkeys(error.args[1]))
        yield Finding.of(CIRCLE, path=join(path, Item(circle[0]), "after"), tasks=circle[:_SOME])


def waited_for(task: Task, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """
    Return those of *tasks* that *task* still waits for: named in its `after`, neither done nor dropped.

    >>> call, go = Task(id="call", title="Call"), Task(id="go", title="Go", after=("call",))
    >>> [str(each) for each in waited_for(go, (call, go))]
    ['task call']
    """
    return tuple(each for each in tasks if each.id in task.after and each.status not in ("done", "dropped"))
