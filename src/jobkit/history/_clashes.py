"""Clashes: an event meets other values than it was made on, because somebody else wrote there."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.history._canonical import canonical, declared
from jobkit.history._event import Event, FieldChange
from jobkit.history._timeline import timeline_key
from jobkit.model import Job, put, take
from jobkit.paths import Step, parse

Moment = tuple[datetime, str, int]

OVERTAKEN = Template(
    "history.overtaken",
    "Event {event} would make {path} {offered}, but event {other} had made it {standing}.",
    "Decide which value holds, and amend {path} if it is the other one.",
)


@attrs.frozen(kw_only=True)
class Clash:
    """
    Two values for one path: the one *offered* by an event, and the one *standing* by another.

    It is `overtaken` when the value that stands is the later one on the timeline.
    """

    path: str
    old: Any
    offered: Any
    standing: Any
    standing_event: str | None
    overtaken: bool

    def finding(self, event: Event) -> Finding:
        """Return the clash as what it says about *event*; private values show as digests."""
        return Finding.of(
            OVERTAKEN,
            path=self.path,
            event=event.id,
            other=self.standing_event or "unknown",
            offered=canonical(declared(self.offered)).decode(),
            standing=canonical(declared(self.standing)).decode(),
        )


class Writers:
    """An engine over one merge: who wrote at which path, and which of that is later than a moment."""

    def __init__(self, recorded: Iterable[Event]) -> None:
        self._all: list[tuple[tuple[Step, ...], Event]] = []
        for event in recorded:
            self.note(event)
        self._recorded = sorted(self._all, key=lambda written: _moment(written[1]))
        self._moments = [_moment(event) for _, event in self._recorded]

    def note(self, event: Event) -> None:
        """Add what *event* writes."""
        self._all += [(parse(told.path), event) for told in event.changes]

    def last(self, path: str) -> Event | None:
        """Return the event that wrote last at, above or below *path*."""
        steps = parse(path)
        return next((event for written, event in reversed(self._all) if _overlap(written, steps)), None)

    def overtaker(self, path: str, event: Event) -> Event | None:
        """Return the latest recorded event that wrote at, above or below *path* after *event* occurred."""
        # Offers are taken in timeline order, so only what was recorded before can be later.
        later = self._recorded[bisect_right(self._moments, _moment(event)) :]
        steps = parse(path)
        return next((writer for written, writer in reversed(later) if _overlap(written, steps)), None)


def clashes(job: Job, event: Event, writers: Writers) -> tuple[Clash, ...]:
    """
    Return every change of *event* that meets another value than it was made on, and does not want that value.

    A change that leads nowhere is refused; each change is looked at on the job that those before it make.
    """
    found = []
    for told in event.changes:
        clash = _clash(job, told, event, writers)
        if clash:
            found.append(clash)
        job = put(job, told.path, told.new)
    return tuple(found)


def _clash(job: Job, told: FieldChange, event: Event, writers: Writers) -> Clash | None:
    standing = take(job, told.path)
    if _is(job, told.path, told.new, standing):
        return None
    overtaker = writers.overtaker(told.path, event)
    if overtaker is None and _is(job, told.path, told.old, standing):
        return None
    writer = overtaker or writers.last(told.path)
    return Clash(
        path=told.path,
        old=told.old,
        offered=told.new,
        standing=standing,
        standing_event=writer.id if writer else None,
        overtaken=overtaker is not None,
    )


def _is(job: Job, path: str, wire: Any, standing: Any) -> bool:
    return _same(wire, standing) or _same(_normal(job, path, wire), standing)


def _normal(job: Job, path: str, wire: Any) -> Any:
    """Return the spelling in which *wire* comes back from *path*: a device may spell defaults out."""
    try:
        return take(put(job, path, wire), path)
    except Invalid:
        return wire


def _same(one: Any, other: Any) -> bool:
    return one is other or canonical([declared(one)]) == canonical([declared(other)])


def _overlap(one: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _moment(event: Event) -> Moment:
    return timeline_key(event)[:3]
