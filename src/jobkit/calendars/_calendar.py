"""A calendar: weekly hours in one zone, with closed days, walked as half-open UTC segments."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final

import attrs
import pendulum

from jobkit.durations import Working
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, join

ZONE = Template(
    "calendars.zone",
    "{zone} is not a time zone.",
    "Name an IANA zone, such as Europe/Berlin.",
)
HOURS = Template(
    "calendars.hours",
    "{text} at {path} are no opening hours.",
    "Write days as mon or mon-fri and hours as 08:00-12:00 13:00-17:00, in order and without overlap.",
)
NEVER_OPEN = Template(
    "calendars.never_open",
    "The calendar in {zone} has no opening within {days} days of {start}.",
    "Add weekly hours, or take back closed days.",
)
DIRECTION = Template(
    "calendars.direction",
    "{amount} is less than nothing.",
    "Add a positive amount of working time.",
)

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_FARTHEST: Final = 3_660
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)

Shift = tuple[int, int]
"""Opening and closing as minutes after local midnight; the closing may pass 24:00 for overnight shifts."""


def _days(text: str, path: str) -> range:
    first, _, last = text.partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise Invalid.of(HOURS, path=path, text=text[:50])
    return range(DAYS.index(first), DAYS.index(last or first) + 1)


def _shift(text: str, path: str) -> Shift:
    match = _SHIFT.fullmatch(text)
    if match is None:
        raise Invalid.of(HOURS, path=path, text=text[:50])
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return opens, closes if closes > opens else closes + 1440


def _shifts(text: str, path: str) -> tuple[Shift, ...]:
    shifts = tuple(_shift(word, path) for word in text.split())
    if any(earlier[1] > later[0] for earlier, later in pairwise(shifts)):
        raise Invalid.of(HOURS, path=path, text=text[:50])
    return shifts


def _read_weekly(weekly: Mapping[str, str]) -> tuple[tuple[Shift, ...], ...]:
    week: list[tuple[Shift, ...]] = [()] * 7
    for days, hours in weekly.items():
        path = join("$.weekly", Item(days[:50]))
        for day in _days(days, path):
            week[day] = _shifts(hours, path)
    return tuple(week)


def _kept(weekly: Mapping[str, str]) -> Mapping[str, str]:
    return FrozenMap(weekly)


def _dates(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


def _zone(name: str) -> tzinfo:
    try:
        return pendulum.timezone(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid.of(ZONE, path="$.zone", zone=str(name)[:50]) from error


@attrs.frozen(kw_only=True)
class Calendar:
    """
    Opening hours in one IANA zone: `weekly` days to shifts, minus whole `closed` dates.

    Shifts are real seconds: one that spans a gap is shorter, one that spans a fold longer. An opening or
    closing that falls into a gap is the instant of the jump; in a fold an opening takes the first reading
    and a closing the second. An overnight shift belongs to the date on which it opens. Unknown zones,
    overlapping shifts and unreadable hours are refused.

    >>> workshop = Calendar(zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
    >>> friday = datetime(2026, 3, 27, 15, tzinfo=UTC)
    >>> workshop.add(friday, Working(2, "hour")).isoformat()
    '2026-03-30T07:00:00+00:00'
    """

    zone: str
    weekly: Mapping[str, str] = attrs.field(converter=_kept)
    closed: frozenset[date] = attrs.field(default=frozenset(), converter=_dates)
    _week: tuple[tuple[Shift, ...], ...] = attrs.field(init=False, repr=False, eq=False)
    _info: tzinfo = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_week", _read_weekly(self.weekly))
        object.__setattr__(self, "_info", _zone(self.zone))

    def is_open(self, at: datetime) -> bool:
        """Say whether the calendar is open at *at*; the closing instant itself is closed."""
        instant = utc(at)
        return any(opens <= instant < closes for opens, closes in self.segments(instant, instant + _SECOND))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time between two instants, negative when they are reversed."""
        begin, finish = utc(start), utc(end)
        if finish < begin:
            return -self.elapsed(finish, begin)
        inside = (min(closes, finish) - max(opens, begin) for opens, closes in self.segments(begin, finish))
        return sum(inside, timedelta())

    def add(self, start: datetime, amount: Working) -> datetime:
        """
        Return the earliest instant by which *amount* of working time has passed since *start*.

        Hours and minutes count open seconds; a target that is used up at closing ends at that closing.
        Working days count local dates with any opening and keep the local time of day, moved into the hours.
        Negative amounts, and calendars that do not open for ten years, are refused.
        """
        if amount.amount < 0:
            raise Invalid.of(DIRECTION, amount=str(amount))
        if amount.unit == "day":
            return self._add_days(utc(start), amount.amount)
        left = timedelta(**{f"{amount.unit}s": amount.amount})
        return self._add_elapsed(utc(start), left)

    def segments(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield open spans that touch [start, end), in order; touching shifts stay apart."""
        begin, finish = utc(start), utc(end)
        day = begin.astimezone(self._info).date() - 2 * _DAY
        last = finish.astimezone(self._info).date() + _DAY
        while day <= last:
            for opens, closes in self._day(day):
                if closes > begin and opens < finish:
                    yield opens, closes
            day += _DAY

    def _add_elapsed(self, start: datetime, left: timedelta) -> datetime:
        if not left:
            return start
        for opens, closes in self.segments(start, start + _FARTHEST * _DAY):
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        raise self._never(start)

    def _add_days(self, start: datetime, count: int) -> datetime:
        local = start.astimezone(self._info)
        day = local.date()
        for _ in range(_FARTHEST):
            if count == 0:
                break
            day += _DAY
            count -= bool(self._shifts_on(day))
        if count:
            raise self._never(start)
        wall = self._instant(day, local.hour * 60 + local.minute, closing=False)
        return self._into_hours(wall + timedelta(seconds=local.second, microseconds=local.microsecond), day)

    def _into_hours(self, instant: datetime, day: date) -> datetime:
        shifts = self._day(day)
        for opens, closes in shifts:
            if instant <= closes:
                return max(instant, opens)
        return shifts[-1][1] if shifts else instant

    def _never(self, start: datetime) -> Invalid:
        return Invalid.of(NEVER_OPEN, zone=self.zone, days=_FARTHEST, start=start.isoformat())

    def _shifts_on(self, day: date) -> tuple[Shift, ...]:
        return () if day in self.closed else self._week[day.weekday()]

    def _day(self, day: date) -> list[tuple[datetime, datetime]]:
        spans = (
            (self._instant(day, opens, closing=False), self._instant(day, closes, closing=True))
            for opens, closes in self._shifts_on(day)
        )
        return [(opens, closes) for opens, closes in spans if opens < closes]

    def _instant(self, day: date, minute: int, *, closing: bool) -> datetime:
        over, within = divmod(minute, 1440)
        wall = datetime.combine(day + over * _DAY, time(within // 60, within % 60))
        first = wall.replace(tzinfo=self._info, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=self._info, fold=1).astimezone(UTC)
        if first > second:
            return self._jump(second, first)
        return second if closing else first

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """Find the instant of the gap between two UTC instants, to the second."""
        old = before.astimezone(self._info).utcoffset()
        while after - before > _SECOND:
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if middle.astimezone(self._info).utcoffset() == old:
                before = middle
            else:
                after = middle
        return after
