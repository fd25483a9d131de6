"""Weekly hours as people write them: days and shifts, read into ticks after local midnight."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from jobkit.calendars._spans import Span, joined, without
from jobkit.calendars._ticks import DAY, SECOND
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.paths import Item, join

WEEKDAYS = Template(
    "calendars.days",
    "{text} at {path} names no days of the week.",
    "Write mon, mon-fri, or mon,wed,fri, with days named mon, tue, wed, thu, fri, sat and sun.",
)
HOURS = Template(
    "calendars.hours",
    "{text} at {path} are no opening hours.",
    "Write each shift as 08:00-12:00, with a space between shifts; 22:00-06:00 ends on the next day.",
)
OVERLAP = Template(
    "calendars.overlap",
    "Shifts overlap on {days} at {path}.",
    "Let each shift begin when the one before it has ended.",
)
DAY_TWICE = Template(
    "calendars.day_twice",
    "The hours of {day} are given twice at {path}.",
    "Name each day of the week once, with all its shifts.",
)

TOO_MANY = Template(
    "calendars.too_many_shifts",
    "One day at {path} has {count} shifts, and at most {most} are read.",
    "Join shifts that follow each other, or write the gaps between them as breaks.",
)

Shifts = tuple[Span, ...]
"""Shifts of one date in ticks after its local midnight; an overnight shift ends beyond 24 hours."""

Week = tuple[Shifts, ...]
"""The shifts of Monday to Sunday, each with the day on which it begins."""

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK: Final = 7 * DAY
_CLOCK: Final = r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?"
_SHIFT: Final = re.compile(rf"{_CLOCK}-(?:{_CLOCK}|24:00)")
_SHOWN: Final = 50
_MOST: Final = 12


def read_shifts(text: str, path: str = "$") -> Shifts:
    """
    Read the shifts of one day, such as "08:00-12:00 13:00-17:00", into ticks after midnight, in order.

    A shift that closes at or before its opening ends on the next day: "08:00-08:00" lasts 24 hours. Other
    text, overlapping shifts and more than twelve of them are refused.
    """
    if not isinstance(text, str):
        raise Invalid.of(HOURS, path=path, text=str(text)[:_SHOWN])
    words = text.split()
    if len(words) > _MOST:
        raise Invalid.of(TOO_MANY, path=path, count=len(words), most=_MOST)
    shifts = sorted(_shift(word, path) for word in words)
    if any(earlier[1] > later[0] for earlier, later in pairwise(shifts)):
        raise Invalid.of(OVERLAP, path=path, days=text[:_SHOWN])
    return tuple(shifts)


def _shift(text: str, path: str) -> Span:
    match = _SHIFT.fullmatch(text)
    if match is None:
        raise Invalid.of(HOURS, path=path, text=text[:_SHOWN])
    opens = _ticks(match[1], match[2], match[3])
    closes = _ticks(match[4], match[5], match[6]) if match[4] else DAY
    return opens, closes if closes > opens else closes + DAY


def _ticks(hour: str, minute: str, second: str | None) -> int:
    return (int(hour) * 3600 + int(minute) * 60 + int(second or 0)) * SECOND


def read_days(text: str, path: str = "$") -> tuple[int, ...]:
    """Read "mon", "mon-fri", "fri-mon" or "mon,wed,fri" into numbers, Monday being 0; else refused."""
    found: list[int] = []
    for part in text.split(",") if isinstance(text, str) else [""]:
        first, dash, last = part.strip().partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise Invalid.of(WEEKDAYS, path=path, text=str(text)[:_SHOWN])
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return tuple(found)


def read_week(weekly: Mapping[str, str], path: str) -> tuple[Week, tuple[Finding, ...]]:
    """Read weekly hours by day; all that is wrong with them comes back as findings beside what was read."""
    week: dict[int, Shifts] = {}
    found: list[Finding] = []
    for days, hours in weekly.items():
        place = join(path, Item(str(days)[:_SHOWN]))
        try:
            named, shifts = read_days(days, place), read_shifts(hours, place)
        except Invalid as error:
            found += error.findings
            continue
        twice = [day for place_of, day in enumerate(named) if day in week or day in named[:place_of]]
        found += [Finding.of(DAY_TWICE, path=place, day=DAYS[day]) for day in twice]
        week |= dict.fromkeys(named, shifts)
    read = tuple(week.get(day, ()) for day in range(7))
    return read, (*found, *_nights(read, path))


def _nights(week: Week, path: str) -> Iterator[Finding]:
    """Find overnight shifts that reach into the first shift of the next day."""
    for day in range(7):
        after = week[(day + 1) % 7]
        if week[day] and after and week[day][-1][1] - DAY > after[0][0]:
            yield Finding.of(OVERLAP, path=path, days=(DAYS[day], DAYS[(day + 1) % 7]))


def cut(week: Week, breaks: Week) -> Week:
    """Take breaks out of shifts: each on its own civil day, also out of the night shift of the day before."""
    pauses = joined(
        (start + day * DAY + turn, end + day * DAY + turn)
        for turn in (-WEEK, 0, WEEK)
        for day in range(7)
        for start, end in breaks[day]
    )
    return tuple(
        tuple(
            (start - day * DAY, end - day * DAY)
            for start, end in without(joined((s + day * DAY, e + day * DAY) for s, e in week[day]), pauses)
        )
        for day in range(7)
    )
