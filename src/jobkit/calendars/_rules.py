"""The rules of one calendar, read once: the hours of the wall that it opens, and what is changed by hand."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Final

import attrs

from jobkit.calendars._holidays import WHOLE_DAY, Closure, Holiday, closures
from jobkit.calendars._one_off import OneOff
from jobkit.calendars._shifts import Week
from jobkit.calendars._spans import Span, joined, without
from jobkit.calendars._ticks import DAY, EPOCH, MINUTE

_THURSDAY: Final = 3
"""The weekday of 1970-01-01."""

_EPOCH: Final = EPOCH.toordinal()

Closings = tuple[frozenset[int], list[Span]]
"""Dates that are closed whole, as days since 1970-01-01, and spans of local time that are closed."""


def day_number(day: date) -> int:
    """Return a date as days since 1970-01-01."""
    return day.toordinal() - _EPOCH


@attrs.frozen(kw_only=True)
class Rules:
    """
    What a calendar says, in ticks on the wall axis.

    In order: weekly shifts without their breaks, less closed dates and holidays, plus openings by date, less
    closures by date. Then come openings and closures by instants, of which a closure wins.
    """

    week: Week
    closed: frozenset[int]
    holidays: tuple[Holiday, ...]
    openings: tuple[OneOff, ...]
    closures: tuple[OneOff, ...]
    civil: bool
    # Working days ask about single dates, and a year of holidays is the same each time.
    _years: dict[int, Closings] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    def runs(self, first: int, last: int) -> list[Span]:
        """Return the open runs of local time of the dates from *first* to before *last*, joined."""
        closed, cuts = self._closed(first, last)
        week = self.week
        found = [
            (day * DAY + opens, day * DAY + closes)
            for day in range(first, last)
            if day not in closed
            for opens, closes in week[(day + _THURSDAY) % 7]
        ]
        runs = without(joined(found), cuts) if cuts else joined(found)
        return self._by_hand(runs, first, last) if self.openings or self.closures else runs

    def runs_of(self, day: int) -> list[Span]:
        """Return the runs of local time of the shifts that open on one date, joined."""
        closed, cuts = self._closed(day, day + 3)
        shifts = [] if day in closed else self.week[(day + _THURSDAY) % 7]
        found = joined((day * DAY + opens, day * DAY + closes) for opens, closes in shifts)
        return self._by_hand(without(found, cuts), day, day + 1)

    def working(self, first: int, last: int) -> Iterator[tuple[int, bool | None]]:
        """Yield each date and whether weekly hours open on it; None if more than those must be asked."""
        closed, cuts = self._closed(first, last)
        spans = [*cuts, *(span for once in (*self.openings, *self.closures) for span in once.walls)]
        asked = {day for start, end in spans for day in range(start // DAY - 2, end // DAY + 1)}
        for day in range(first, last):
            weekly = day not in closed and bool(self.week[(day + _THURSDAY) % 7])
            yield day, None if day in asked else weekly

    @cached_property
    def opens_at(self) -> list[Span]:
        """The spans of ticks that are opened by hand."""
        return joined(span for once in self.openings if (span := once.instants))

    @cached_property
    def closes_at(self) -> list[Span]:
        """The spans of ticks that are closed by hand."""
        return joined(span for once in self.closures if (span := once.instants))

    def _closed(self, first: int, last: int) -> Closings:
        """Return the dates whose shifts fall away, and the local time that is cut out of all shifts."""
        days = self.closed.intersection(range(first, last)) | self._whole_closures
        parts: list[Span] = []
        for year in _years_of(first, last) if self.holidays else ():
            whole, cuts = self._holidays_in(year)
            days |= whole
            parts += cuts
        if not self.civil:
            return days, joined(parts)
        return frozenset(), joined([*parts, *((day * DAY, day * DAY + DAY) for day in days)])

    def _holidays_in(self, year: int) -> Closings:
        if year not in self._years:
            found = [closure for day in closures(self.holidays, year).values() for closure in day]
            self._years[year] = (
                frozenset(day_number(closure.date) for closure in found if closure.spans == WHOLE_DAY),
                [span for closure in found if closure.spans != WHOLE_DAY for span in _walls(closure)],
            )
        return self._years[year]

    @cached_property
    def _whole_closures(self) -> frozenset[int]:
        return frozenset(day_number(once.date) for once in self.closures if once.date and once.hours is None)

    def _by_hand(self, runs: list[Span], first: int, last: int) -> list[Span]:
        closed = self._whole_closures
        opened = [
            span
            for once in self.openings
            if once.date and first <= day_number(once.date) < last and day_number(once.date) not in closed
            for span in once.walls
        ]
        parts = (once for once in self.closures if once.hours is not None or self.civil)
        return without(joined([*runs, *opened]), joined(span for once in parts for span in once.walls))


def _walls(closure: Closure) -> Iterator[Span]:
    day = day_number(closure.date)
    return ((day * DAY + start * MINUTE, day * DAY + end * MINUTE) for start, end in closure.spans)


def _years_of(first: int, last: int) -> range:
    begin, end = date.fromordinal(first + _EPOCH).year, date.fromordinal(last + _EPOCH).year
    return range(begin, end + 1)
