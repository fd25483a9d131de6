"""The rules of one calendar, read once: the hours of the wall that it opens, and what is changed by hand."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Final

import attrs

from jobkit.calendars._holidays import WHOLE_DAY, Closure, Holiday, HolidayYears
from jobkit.calendars._one_off import OneOff
from jobkit.calendars._shifts import Week
from jobkit.calendars._spans import Span, joined, near, without
from jobkit.calendars._ticks import DAY, MINUTE, day_number
from jobkit.calendars._why import Because, Why
from jobkit.instants import EPOCH

_THURSDAY: Final = 3
"""The weekday of 1970-01-01."""

_EPOCH: Final = EPOCH.toordinal()

Closings = tuple[frozenset[int], list[Span]]
"""Dates that are closed whole, as days since 1970-01-01, and spans of local time that are closed."""

_Part = tuple[Because, str | None, str, tuple[Any, ...] | frozenset[int]]
"""A rule by its kind and name, the field in which it stands, and what it adds to that."""


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
        opened = (span for day in self._days_opened(first - 2, last + 2) for span in self._opened[day])
        spans = [*cuts, *opened, *near(self._closed_walls, (first - 2) * DAY, (last + 2) * DAY)]
        # A shift of the day before may lie behind midnight as a whole, if a break has cut it.
        asked = {day for start, end in spans for day in range(start // DAY - 1, end // DAY + 1)}
        for day in range(first, last):
            weekly = day not in closed and bool(self.week[(day + _THURSDAY) % 7])
            yield day, None if day in asked else weekly

    def stages(self, unbroken: Week, days: range) -> "Iterator[Stage]":
        """
        Yield the rules as they grow from *unbroken* weekly hours, one by one in the order in which they hold.

        Of rules about dates only those that touch the *days*, since 1970-01-01, are among them.
        """
        rules = attrs.evolve(self, week=unbroken, closed=frozenset(), holidays=(), openings=(), closures=())
        yield Stage(because="hours", rules=rules)
        for because, name, field, part in self._parts(unbroken, days):
            before = () if field == "week" else getattr(rules, field)
            more: dict[str, Any] = {field: type(part)((*before, *part))}
            rules = attrs.evolve(rules, **more)
            yield Stage(because=because, name=name, rules=rules)

    def _parts(self, unbroken: Week, days: range) -> Iterator[_Part]:
        if unbroken != self.week:
            yield "break", None, "week", self.week
        for day in sorted(self.closed.intersection(days)):
            yield "closed_date", _date_of(day).isoformat(), "closed", frozenset({day})
        for closure in self._closures_on(days):
            yield "holiday", closure.name, "holidays", (closure.alone(),)
        for dated in (True, False):
            openings, closures = (_touching(of, days, dated) for of in (self.openings, self.closures))
            yield from (("opening", once.name, "openings", (once,)) for once in openings)
            yield from (("closure", once.name, "closures", (once,)) for once in closures)

    def _closures_on(self, days: range) -> Iterator[Closure]:
        """Yield what holidays close of some days."""
        for year in _years_of(days[0], days[-1]) if self.holidays else ():
            for day, found in self._holiday_years.closures(year).items():
                if day_number(day) in days:
                    yield from (closure for closure in found if closure.spans)

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
        window = range(first, last)
        days = self.closed.intersection(window) | self._whole_closures.intersection(window)
        parts: list[Span] = []
        for year in _years_of(first, last) if self.holidays else ():
            whole, cuts = self._holidays_in(year)
            days |= whole
            parts += near(cuts, first * DAY, (last + 2) * DAY)
        if not self.civil:
            return days, joined(parts)
        return frozenset(), joined([*parts, *((day * DAY, day * DAY + DAY) for day in days)])

    def _holidays_in(self, year: int) -> Closings:
        if year not in self._years:
            found = [closure for day in self._holiday_years.closures(year).values() for closure in day]
            self._years[year] = (
                frozenset(day_number(closure.date) for closure in found if closure.spans == WHOLE_DAY),
                joined(span for closure in found if closure.spans != WHOLE_DAY for span in _walls(closure)),
            )
        return self._years[year]

    @cached_property
    def _whole_closures(self) -> frozenset[int]:
        return frozenset(day_number(once.date) for once in self.closures if once.date and once.hours is None)

    @cached_property
    def _holiday_years(self) -> HolidayYears:
        return HolidayYears(self.holidays)

    @cached_property
    def _opened(self) -> Mapping[int, list[Span]]:
        """The hours of the wall that are opened by hand, by date in order."""
        found: dict[int, list[Span]] = {}
        for once in sorted((once for once in self.openings if once.date), key=_date):
            found.setdefault(day_number(_date(once)), []).extend(once.walls)
        return found

    @cached_property
    def _opening_days(self) -> list[int]:
        return list(self._opened)

    @cached_property
    def _closed_walls(self) -> list[Span]:
        """The hours of the wall that are closed by hand, with whole dates where those are civil days."""
        parts = (once for once in self.closures if once.hours is not None or self.civil)
        return joined(span for once in parts for span in once.walls)

    def _days_opened(self, first: int, last: int) -> list[int]:
        days = self._opening_days
        return days[bisect_left(days, first) : bisect_left(days, last)]

    def _by_hand(self, runs: list[Span], first: int, last: int) -> list[Span]:
        closed = self._whole_closures
        days = (day for day in self._days_opened(first, last) if day not in closed)
        opened = [span for day in days for span in self._opened[day]]
        # A run that begins on the last date ends two days later at most.
        return without(joined([*runs, *opened]), near(self._closed_walls, first * DAY, (last + 2) * DAY))


def _date(once: OneOff) -> date:
    assert once.date is not None  # only those that are given by their date are asked
    return once.date


@attrs.frozen(kw_only=True)
class Stage:
    """The rules of a calendar up to one of them, which is named."""

    because: Because
    name: str | None = None
    rules: Rules

    def why(self, calendar: str) -> Why:
        """Return the reason for what this rule opens or closes."""
        is_open = self.because in ("hours", "opening")
        return Why(open=is_open, because=self.because, name=self.name, calendar=calendar)


def _walls(closure: Closure) -> Iterator[Span]:
    day = day_number(closure.date)
    return ((day * DAY + start * MINUTE, day * DAY + end * MINUTE) for start, end in closure.spans)


def _touching(given: Iterable[OneOff], days: range, dated: bool) -> list[OneOff]:
    """Return those that are given by their date, or else by instants, and touch some days."""
    return [once for once in given if (once.date is not None) is dated and once.touches(days)]


def _years_of(first: int, last: int) -> range:
    return range(_date_of(first).year, _date_of(last).year + 1)


def _date_of(day: int) -> date:
    return date.fromordinal(day + _EPOCH)
