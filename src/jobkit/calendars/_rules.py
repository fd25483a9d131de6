"""The rules of one calendar, read once: the hours of the wall that it opens, and what is changed by hand."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs

from jobkit.calendars._holidays import WHOLE_DAY, Holiday, closures
from jobkit.calendars._one_off import OneOff
from jobkit.calendars._shifts import Week
from jobkit.calendars._spans import Span, joined, without
from jobkit.calendars._ticks import DAY, EPOCH, MINUTE

_THURSDAY: Final = 3
"""The weekday of 1970-01-01."""

_LAST_YEAR: Final = 9999
_EPOCH: Final = EPOCH.toordinal()


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

    def touched(self, first: int, last: int) -> set[int]:
        """Return the dates on which more than the weekly hours and whole closed days must be asked."""
        _, cuts = self._closed(first, last)
        spans = [*cuts, *(span for once in (*self.openings, *self.closures) for span in once.walls)]
        return {
            day
            for start, end in spans
            for day in range(max(start // DAY - 1, first), min(end // DAY + 1, last))
        }

    def works(self, day: int, closed: frozenset[int]) -> bool:
        """Whether weekly hours begin on a date that is not among those *closed* whole."""
        return day not in closed and bool(self.week[(day + _THURSDAY) % 7])

    def closed_days(self, first: int, last: int) -> frozenset[int]:
        """Return the dates that are closed whole, so that no weekly shift begins on them."""
        return frozenset(self._closed(first, last)[0])

    def opens_at(self) -> list[Span]:
        """Return the spans of ticks that are opened by hand."""
        return joined(span for once in self.openings if (span := once.instants))

    def closes_at(self) -> list[Span]:
        """Return the spans of ticks that are closed by hand."""
        return joined(span for once in self.closures if (span := once.instants))

    def _closed(self, first: int, last: int) -> tuple[Iterable[int], list[Span]]:
        """Return the dates whose shifts fall away, and the local time that is cut out of all shifts."""
        days = {day for day in self.closed if first <= day < last} | self._whole_closures()
        parts: list[Span] = []
        for year in range(*_years(first, last)) if self.holidays else ():
            for day, found in closures(self.holidays, year).items():
                number = day_number(day)
                if any(closure.spans == WHOLE_DAY for closure in found):
                    days.add(number)
                    continue
                parts += (
                    (number * DAY + start * MINUTE, number * DAY + end * MINUTE)
                    for closure in found
                    for start, end in closure.spans
                )
        if not self.civil:
            return days, joined(parts)
        return frozenset(), joined([*parts, *((day * DAY, day * DAY + DAY) for day in days)])

    def _whole_closures(self) -> set[int]:
        return {day_number(once.date) for once in self.closures if once.date and once.hours is None}

    def _by_hand(self, runs: list[Span], first: int, last: int) -> list[Span]:
        closed = self._whole_closures()
        opened = [
            span
            for once in self.openings
            if once.date and first <= day_number(once.date) < last and day_number(once.date) not in closed
            for span in once.walls
        ]
        parts = (once for once in self.closures if once.hours is not None or self.civil)
        return without(joined([*runs, *opened]), joined(span for once in parts for span in once.walls))


def _years(first: int, last: int) -> tuple[int, int]:
    begin, end = date.fromordinal(first + _EPOCH).year, date.fromordinal(last + _EPOCH).year
    return max(begin, 1), min(end, _LAST_YEAR) + 1
