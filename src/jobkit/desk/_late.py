"""What devices did to visits and tasks on their own, done again as the verbs do it, and compared."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import attrs

from jobkit.desk._ended import must_take
from jobkit.desk._tasks import TaskChange, answered
from jobkit.desk._visits import signed
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.findings import Finding, Template
from jobkit.history import Event
from jobkit.lifecycle import Deed, Lifecycles, permits, visit_changes
from jobkit.mappings import FrozenMap
from jobkit.model import Job, Task, put_all

UNLIKE_THE_VERB = Template(
    "desk.unlike_the_verb",
    "Event {event} leaves {place} of job {job} in a way that {verb} does not.",
    "Record it with {verb}, and give what that asks for.",
)

Redo = Callable[[Job, Job, Event], Iterator[Finding]]


def against_deed(job: Job, after: Job, event: Event, lifecycles: Lifecycles) -> tuple[Finding, ...]:
    """
    Return what the verb behind *event* says against leading from *job* to *after*.

    An end of a visit, a sign-off and an answer about a task are held to what `Desk` holds them to.
    """
    operation, redo = _VERBS[event.kind]
    try:
        if event.kind != "tasked":
            must_take(job, lifecycles, operation)
        else:
            permits(job, lifecycles, operation).must()
        return tuple(redo(job, after, event))
    except (Refused, Invalid, NotFound) as error:
        return error.findings


def _ended_visits(job: Job, after: Job, event: Event) -> Iterator[Finding]:
    known = {visit.id: visit for visit in job.visits}
    for visit in after.visits:
        if visit == known.get(visit.id):
            continue
        place = f"$.visits[{visit.id}]"
        if visit.outcome is None:
            yield _unlike(job, event, place, "record_visit")
            continue
        reason = visit.outcome_reason
        deed = visit_changes(job, visit.id, visit.outcome, actual=visit.actual, reason=reason)
        if visit not in _done(job, deed).visits:
            yield _unlike(job, event, place, "record_visit")


def _sign_offs(job: Job, after: Job, event: Event) -> Iterator[Finding]:
    known = {given for visit in job.visits for given in visit.sign_offs}
    done = job
    for visit in after.visits:
        for given in visit.sign_offs:
            if given not in known:
                done = _done(done, signed(done, given))
    if done.visits != after.visits:
        yield _unlike(job, event, "$.visits", "sign_off")


def _tasks(job: Job, after: Job, event: Event) -> Iterator[Finding]:
    known = {task.id: task for task in job.tasks}
    for task in after.tasks:
        if task != known.get(task.id) and not _is_answer(job, task, event):
            yield _unlike(job, event, f"$.tasks[{task.id}]", _TASK_VERBS.get(str(task.status), "add_task"))


def _is_answer(job: Job, task: Task, event: Event) -> bool:
    """Whether a verb leaves the task so; when it was completed is the device's word."""
    if task.status is None or task.status == "open":
        return False
    change = TaskChange(
        task=task.id, status=task.status, by=event.actor, at=event.occurred_at, reason=event.reason
    )
    wanted = answered(job, change)
    timed = wanted if wanted.completed is None else attrs.evolve(wanted, completed=task.completed)
    return task == timed


def _done(job: Job, deed: Deed) -> Job:
    return put_all(job, ((change.path, change.new) for change in deed.changes))


def _unlike(job: Job, event: Event, place: str, verb: str) -> Finding:
    return Finding.of(UNLIKE_THE_VERB, path=place, event=event.id, place=place, job=job.id, verb=verb)


_TASK_VERBS: Final[Mapping[str, str]] = FrozenMap(
    active="activate_task", done="complete_task", dropped="drop_task"
)

_VERBS: Final[Mapping[str, tuple[str, Redo]]] = FrozenMap(
    visit_ended=("record_visit", _ended_visits),
    signed_off=("sign_off", _sign_offs),
    tasked=("task", _tasks),
)
