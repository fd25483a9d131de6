"""The moments of a job, from which instant on which facts held, and the clocks folded from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.catalog import Catalog
from jobkit.clocks import CARRIED, Carried, Start, refold
from jobkit.errors import Invalid
from jobkit.history import ABSORBED, OPENING, Event, effective
from jobkit.instants import read_instant, tick_of
from jobkit.mappings import FrozenMap
from jobkit.model import ClockState, Job, blank, put_all

Facts = Mapping[str, Any]
Moment = tuple[datetime, Facts]

ADOPTED: Final = "adopted"
"""The name of an opening of a job that lived before: its first moment is when it came into its states."""


def known(events: Iterable[Event], known_at: datetime | None) -> tuple[Event, ...]:
    """Return the entries of a history that were recorded by *known_at*; all of them without one."""
    return tuple(event for event in events if known_at is None or event.recorded_at <= known_at)


def moments(events: Sequence[Event], start: Job | None = None) -> tuple[Moment, ...]:
    """
    Return when the job changed and what it was from then on, in the order in which it occurred.

    *events* are in recording order, and continue *start* or open a history. Of two words about one field the
    one that was recorded last counts from the moment of both on, so the last moment holds the job as folded.
    What does not fit yet counts as soon as it does. An event that changes nothing makes no moment; none lies
    before the opening. Of a whole history, merges that were undone make none either.
    """
    telling = [event for event in (effective(events) if start is None else events) if event.changes]
    if not telling:
        return ()
    begun = _begins(telling[0]) if start is None else None
    dated = [(_at(event, begun), number, event) for number, event in enumerate(telling)]
    first = blank(telling[0].job_id) if start is None else start
    return tuple(_told(first, sorted(dated, key=lambda each: each[:2])))


def stale(catalog: Catalog, job: Job) -> bool:
    """Whether the clocks that *job* carries are not those that the rules of *catalog* make."""
    if not catalog.milestones or job.type not in catalog.types:
        return False
    promised = catalog.clocks_of(job.type)
    carried = job.clocks
    return len(promised) != len(carried) or any(
        each.name not in carried or carried[each.name].rules != each.seal for each in promised
    )


def refolded(catalog: Catalog, job: Job, events: Sequence[Event]) -> Job:
    """Return *job* with its clocks folded from its whole history; what was told of each stays told."""
    told, known = moments(events), job.clocks
    # Every command tells what its clocks reached until then, also where they carry on as they were.
    last = max((tick_of(event.recorded_at) for event in events), default=0)
    folded = {
        each.name: attrs.evolve(
            refold(told, each, catalog.calendars), told=_told_until(known.get(each.name), last)
        )
        for each in catalog.clocks_of(job.type)
    }
    return attrs.evolve(job, clocks=FrozenMap(folded))


def _told_until(state: ClockState | None, last: int) -> int | None:
    return None if state is None or state.told is None else max(state.told, last)


def _told(start: Job, dated: list[tuple[datetime, int, Event]]) -> Iterator[Moment]:
    job, taken, last, whole = start, list[tuple[int, Event]](), -1, True
    for at, number, event in dated:
        taken.append((number, event))
        if number > last and whole:
            job, whole = _fitted(job, (event,))
        else:
            job, whole = _fitted(start, (one for _, one in sorted(taken, key=lambda each: each[0])))
        last = max(last, number)
        yield at, facts_of(job, event, at)


def facts_of(job: Job, event: Event, at: datetime) -> Facts:
    """Return the facts from an event on: the job, and the starts of clocks that it took over then."""
    starts = event.data.get("clocks") if event.kind == ABSORBED else None
    if not starts:
        return {"job": job}
    taken = {name: _start(told) for name, told in starts.items()}
    return {"job": job, CARRIED: Carried(at=tick_of(at), starts=taken)}


def _start(told: Mapping[str, Any]) -> Start:
    broken = told.get("breached")
    return Start(
        started=tick_of(read_instant(told["started"])),
        used=told["used"],
        breached=None if broken is None else tick_of(read_instant(broken)),
    )


def _fitted(job: Job, events: Iterable[Event]) -> tuple[Job, bool]:
    """Apply events, and say whether all fit: a late word may be about a visit that was planned only later."""
    whole = True
    for event in events:
        try:
            job = put_all(job, _changes(event))
        except Invalid:
            whole = False
    return job, whole


def _changes(event: Event) -> Iterator[tuple[str, Any]]:
    return ((change.path, change.new) for change in event.changes)


def _at(event: Event, begun: datetime | None) -> datetime:
    if event.kind == OPENING and begun is not None:
        return begun
    return event.occurred_at if begun is None else max(event.occurred_at, begun)


def _begins(event: Event) -> datetime:
    since = event.data.get("since") if event.name == ADOPTED else None
    return event.occurred_at if since is None else read_instant(since)
