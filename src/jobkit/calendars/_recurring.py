"""Dates that come back every year, written in one line: fixed, by weekday, or counted from Easter."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Final

from jobkit.errors import Invalid
from jobkit.findings import Template

UNREADABLE_DATE = Template(
    "calendars.recurring",
    "{text} at {path} names no date that a year can have.",
    "Write 2026-12-24, 12-24, 'last mon of may', 'wed before 11-23' or 'easter +39'.",
)

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PLACES: Final = ("first", "second", "third", "fourth", "fifth")
_NEAR: Final = ("from", "after", "until", "before")
_FARTHEST: Final = 300
_LONGEST: Final = 40
_LEAP_YEAR: Final = 2000

_ONCE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOVED: Final = re.compile(r"(.*?)(?: ([+-][0-9]{1,3}))?")
_YEARLY: Final = re.compile(r"([0-9]{2})-([0-9]{2})")
_PLACED: Final = re.compile(rf"({'|'.join(_PLACES)}|last) ({'|'.join(DAYS)}) of ({'|'.join(MONTHS)})")
_WEEKDAY: Final = re.compile(rf"({'|'.join(DAYS)}) ({'|'.join(_NEAR)}) ([0-9]{{2}})-([0-9]{{2}})")

Dates = Callable[[int], date | None]
"""From a year to the date in it, None in a year that has no such date."""


def easter(year: int) -> date:
    """
    Return Easter Sunday of the Western churches, by the Gregorian computation of Meeus, Jones and Butcher.

    Years before 1583 are computed as if the Gregorian calendar had been in use.

    >>> easter(2026).isoformat()
    '2026-04-05'
    """
    century, rest = divmod(year, 100)
    leap, later = divmod(century, 4)
    lunar = (19 * (year % 19) + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * later + 2 * (rest // 4) - lunar - rest % 4) % 7
    late = (year % 19 + 11 * lunar + 22 * weekday) // 451
    month, day = divmod(lunar + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """
    Return Easter Sunday of the Orthodox churches as a Gregorian date, by the Julian computation of Meeus.

    >>> orthodox_easter(2026).isoformat()
    '2026-04-12'
    """
    lunar = (19 * (year % 19) + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - lunar + 34) % 7
    month, day = divmod(lunar + weekday + 114, 31)
    behind = year // 100 - year // 400 - 2
    return date(year, month, day + 1) + timedelta(days=behind)


@lru_cache(maxsize=1024)
def recurring(text: str, path: str = "$") -> Dates:
    """
    Read one line that names a date of every year, and return how to find it.

    `2026-12-24` (that year only), `12-24`, `last mon of may`, `second fri of oct`, `wed before 11-23`
    (`after`, and with the day itself `from` and `until`), `easter`, `orthodox easter`; all but the first may
    be moved by days: `easter +39`, `fourth thu of nov +1`. What is none of these is refused with its *path*.

    >>> recurring("wed before 11-23")(2026)
    datetime.date(2026, 11, 18)
    """
    found = _once(text) if _ONCE.fullmatch(text) else _moved(text)
    if found is None:
        raise Invalid.of(UNREADABLE_DATE, path=path, text=text[:_LONGEST])
    return found


def only_year(text: str) -> int | None:
    """
    Return the one year in which a line names a date, None for a date that comes back.

    >>> only_year("2026-12-24"), only_year("12-24")
    (2026, None)
    """
    return int(text[:4]) if _ONCE.fullmatch(text) else None


def _once(text: str) -> Dates | None:
    try:
        only = date.fromisoformat(text)
    except ValueError:
        return None
    return partial(_in_its_year, only)


def _in_its_year(only: date, year: int) -> date | None:
    return only if only.year == year else None


def _moved(text: str) -> Dates | None:
    match = _MOVED.fullmatch(text[:_LONGEST])
    base = _base(match[1]) if match else None
    if match is None or base is None or match[2] is None:
        return base
    days = int(match[2])
    return partial(_shifted, base, days) if 0 < abs(days) <= _FARTHEST else None


def _shifted(base: Dates, days: int, year: int) -> date | None:
    found = base(year)
    return found and later(found, days)


def later(day: date, days: int) -> date | None:
    """Return the date *days* after *day*, or before it; None beyond the years that dates can have."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _base(text: str) -> Dates | None:
    if text == "easter":
        return easter
    if text == "orthodox easter":
        return orthodox_easter
    if match := _YEARLY.fullmatch(text):
        return _fixed(match[1], match[2])
    if match := _PLACED.fullmatch(text):
        place = -1 if match[1] == "last" else _PLACES.index(match[1])
        return partial(_in_month, place, DAYS.index(match[2]), MONTHS.index(match[3]) + 1)
    if (match := _WEEKDAY.fullmatch(text)) and (fixed := _fixed(match[3], match[4])):
        return partial(_near, DAYS.index(match[1]), match[2], fixed)
    return None


def _fixed(month: str, day: str) -> Dates | None:
    found = partial(_on, int(month), int(day))
    return found if found(_LEAP_YEAR) else None


def _on(month: int, day: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_month(place: int, weekday: int, month: int, year: int) -> date | None:
    days = [day for day in range(1, 32) if (found := _on(month, day, year)) and found.weekday() == weekday]
    return _on(month, days[place], year) if place < len(days) else None


def _near(weekday: int, word: str, fixed: Dates, year: int) -> date | None:
    found = fixed(year)
    if found is None:
        return None
    ahead = (weekday - found.weekday()) % 7
    behind = (found.weekday() - weekday) % 7
    days = {"from": ahead, "after": ahead or 7, "until": -behind, "before": -(behind or 7)}
    return later(found, days[word])
