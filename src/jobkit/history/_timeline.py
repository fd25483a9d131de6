"""The timeline: what occurred when, as opposed to the order in which it was recorded."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

import attrs

from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.history._chain import head
from jobkit.history._event import Event, Head
from jobkit.history._fold import EMPTY_HISTORY, fold, fold_in_time
from jobkit.instants import utc, write_instant
from jobkit.model import PRIMARY, Job
from jobkit.paths import Item, parse

NOT_BEGUN = Template(
    "history.not_begun",
    "Nothing of job {job} was known of {instant} at {known_at}.",
    "Ask for an instant at or after {begun}, when the job's first event occurred, and after it was recorded.",
)


def timeline_key(event: Event) -> tuple[datetime, str, int, int, str]:
    """Return what orders events on the timeline: when they occurred, then origin and number there."""
    return event.occurred_at, event.origin, event.origin_seq, event.seq, event.id


def timeline(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events in the order in which they occurred, whatever the order in which they arrived."""
    return tuple(sorted(events, key=timeline_key))


@attrs.frozen
class Stay:
    """The span in which a facet stood in a state, half-open; the stay that lasts has no end."""

    state: str
    start: datetime
    end: datetime | None = None


def _in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(events)


@attrs.frozen(slots=False)
class History:
    """
    A job's events in recording order, with the questions that one asks of them.

    No events at all are refused.
    """

    events: tuple[Event, ...] = attrs.field(converter=_in_order)

    def __attrs_post_init__(self) -> None:
        if not self.events:
            raise NotFound.of(EMPTY_HISTORY)

    @cached_property
    def job(self) -> Job:
        """The job that the recorded changes make."""
        return fold(self.events)

    @cached_property
    def head(self) -> Head:
        """The end of the chain, for export."""
        end = head(self.events)
        assert end is not None
        return end

    @cached_property
    def timeline(self) -> tuple[Event, ...]:
        """The events in the order in which they occurred, the opening first."""
        first, *rest = self.events
        return first, *timeline(rest)

    def at(self, instant: datetime, known_at: datetime | None = None) -> Job:
        """
        Return the job as it stood at *instant*: as is known now, or as was known at *known_at*.

        Version and head are those of the last entry that counts. An instant before the first event, or one
        when that was not recorded yet, and naive instants, are refused.
        """
        then = utc(instant, "$.instant")
        known = None if known_at is None else utc(known_at, "$.known_at")
        counted = tuple(event for event in self.timeline if _counts(event, then, known))
        if not counted or counted[0] is not self.events[0]:
            raise self._not_begun(then, known)
        return fold_in_time(counted)

    def states(self, facet: str = PRIMARY) -> tuple[Stay, ...]:
        """Return the stays of a facet on the timeline, one after the other; none for an unknown facet."""
        entries = tuple(self._entries(facet))
        ends = [start for _, start in entries[1:]]
        return tuple(
            Stay(state, start, end)
            for (state, start), end in zip(entries, [*ends, None], strict=False)
            if state is not None
        )

    def _entries(self, facet: str) -> Iterator[tuple[str | None, datetime]]:
        spellings = ("states", Item(facet)), ("states", facet)
        for event in self.timeline:
            for change in event.changes:
                if parse(change.path) in spellings:
                    yield change.new and change.new["name"], event.occurred_at

    def _not_begun(self, instant: datetime, known_at: datetime | None) -> NotFound:
        first = self.events[0]
        return NotFound.of(
            NOT_BEGUN,
            job=first.job_id,
            instant=write_instant(instant),
            known_at=write_instant(known_at) if known_at else "any time",
            begun=write_instant(first.occurred_at),
        )


def _counts(event: Event, then: datetime, known: datetime | None) -> bool:
    return event.occurred_at <= then and (known is None or event.recorded_at <= known)
