"""What a store indexes about a job, computed here so that no store interprets events."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from jobkit.catalog import Catalog, Queue
from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.instants import write_instant
from jobkit.lifecycle import due, overdue, wakeups
from jobkit.model import Job
from jobkit.paths import Item, Step, parse
from jobkit.ports import IndexFacts, QueueKey
from jobkit.wakeups import Wakeup

_LARGEST: Final = Decimal(10) ** 15
_LONGEST: Final = 200
_MISSING: Final = "1"
_THERE: Final = "0"


def index(office: Office, draft: Draft, now: datetime) -> IndexFacts:
    """Compute the index facts of the drafted job as they stand at *now*."""
    job = draft.job
    return IndexFacts(
        category=job.state.category,
        open=job.is_open,
        queues=tuple(_queues(office.catalog, draft, now)),
        assets=() if job.subject.asset is None else (job.subject.asset,),
        external_ids=tuple((known.system, known.id) for known in job.links.external_ids),
        people=tuple(dict.fromkeys(_people(job))),
        wakeups=(*_wakeups(office, draft, now), *_queue_wakeups(job, office.catalog, now)),
    )


def _queues(catalog: Catalog, draft: Draft, now: datetime) -> Iterator[QueueKey]:
    job, told = draft.job, set()
    for queue in catalog.standing(job, {"job": job}, now):
        told.add(queue.name)
        yield QueueKey(queue.name, order_key(catalog, job, queue))
    for limit in overdue(job, draft.lifecycles, now, catalog.calendar):
        if limit.queue is not None and limit.queue not in told:
            told.add(limit.queue)
            yield QueueKey(limit.queue, order_key(catalog, job, catalog.queue(limit.queue)))


def _people(job: Job) -> Iterator[str]:
    yield from (given.person for given in job.assignments if given.status in ("offered", "accepted"))
    yield from (task.owner for task in job.tasks if task.owner and task.status in ("open", "active"))
    yield from (person for visit in job.visits if visit.outcome is None for person in visit.crew)


def _wakeups(office: Office, draft: Draft, now: datetime) -> Iterator[Wakeup]:
    """Yield what is still to come, and past timers whose move is open; a blocked one waits for a change."""
    job, calendar = draft.job, office.catalog.calendar
    every = wakeups(job, draft.lifecycles, calendar)
    yield from (wakeup for wakeup in every if wakeup.at > now)
    if any(wakeup.at <= now and wakeup.kind == "transition" for wakeup in every):
        for each in due(job, draft.lifecycles, now, facts=office.facts(job), calendar=calendar):
            name = f"{each.facet}.{each.transition}"
            if each.answer.open and name not in draft.asleep:
                yield Wakeup(at=each.at, job_id=job.id, kind="transition", name=name)


def _queue_wakeups(job: Job, catalog: Catalog, now: datetime) -> Iterator[Wakeup]:
    for queue in catalog.queues.values():
        turns = None if queue.when is None else queue.when.changes_at({"job": job}, now)
        if turns is not None:
            yield Wakeup(at=turns, job_id=job.id, kind="queue", name=queue.name)


def order_key(catalog: Catalog, job: Job, queue: Queue) -> str:
    """Return the text that sorts *job* in *queue*: a piece for each path, missing and private values last."""
    paths = queue.order or ("job.states[work].since",)
    return "\x1f".join(sortable(_typed(catalog, job, path)) for path in paths)


def _typed(catalog: Catalog, job: Job, path: str) -> Any:
    """Return the value at *path* as the model has it; a type's own field is read by its declaration."""
    root, *steps = parse(path.removeprefix("job."))
    if root == "fields" and steps:
        name = steps[0].id if isinstance(steps[0], Item) else steps[0]
        specs = {spec.name: spec for spec in catalog.rules(job.type).type.fields}
        given = job.fields.get(str(name))
        return specs[str(name)].read(given) if str(name) in specs else given
    value: Any = job
    for step in (root, *steps):
        value = _below(value, step)
    return value


def _below(value: Any, step: Step) -> Any:
    name = step.id if isinstance(step, Item) else step
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, tuple):
        return next((item for item in value if getattr(item, "key", item.id) == name), None)
    return getattr(value, str(name), None)


def sortable(value: Any) -> str:
    """
    Return a text that sorts like *value* among values of its type; nothing at all comes last.

    >>> sorted([sortable(9), sortable(-5), sortable(10), sortable(None)]) == [
    ...     sortable(-5), sortable(9), sortable(10), sortable(None)
    ... ]
    True
    """
    if isinstance(value, bool):
        return f"{_THERE}{int(value)}"
    if isinstance(value, datetime):
        return _THERE + write_instant(value)
    if isinstance(value, timedelta):
        return _THERE + _number(Decimal(str(value.total_seconds())))
    if isinstance(value, (int, float, Decimal)):
        return _THERE + _number(Decimal(str(value)))
    if isinstance(value, str):
        return _THERE + "".join(letter if letter >= " " else " " for letter in value[:_LONGEST])
    return _MISSING


def _number(value: Decimal) -> str:
    """Write a number so that text sorts it; beyond 10**15 either way all are alike."""
    return f"{min(max(value, -_LARGEST), _LARGEST) + _LARGEST:024.6f}"
