"""Holidays: named dates, once or every year, on which a calendar is closed for the day or a part of it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

import attrs

from jobkit.calendars._recurring import later, only_year, recurring
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import FrozenMap

NO_SPANS = Template(
    "calendars.holiday_hours",
    "{text} at {path} are no hours of one day.",
    "Write them as 12:00-24:00, in order and without overlap.",
)
CLOSED_AND_OPEN = Template(
    "calendars.holiday_closed_and_open",
    "The holiday {name} names both the hours in which it closes and those that it leaves open.",
    "Give closed or open, not both.",
)
NO_YEARS = Template(
    "calendars.holiday_years",
    "The holiday {name} ends before it begins to be kept.",
    "Give effective_to a date after effective_from.",
)

Observed = Literal["same_day", "monday", "sunday_to_monday", "friday", "nearest_weekday", "free_weekday"]
"""Where a holiday on a weekend is kept."""

Minutes = tuple[int, int]
"""Half-open minutes after local midnight."""

WHOLE_DAY: Final[tuple[Minutes, ...]] = ((0, 1440),)
_SPAN: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_SATURDAY: Final = 5
_SUNDAY: Final = 6
_FARTHEST: Final = 14
_DECEMBER: Final = 12
_LAST_YEAR: Final = 9999
_YEARS_AT_HAND: Final = 8
_FRIDAY_BEFORE: Final = {_SATURDAY: -1, _SUNDAY: -2}
_MONDAY_AFTER: Final = {_SATURDAY: 2, _SUNDAY: 1}
_MOVES: Final[Mapping[str, Mapping[int, int]]] = FrozenMap(
    {
        "same_day": {},
        "monday": _MONDAY_AFTER,
        "sunday_to_monday": {_SUNDAY: 1},
        "friday": _FRIDAY_BEFORE,
        "nearest_weekday": {_SATURDAY: -1, _SUNDAY: 1},
        "free_weekday": {},
    }
)


def _span(text: str, path: str) -> Minutes:
    match = _SPAN.fullmatch(text)
    begin, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
    if not begin < end <= 1440:
        raise Invalid.of(NO_SPANS, path=path, text=text[:50])
    return begin, end


def _spans(text: str, path: str) -> tuple[Minutes, ...]:
    spans = tuple(_span(word, path) for word in text.split())
    if not spans or any(earlier[1] > after[0] for earlier, after in pairwise(spans)):
        raise Invalid.of(NO_SPANS, path=path, text=text[:50])
    return spans


def _outside(spans: tuple[Minutes, ...]) -> tuple[Minutes, ...]:
    edges = [0, *(edge for span in spans for edge in span), 1440]
    return tuple((begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True) if begin < end)


@attrs.frozen(kw_only=True)
class Holiday:
    """
    A named date, once or every year, on which a calendar is closed, or closed for a part of the day.

    `on` says when, as `recurring` reads it: `2026-12-24`, `12-25`, `last mon of may`, `easter +39`. The whole
    day is closed, or the hours in `closed` ("12:00-24:00"), or all but the hours in `open`; a holiday never
    opens a calendar. `observed` says where one that falls on a weekend is kept instead: `monday` and `friday`
    move both days, `sunday_to_monday` only Sunday, `nearest_weekday` Saturday to Friday and Sunday to Monday,
    `free_weekday` to the next weekday on which no other holiday falls (within two weeks, else it stays).
    Kept only in `years` if any are named, and from `effective_from` until `effective_to`, which look at the
    date in `on`, not at the observed one. Dates and hours that cannot be read and an empty time are refused.

    >>> Holiday(name="Ascension", on="easter +39").date_in(2026)
    datetime.date(2026, 5, 14)
    """

    name: str
    on: str
    closed: str | None = None
    open: str | None = None
    observed: Observed = "same_day"
    years: tuple[int, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    source: str | None = None

    def __attrs_post_init__(self) -> None:
        found: list[Finding] = []
        for name, read in (("on", recurring), ("closed", _spans), ("open", _spans)):
            try:
                text = getattr(self, name)
                _ = text is None or read(text, f"$.{name}")
            except Invalid as error:
                found += error.findings
        if self.closed is not None and self.open is not None:
            found.append(Finding.of(CLOSED_AND_OPEN, path="$.open", name=self.name[:50]))
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            found.append(Finding.of(NO_YEARS, path="$.effective_to", name=self.name[:50]))
        if found:
            raise Invalid(found)

    @property
    def spans(self) -> tuple[Minutes, ...]:
        """The closed parts of the day, as half-open minutes after local midnight."""
        if self.open is not None:
            return _outside(_spans(self.open, "$.open"))
        return WHOLE_DAY if self.closed is None else _spans(self.closed, "$.closed")

    def date_in(self, year: int) -> date | None:
        """Return the date that `on` names in *year*, before a move off a weekend; None if it is not kept."""
        day = recurring(self.on)(year)
        if day is None or (self.years and year not in self.years):
            return None
        begun = self.effective_from is None or self.effective_from <= day
        return day if begun and (self.effective_to is None or day < self.effective_to) else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@attrs.frozen(kw_only=True)
class Closure:
    """One date on which a holiday closes: its name and its closed `spans` in minutes after local midnight."""

    date: date
    name: str
    spans: tuple[Minutes, ...] = WHOLE_DAY

    def alone(self) -> Holiday:
        """Return a holiday that closes just this; a closure that closes nothing is refused."""
        closed = " ".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in self.spans)
        return Holiday(name=self.name, on=self.date.isoformat(), closed=closed)


def closures(holidays: Iterable[Holiday], year: int) -> Mapping[date, tuple[Closure, ...]]:
    """
    Return what the *holidays* close in *year*, by date in order, each date with all that fall on it.

    A holiday of a neighbouring year that is observed in this one belongs to it.

    >>> new_year = Holiday(name="New Year", on="01-01", observed="friday")
    >>> [day.isoformat() for day in closures([new_year], 2021)]
    ['2021-01-01', '2021-12-31']
    """
    return HolidayYears(holidays).closures(year)


class HolidayYears:
    """
    The holidays of one calendar through the years: the engine behind `closures`.

    Each year's dates are found once while its neighbours are asked for, and dates of other years are free.
    """

    __slots__ = ("_all", "_dated", "_kept", "_taken", "_yearly")

    def __init__(self, holidays: Iterable[Holiday]) -> None:
        self._all = tuple(holidays)
        self._yearly: list[int] = []
        self._dated: dict[int, list[int]] = {}
        for place, holiday in enumerate(self._all):
            year = only_year(holiday.on)
            (self._yearly if year is None else self._dated.setdefault(year, [])).append(place)
        self._kept = lru_cache(_YEARS_AT_HAND)(self._kept_in)
        self._taken = lru_cache(_YEARS_AT_HAND)(self._taken_in)

    def closures(self, year: int) -> Mapping[date, tuple[Closure, ...]]:
        """Return what is closed in *year*, by date in order."""
        found: dict[date, list[Closure]] = {}
        for rule_year in (year - 1, year, year + 1):
            for holiday, day in self._placed(rule_year):
                if day.year == year:
                    closure = Closure(date=day, name=holiday.name, spans=holiday.spans)
                    found.setdefault(day, []).append(closure)
        return FrozenMap({day: tuple(found[day]) for day in sorted(found)})

    def _placed(self, year: int) -> list[tuple[Holiday, date]]:
        """Place the holidays of one year; those that look for a free weekday come last, in order of date."""
        kept = self._kept(year)
        moving = [pair for pair in kept if _looks_for_a_weekday(*pair)]
        placed = [
            (holiday, _observed(holiday, day))
            for holiday, day in kept
            if not _looks_for_a_weekday(holiday, day)
        ]
        if moving:
            # A holiday on the last Saturday of a year takes the Monday that New Year would have taken.
            before = [pair for pair in self._kept(year - 1) if _looks_for_a_weekday(*pair)]
            late = [pair for pair in before if pair[1].month == _DECEMBER]
            near = (self._taken(each) for each in (year - 1, year, year + 1))
            placed += _free([*late, *moving], set().union(*near))[len(late) :]
        return placed

    def _kept_in(self, year: int) -> list[tuple[Holiday, date]]:
        if not 1 <= year <= _LAST_YEAR:
            return []
        places = sorted((*self._yearly, *self._dated.get(year, ())))
        holidays = (self._all[place] for place in places)
        found = [(holiday, day) for holiday in holidays if (day := holiday.date_in(year))]
        return sorted(found, key=lambda pair: pair[1])

    def _taken_in(self, year: int) -> frozenset[date]:
        """Return the dates that holidays of a year take before anything looks for a free one."""
        return frozenset(_observed(holiday, day) for holiday, day in self._kept(year))


def _looks_for_a_weekday(holiday: Holiday, day: date) -> bool:
    return holiday.observed == "free_weekday" and day.weekday() >= _SATURDAY


def _free(moving: list[tuple[Holiday, date]], taken: set[date]) -> list[tuple[Holiday, date]]:
    placed = []
    for holiday, day in moving:
        free = _free_weekday(day, taken)
        taken.add(free)
        placed.append((holiday, free))
    return placed


def _observed(holiday: Holiday, day: date) -> date:
    days = _MOVES[holiday.observed].get(day.weekday(), 0)
    return later(day, days) or day


def _free_weekday(day: date, taken: set[date]) -> date:
    candidates = (later(day, days) for days in range(1, _FARTHEST + 1))
    free = (found for found in candidates if found and found.weekday() < _SATURDAY and found not in taken)
    return next(free, day)
