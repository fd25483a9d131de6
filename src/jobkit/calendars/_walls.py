"""From hours on the wall to real time: one zone's gaps, folds and odd offsets, exactly."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from jobkit.calendars._hours import Piece
from jobkit.calendars._policies import Policies
from jobkit.calendars._spans import Span, clipped
from jobkit.calendars._ticks import DAY
from jobkit.calendars._zones import Stretch, Zone

_NEVER: Final = 1 << 62
_MARGIN: Final = 10 * DAY


def kept(pieces: Iterable[Piece], spans: list[Span], start: int, end: int) -> list[Piece]:
    """Return what lies of pieces in joined spans and in [start, end); a jump may stand at a closing."""
    starts = [opens for opens, _ in spans]
    found: list[Piece] = []
    for begins, ends, amount in sorted(pieces):
        near = spans[max(bisect_right(starts, begins) - 1, 0) : bisect_right(starts, ends)]
        if begins < ends:
            inside = clipped(near, max(begins, start), min(ends, end))
            found += ((opens, closes, closes - opens) for opens, closes in inside)
        elif start <= begins < end and any(opens <= begins <= closes for opens, closes in near):
            found.append((begins, ends, amount))
    return found


class Walls:
    """
    The wall clock of one zone around a window, and the policies by which local times become instants.

    Local times are ticks on the wall axis: days since 1970-01-01 times 24 hours, plus the time of day.
    """

    __slots__ = ("_policies", "_starts", "_stretches")

    def __init__(self, zone: Zone, start: int, end: int, policies: Policies) -> None:
        self._stretches = zone.stretches(start - _MARGIN, end + _MARGIN)
        self._starts = [at for at, _ in self._stretches]
        self._policies = policies

    def begin(self, wall: int) -> int:
        """Return the instant at which hours begin that open at this local time."""
        readings = self._readings(wall)
        if not readings:
            return self._in_gap(wall)
        return readings[-1] if self._policies.fold == "second" else readings[0]

    def end(self, wall: int) -> int:
        """Return the instant at which hours end that close at this local time, having been reached."""
        shown = self._readings(wall)
        reached = [at + 1 for at in self._readings(wall - 1)]
        # Where a fold begins, the second reading follows a jump back: nothing that was open ends there.
        readings = [at for at in shown if at in reached] or shown or reached
        if not readings:
            return self._in_gap(wall)
        return readings[0] if self._policies.fold == "first" else readings[-1]

    def placed(self, runs: Iterable[Span]) -> list[Span]:
        """Return the real span of each run of local time, in their order; runs within a gap are empty."""
        found = []
        quiet, until, offset = 1, 0, 0
        for start, end in runs:
            if quiet <= start and end <= until:
                found.append((start - offset, end - offset))
            else:
                found.append((self.begin(start), self.end(end)))
                quiet, until, offset = self._quiet(end)
        return found

    def pieces(self, runs: Iterable[Span]) -> list[Piece]:
        """Return how runs count their wall length: what the wall has shown of them for the first time."""
        kept = list(runs)
        found: list[Piece] = []
        for (start, end), (begin, finish) in zip(kept, self.placed(kept), strict=True):
            if begin < finish:
                found += self._counted(start, end, begin, finish)
        return found

    def _counted(self, start: int, end: int, begin: int, finish: int) -> Iterable[Piece]:
        shown = start
        for at, until, offset in self._between(begin, finish):
            reading = min(at + offset, end)
            if reading > shown:
                yield at, at, reading - shown
                shown = reading
            first, last = max(at, shown - offset), min(until, end - offset)
            if first < last:
                yield first, last, last - first
                shown = last + offset
        if shown < end:
            yield finish, finish, end - shown

    def _between(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Cut [start, end) into parts of constant offset."""
        first, last = bisect_right(self._starts, start) - 1, bisect_right(self._starts, end - 1)
        near = self._stretches[first:last]
        edges = [start, *(at for at, _ in near[1:]), end]
        return [(edges[place], edges[place + 1], offset) for place, (_, offset) in enumerate(near)]

    def _near(self, wall: int) -> list[Stretch]:
        """Return the stretches in which the wall can show this time: no offset reaches 24 hours."""
        first = bisect_right(self._starts, wall - DAY) - 1
        return self._stretches[max(first, 0) : bisect_right(self._starts, wall + DAY)]

    def _readings(self, wall: int) -> list[int]:
        near = self._near(wall)
        ends = [*(at for at, _ in near[1:]), _NEVER]
        return [
            wall - offset for (at, offset), end in zip(near, ends, strict=True) if at <= wall - offset < end
        ]

    def _in_gap(self, wall: int) -> int:
        near = self._near(wall)
        place = next(place for place in range(1, len(near)) if sum(near[place]) > wall)
        if self._policies.gap == "later":
            return wall - near[place - 1][1]
        return wall - near[place][1] if self._policies.gap == "earlier" else near[place][0]

    def _quiet(self, wall: int) -> tuple[int, int, int]:
        """Return a part of the wall axis in which every time comes exactly once, and its offset."""
        place = max(bisect_right(self._starts, wall) - 1, 0)
        at, offset = self._stretches[place]
        after = self._starts[place + 1] if place + 1 < len(self._starts) else _NEVER
        return at + offset + 2 * DAY, after + offset - 2 * DAY, offset
