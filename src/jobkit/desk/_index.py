"""What a store indexes about a job, computed here so that no store interprets events."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from jobkit.catalog import Catalog, Queue
from jobkit.instants import write_instant
from jobkit.lifecycle import Lifecycle, due, overdue, wakeups
from jobkit.model import Job, take
from jobkit.ports import IndexFacts, QueueKey
from jobkit.wakeups import Wakeup

_LAST = "~"


def index(job: Job, catalog: Catalog, lifecycles: Mapping[str, Lifecycle], now: datetime) -> IndexFacts:
    """Compute the index facts of *job* as they stand at *now*."""
    return IndexFacts(
        category=job.state.category,
        open=job.is_open,
        queues=tuple(_queues(job, catalog, lifecycles, now)),
        assets=() if job.subject.asset is None else (job.subject.asset,),
        external_ids=tuple((known.system, known.id) for known in job.links.external_ids),
        people=tuple(dict.fromkeys(_people(job))),
        wakeups=(*_wakeups(job, catalog, lifecycles, now), *_queue_wakeups(job, catalog, now)),
    )


def _queues(
    job: Job, catalog: Catalog, lifecycles: Mapping[str, Lifecycle], now: datetime
) -> Iterator[QueueKey]:
    told = set()
    for queue in catalog.standing(job, {"job": job}, now):
        told.add(queue.name)
        yield QueueKey(queue.name, order_key(job, queue))
    for limit in overdue(job, lifecycles, now, catalog.calendar):
        if limit.queue is not None and limit.queue not in told:
            told.add(limit.queue)
            yield QueueKey(limit.queue, order_key(job, catalog.queue(limit.queue)) or _since(job))


def _since(job: Job) -> str:
    return "" if job.state.since is None else write_instant(job.state.since)


def _people(job: Job) -> Iterator[str]:
    yield from (given.person for given in job.assignments if given.status in ("offered", "accepted"))
    yield from (task.owner for task in job.tasks if task.owner and task.status in ("open", "active"))


def _wakeups(
    job: Job, catalog: Catalog, lifecycles: Mapping[str, Lifecycle], now: datetime
) -> Iterator[Wakeup]:
    """Yield what is still to come, and past timers whose move is open; a blocked one waits for a change."""
    every = wakeups(job, lifecycles, catalog.calendar)
    yield from (wakeup for wakeup in every if wakeup.at > now)
    past = {wakeup.name for wakeup in every if wakeup.at <= now and wakeup.kind == "transition"}
    if past:
        for each in due(job, lifecycles, now, calendar=catalog.calendar):
            name = f"{each.facet}.{each.transition}"
            if each.answer.open and name in past:
                yield Wakeup(at=each.at, job_id=job.id, kind="transition", name=name)


def _queue_wakeups(job: Job, catalog: Catalog, now: datetime) -> Iterator[Wakeup]:
    for queue in catalog.queues.values():
        turns = None if queue.when is None else queue.when.changes_at({"job": job}, now)
        if turns is not None:
            yield Wakeup(at=turns, job_id=job.id, kind="queue", name=queue.name)


def order_key(job: Job, queue: Queue) -> str:
    """Return the text that sorts *job* in *queue*: one sortable piece per path, missing values last."""
    return "\x1f".join(sortable(take(job, path.removeprefix("job."))) for path in queue.order)


def sortable(value: Any) -> str:
    """
    Return a text that sorts like *value* among values of its type.

    >>> sorted([sortable(9), sortable(-5), sortable(10), sortable(None)])[0] == sortable(-5)
    True
    """
    if value is None:
        return _LAST
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, (int, Decimal, timedelta)):
        number = Decimal(value.total_seconds()) if isinstance(value, timedelta) else Decimal(value)
        return f"{number + Decimal(10) ** 15:024.6f}"
    return str(value)
