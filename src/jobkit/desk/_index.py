"""What a store indexes about a job, computed here so that no store interprets events."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from jobkit.catalog import Catalog, ClockFacts
from jobkit.desk._board_entries import board_names, board_wakeups
from jobkit.desk._draft import Draft
from jobkit.desk._escalations import standing
from jobkit.desk._intake_facts import intake_facts
from jobkit.desk._merged import is_merged
from jobkit.desk._office import Office
from jobkit.desk._redirects import names_of
from jobkit.desk._routing_facts import route_facts, route_queues, route_wakeups
from jobkit.desk._sorting import order_key, sortable
from jobkit.desk._twins_keys import twin_places
from jobkit.instants import instant_of
from jobkit.lifecycle import due, overdue, wakeups
from jobkit.mappings import EMPTY
from jobkit.model import Job
from jobkit.ports import IndexFacts, QueueKey
from jobkit.wakeups import Wakeup

EVERY_JOB: Final = "~open"
"""The queue that jobkit keeps by itself: every open job, the one that is due first before, others last."""


def index(office: Office, draft: Draft, now: datetime) -> IndexFacts:
    """Compute the index facts of the drafted job as they stand at *now*."""
    job, catalog = draft.job, office.catalog
    facts, merged = queue_facts(catalog, job, now), is_merged(job)
    return IndexFacts(
        category=job.state.category,
        open=job.is_open,
        queues=(
            *(() if merged else _queues(catalog, draft, facts, now)),
            *map(QueueKey, board_names(job)),
            *twin_places(office, job),
        ),
        assets=() if job.subject.asset is None else (job.subject.asset,),
        external_ids=names_of(job),
        people=tuple(dict.fromkeys(_people(job))),
        # Nobody waits for a merged job any more: what is left to do and to promise is the survivor's.
        wakeups=() if merged else tuple(_all_wakeups(office, draft, facts, now)),
    )


def _all_wakeups(office: Office, draft: Draft, facts: Mapping[str, Any], now: datetime) -> Iterator[Wakeup]:
    job, catalog = draft.job, office.catalog
    clocks: Mapping[str, ClockFacts] = facts.get("clock", EMPTY)
    yield from _wakeups(office, draft, now)
    yield from _queue_wakeups(job, catalog, facts, now)
    yield from (wakeup for clock in clocks.values() for wakeup in clock.wakeups(job.id))
    yield from route_wakeups(catalog, job, now)
    yield from board_wakeups(office, job, now)


def queue_facts(catalog: Catalog, job: Job, now: datetime) -> dict[str, Any]:
    """Return what the conditions of queues may ask: the job, its route, clocks and intake at *now*."""
    facts: dict[str, Any] = {}
    if catalog.milestones:
        facts["clock"] = catalog.clocks_seen(job, now)
    if catalog.routing is not None:
        facts["route"] = route_facts(catalog, job, now)
    return {"job": job, **facts, **intake_facts(catalog, job, now, facts)}


def _queues(catalog: Catalog, draft: Draft, facts: Mapping[str, Any], now: datetime) -> Iterator[QueueKey]:
    """Yield the places of a job in the queues where it stands, each queue once."""
    job, clocks = draft.job, facts.get("clock", EMPTY)
    for name in dict.fromkeys(_standing(catalog, draft, facts, now)):
        yield QueueKey(name, order_key(catalog, job, catalog.queue(name), clocks))
    if job.is_open:
        dues = (clock.seen.due for clock in clocks.values() if clock.carried.is_live)
        first = min((at for at in dues if at is not None), default=None)
        yield QueueKey(EVERY_JOB, sortable(None if first is None else instant_of(first)))


def _standing(catalog: Catalog, draft: Draft, facts: Mapping[str, Any], now: datetime) -> Iterator[str]:
    job = draft.job
    yield from (queue.name for queue in catalog.standing(job, facts, now))
    yield from route_queues(catalog, job, now)
    limits = overdue(job, draft.lifecycles, now, catalog.calendar)
    yield from (limit.queue for limit in limits if limit.queue is not None)
    if catalog.milestones:
        yield from standing(catalog, job, facts["clock"], now)


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
        for each in due(job, draft.lifecycles, now, facts=office.facts(job, now), calendar=calendar):
            name = f"{each.facet}.{each.transition}"
            if each.answer.open and name not in draft.asleep:
                yield Wakeup(at=each.at, job_id=job.id, kind="transition", name=name)


def _queue_wakeups(job: Job, catalog: Catalog, facts: Mapping[str, Any], now: datetime) -> Iterator[Wakeup]:
    for queue in catalog.queues.values():
        turns = None if queue.when is None else queue.when.changes_at(facts, now)
        if turns is not None:
            yield Wakeup(at=turns, job_id=job.id, kind="queue", name=queue.name)
