"""The compiled engine of one calendar: sorted pieces of open time with running counts, grown on demand."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final

import attrs

from jobkit.calendars._ticks import DAY, FIRST, FIRST_YEAR, LAST, LAST_YEAR, ORIGIN, beyond, year_start
from jobkit.errors import Invalid
from jobkit.findings import Template

NEVER_OPEN = Template(
    "calendars.never_open",
    "The calendar {calendar} has no opening left that gives the time asked for, until {year}.",
    "Add weekly hours or openings to the calendar {calendar}, take back closures, or ask for less time.",
)
NO_TURN = Template(
    "calendars.no_turn",
    "The calendar {calendar} has no {turn} there, until {year}.",
    "Ask whether the calendar is open: it never turns again, or has hours to be added.",
)

Span = tuple[int, int]
"""A half-open pair of ticks."""

Piece = tuple[int, int, int]
"""A half-open pair of ticks and how much of it counts, evenly up to its end; a jump has no length."""

Columns = tuple[Sequence[int], Sequence[int], Sequence[int]]
"""Starts and ends of the pieces, and the count at each end."""

Spans = Callable[[int, int], Sequence[Span]]
Pieces = Callable[[int, int], Sequence[Piece]]

_YEARS: Final = tuple(year_start(year) for year in range(FIRST_YEAR, LAST_YEAR + 1))
_LONGER: Final = 366 * DAY


@attrs.frozen(kw_only=True)
class _Grown:
    """What is compiled from `low` to below `high`: pieces behind a first empty one at `low`, and spans."""

    low: int
    high: int
    starts: list[int]
    ends: list[int]
    counts: list[int]
    opens: list[int]
    closes: list[int]


_NOTHING: Final = _Grown(
    low=ORIGIN, high=ORIGIN, starts=[ORIGIN], ends=[ORIGIN], counts=[0], opens=[], closes=[]
)


class Hours:
    """
    The open time of one calendar in ticks, counted from 2024-01-01T00:00Z; safe to share between threads.

    Built from a function that gives the open spans of a window, and one for its pieces where they do not
    count their own length; `late` makes `reach` go on to the next opening when the amount is used up at a
    closing. An instant before 1800 or from 2200 on, and an amount that is never given, are refused.
    """

    __slots__ = ("_grown", "_late", "_name", "_now", "_pieces", "_spans")

    def __init__(self, spans: Spans, *, name: str, pieces: Pieces | None = None, late: bool = False) -> None:
        self._spans, self._pieces, self._name, self._late = spans, pieces, name, late
        self._put(_NOTHING)

    def count(self, at: int) -> int:
        """Return the open ticks from the origin up to *at*, negative before the origin."""
        starts, ends, counts, low, high = self._now
        if not low <= at < high:
            grown = self._covering(at, at + 1)
            starts, ends, counts = grown.starts, grown.ends, grown.counts
        place = bisect_right(starts, at) - 1
        left = ends[place] - at
        return counts[place] - left if left > 0 else counts[place]

    def elapsed(self, start: int, end: int) -> int:
        """Return the open ticks between two instants, negative when they are reversed."""
        starts, ends, counts, low, high = self._now
        if not (low <= start < high and low <= end < high):
            return self.count(end) - self.count(start)
        first = bisect_right(starts, start) - 1
        last = bisect_right(starts, end) - 1
        before = ends[first] - start
        after = ends[last] - end
        if after > 0:
            return counts[last] - after - counts[first] + (before if before > 0 else 0)
        return counts[last] - counts[first] + (before if before > 0 else 0)

    def add(self, at: int, amount: int) -> int:
        """
        Return the earliest instant by which *amount* has passed since *at*; nothing added is *at* itself.

        A negative amount goes back, to the latest instant since which that much has passed.
        """
        starts, ends, counts, low, high = self._now
        if amount <= 0 or self._late or not low <= at < high:
            return self._add(at, amount)
        place = bisect_right(starts, at) - 1
        left = ends[place] - at
        wanted = counts[place] + amount - (left if left > 0 else 0)
        if wanted > counts[-1]:
            return self.reach(wanted)
        place = bisect_left(counts, wanted, place)
        found = ends[place] - counts[place] + wanted
        return found if found > starts[place] else starts[place]

    def _add(self, at: int, amount: int) -> int:
        if amount < 0:
            return self.subtract(at, -amount)
        count = self.count(at)
        return self.reach(count + amount) if amount else self.landed(at)

    def subtract(self, at: int, amount: int) -> int:
        """Return the latest instant since which *amount* has passed until *at*; nothing is *at* itself."""
        count = self.count(at)
        return self.back(count - amount) if amount else at

    def reach(self, amount: int) -> int:
        """Return the earliest instant at which the count is *amount* or more."""
        starts, ends, counts, _, _ = self._now
        if self._late or not counts[0] < amount <= counts[-1]:
            return self._reach(amount)
        place = bisect_left(counts, amount)
        found = ends[place] - counts[place] + amount
        return found if found > starts[place] else starts[place]

    def _reach(self, amount: int) -> int:
        grown = self._counting(amount)
        place = bisect_left(grown.counts, amount)
        found = grown.ends[place] - grown.counts[place] + amount
        return self.landed(max(found, grown.starts[place]))

    def back(self, amount: int) -> int:
        """Return the latest instant up to which the count is *amount*."""
        grown = self._counting(amount + 1)
        place = bisect_right(grown.counts, amount)
        if place == 0:
            raise self._never(FIRST_YEAR)
        found = grown.ends[place] - grown.counts[place] + amount
        return max(found, grown.starts[place])

    def is_open(self, at: int) -> bool:
        """Whether the instant lies in an open span; the closing instant does not."""
        grown = self._covering(at, at + 1)
        place = bisect_right(grown.opens, at) - 1
        return place >= 0 and at < grown.closes[place]

    def columns(self, start: int, end: int) -> Columns:
        """
        Return sorted starts and ends that cover at least [start, end), and the count at each end.

        The first start lies at or before *start*, so that `place = bisect_right(starts, at) - 1` is never
        negative; the count at an instant is that of its place, less what is left until that place's end.
        """
        grown = self._covering(start, end)
        return grown.starts, grown.ends, grown.counts

    def next_opening(self, at: int) -> int:
        """Return the first opening after *at*; if there is none until the last year, refused."""
        return self._following(at, "opening")

    def next_closing(self, at: int) -> int:
        """Return the first closing after *at*; if there is none until the last year, refused."""
        return self._following(at, "closing")

    def previous_opening(self, at: int) -> int:
        """Return the last opening at or before *at*; if there is none since the first year, refused."""
        return self._preceding(at, "opening")

    def previous_closing(self, at: int) -> int:
        """Return the last closing at or before *at*; if there is none since the first year, refused."""
        return self._preceding(at, "closing")

    def spans(self, start: int, end: int) -> list[Span]:
        """Return the open spans of [start, end), cut to it."""
        return [(max(opens, start), min(closes, end)) for opens, closes in self.touching(start, end)]

    def touching(self, start: int, end: int) -> list[Span]:
        """Return the open spans that touch [start, end), whole as far as years are compiled."""
        grown = self._covering(start, max(start + 1, end))
        first = bisect_right(grown.closes, start)
        last = bisect_left(grown.opens, end)
        return list(zip(grown.opens[first:last], grown.closes[first:last], strict=True))

    def landed(self, at: int) -> int:
        """Return the instant itself, or under `late` the next opening where it is closed."""
        return self.next_opening(at) if self._late and not self.is_open(at) else at

    def _following(self, at: int, turn: str) -> int:
        grown = self._covering(at, at + 1)
        while True:
            turns = _turns(grown, turn)
            place = bisect_right(turns, at)
            # What ends where the compiled years end may go on in the next one.
            if place < len(turns) and turns[place] < grown.high:
                return turns[place]
            if grown.high >= LAST:
                raise Invalid.of(NO_TURN, calendar=self._name, turn=turn, year=LAST_YEAR)
            grown = self._longer(grown, forward=True)

    def _preceding(self, at: int, turn: str) -> int:
        grown = self._covering(at, at + 1)
        while True:
            turns = _turns(grown, turn)
            place = bisect_right(turns, at) - 1
            if place >= 0 and turns[place] > grown.low:
                return turns[place]
            if grown.low <= FIRST:
                raise Invalid.of(NO_TURN, calendar=self._name, turn=turn, year=FIRST_YEAR)
            grown = self._longer(grown, forward=False)

    def _counting(self, amount: int) -> _Grown:
        """Grow until the count passes *amount* inside of what is compiled."""
        grown = self._grown
        self._check_amount(grown, amount)
        while grown.counts[-1] < amount:
            if grown.high >= LAST:
                raise self._never(LAST_YEAR)
            grown = self._longer(grown, forward=True)
        while grown.counts[0] >= amount and grown.low > FIRST:
            grown = self._longer(grown, forward=False)
        if grown.counts[0] > amount:
            raise self._never(FIRST_YEAR)
        return grown

    def _check_amount(self, grown: _Grown, amount: int) -> None:
        """Refuse at once what is more than all years hold, before any of them is compiled."""
        if amount - grown.counts[-1] > LAST - grown.high + _LONGER:
            raise self._never(LAST_YEAR)
        if grown.counts[0] - amount > grown.low - FIRST + _LONGER:
            raise self._never(FIRST_YEAR)

    def _never(self, year: int) -> Invalid:
        return Invalid.of(NEVER_OPEN, calendar=self._name, year=year)

    def _covering(self, start: int, end: int) -> _Grown:
        grown = self._grown
        if grown.low <= start and end <= grown.high:
            return grown
        if not FIRST <= start < LAST or end > LAST:
            raise beyond(end if FIRST <= start < LAST else start)
        low = _YEARS[bisect_right(_YEARS, start) - 1]
        return self._grow(grown, min(low, grown.low), max(_YEARS[bisect_left(_YEARS, end)], grown.high))

    def _longer(self, grown: _Grown, *, forward: bool) -> _Grown:
        """Double the compiled years, so that a long search costs no more than its result."""
        more = max(grown.high - grown.low, _LONGER)
        low = grown.low if forward else _YEARS[max(bisect_right(_YEARS, grown.low - more) - 1, 0)]
        high = min(grown.high + more, LAST) if forward else grown.high
        return self._grow(grown, low, _YEARS[bisect_left(_YEARS, high)])

    def _grow(self, grown: _Grown, low: int, high: int) -> _Grown:
        if high > grown.high:
            grown = self._after(grown, high)
        if low < grown.low:
            grown = self._before(grown, low)
        self._put(grown)
        return grown

    def _put(self, grown: _Grown) -> None:
        # Each attribute is replaced at once by lists that never change again: threads see old or new ones.
        self._grown = grown
        self._now = (grown.starts, grown.ends, grown.counts, grown.low, grown.high)

    def _after(self, grown: _Grown, high: int) -> _Grown:
        starts, ends, amounts, spans = self._block(grown.high, high)
        counts = list(accumulate(amounts, initial=grown.counts[-1]))
        opens, closes = _joined((grown.opens, grown.closes), spans)
        return _Grown(
            low=grown.low,
            high=high,
            starts=grown.starts + starts,
            ends=grown.ends + ends,
            counts=grown.counts + counts[1:],
            opens=opens,
            closes=closes,
        )

    def _before(self, grown: _Grown, low: int) -> _Grown:
        starts, ends, amounts, spans = self._block(low, grown.low)
        counts = list(accumulate(amounts, initial=grown.counts[0] - sum(amounts)))
        opens, closes = _joined(spans, (grown.opens, grown.closes))
        return _Grown(
            low=low,
            high=grown.high,
            starts=[low, *starts, *grown.starts[1:]],
            ends=[low, *ends, *grown.ends[1:]],
            counts=counts + grown.counts[1:],
            opens=opens,
            closes=closes,
        )

    def _block(
        self, low: int, high: int
    ) -> tuple[list[int], list[int], list[int], tuple[list[int], list[int]]]:
        spans = self._spans(low, high)
        opens, closes = [opens for opens, _ in spans], [closes for _, closes in spans]
        if self._pieces is None:
            amounts = [closes - opens for opens, closes in spans]
            return opens, closes, amounts, (opens, closes)
        pieces = self._pieces(low, high)
        starts, ends = [start for start, _, _ in pieces], [end for _, end, _ in pieces]
        return starts, ends, [amount for _, _, amount in pieces], (opens, closes)


def _turns(grown: _Grown, turn: str) -> list[int]:
    return grown.opens if turn == "opening" else grown.closes


def _joined(
    before: tuple[list[int], list[int]], after: tuple[list[int], list[int]]
) -> tuple[list[int], list[int]]:
    """Put two lists of spans behind each other; a span that was cut between them is one again."""
    if before[1] and after[0] and before[1][-1] == after[0][0]:
        return before[0] + after[0][1:], before[1][:-1] + after[1]
    return before[0] + after[0], before[1] + after[1]
