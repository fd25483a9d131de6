"""Working days of one calendar as sorted numbers, grown by whole years on demand."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final

from jobkit.calendars._ticks import DAY, FIRST, FIRST_YEAR, LAST, LAST_YEAR, ORIGIN
from jobkit.errors import Invalid
from jobkit.findings import Template

NO_WORKDAY = Template(
    "calendars.no_workday",
    "The calendar {calendar} has fewer working days than asked for, until {year}.",
    "Add weekly hours or openings to the calendar {calendar}, or ask for fewer days.",
)

_FIRST: Final = FIRST // DAY + 8
_LAST: Final = LAST // DAY - 8
_YEAR: Final = 366


class Workdays:
    """
    The dates on which a calendar works, as days since 1970-01-01; safe to share between threads.

    What lies beyond the years that calendars count is refused.
    """

    __slots__ = ("_known", "_name", "_source")

    def __init__(self, source: Callable[[int, int], list[int]], *, name: str) -> None:
        self._source, self._name = source, name
        self._known: tuple[int, int, list[int]] = (ORIGIN // DAY, ORIGIN // DAY, [])

    def after(self, day: int, count: int) -> int:
        """Return the working day that is *count* working days after a date."""
        low, high, days = self._covering(day)
        if count > _LAST - day:
            raise self._never(LAST_YEAR)
        while len(days) < bisect_right(days, day) + count:
            if high >= _LAST:
                raise self._never(LAST_YEAR)
            low, high, days = self._grow(low, min(high + max(high - low, _YEAR), _LAST))
        return days[bisect_right(days, day) + count - 1]

    def before(self, day: int, count: int) -> int:
        """Return the working day that is *count* working days before a date."""
        low, high, days = self._covering(day)
        if count > day - _FIRST:
            raise self._never(FIRST_YEAR)
        while bisect_left(days, day) < count:
            if low <= _FIRST:
                raise self._never(FIRST_YEAR)
            low, high, days = self._grow(max(low - max(high - low, _YEAR), _FIRST), high)
        return days[bisect_left(days, day) - count]

    def _covering(self, day: int) -> tuple[int, int, list[int]]:
        low, high, _ = self._known
        if low <= day < high:
            return self._known
        return self._grow(min(low, max(day - _YEAR, _FIRST)), max(high, min(day + _YEAR, _LAST)))

    def _grow(self, low: int, high: int) -> tuple[int, int, list[int]]:
        known_low, known_high, days = self._known
        before = self._source(low, known_low) if low < known_low else []
        after = self._source(known_high, high) if high > known_high else []
        # Replaced at once by a list that never changes again: threads see the old or the new one.
        grown = (min(low, known_low), max(high, known_high), [*before, *days, *after])
        self._known = grown
        return grown

    def _never(self, year: int) -> Invalid:
        return Invalid.of(NO_WORKDAY, calendar=self._name, year=year)
