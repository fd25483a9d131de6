"""Ticks: whole microseconds since 1970 in UTC, and the calendars that count them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from jobkit.durations import Working
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Template
from jobkit.instants import EPOCH, utc, write_instant

RANGE: Final = Template(
    "clocks.range",
    "{instant} at {path} lies outside the years that clocks count.",
    "Give an instant between the years 1800 and 2200.",
)
NO_CALENDAR: Final = Template(
    "clocks.calendar_missing",
    "No calendar {calendar} was given, and a clock counts by it.",
    "Give the calendar {calendar} with the others: {known}.",
)

ALWAYS: Final = "always"
"""The name of the calendar that is open around the clock."""

_FIRST: Final = datetime(1800, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class OpenHours(Protocol):
    """What counts the open time of a calendar in ticks."""

    def count(self, at: int, /) -> int:
        """Return the open ticks from a fixed origin up to *at*."""

    def reach(self, amount: int, /) -> int:
        """Return the earliest tick at which the count is *amount*."""

    def columns(self, lo: int, hi: int, /) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        """Return openings, closings and counts that cover at least [lo, hi)."""


class Counting(Protocol):
    """A calendar, as far as clocks need one."""

    @property
    def hours(self) -> OpenHours:
        """What counts in ticks."""

    def add(self, start: datetime, amount: Working, /) -> datetime:
        """Return the instant at which *amount* of working time has passed since *start*."""

    def subtract(self, start: datetime, amount: Working, /) -> datetime:
        """Return the instant from which *amount* of working time passes until *start*."""


class _AroundTheClock:
    """Every tick is open, so that counting is the tick itself."""

    __slots__ = ()

    def count(self, at: int) -> int:
        return at

    def reach(self, amount: int) -> int:
        return amount

    def columns(self, lo: int, hi: int) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        return (lo,), (hi,), (lo,)


_OPEN: Final = _AroundTheClock()
_ENDLESS: Final = frozenset(f"calendars.{what}" for what in ("never_open", "no_workday", "no_turn", "range"))
Calendars = Mapping[str, Counting]


def hours_of(calendars: Calendars, name: str) -> OpenHours:
    """Return what counts by the calendar *name*; one that is not given is refused, `always` needs none."""
    return _OPEN if name == ALWAYS else calendar_of(calendars, name).hours


def calendar_of(calendars: Calendars, name: str) -> Counting:
    """Return the calendar *name*; one that is not given is refused."""
    found = calendars.get(name)
    if found is None:
        raise NotFound.of(NO_CALENDAR, path="$.calendars", calendar=name, known=sorted(calendars))
    return found


def reached(hours: OpenHours, amount: int) -> int | None:
    """Return the tick at which the count is *amount*, None where the calendar never gives that much."""
    try:
        return hours.reach(amount)
    except Invalid as error:
        never(error)
        return None


def never(error: Invalid) -> None:
    """Take it that a calendar never gives an amount; anything else that is wrong stays an error."""
    if error.code not in _ENDLESS:
        raise error


def tick(at: datetime, path: str = "$") -> int:
    """Return *at* in ticks; naive instants and years beyond those counted are refused with their *path*."""
    instant = utc(at, path)
    if not _FIRST <= instant < _LAST:
        raise Invalid.of(RANGE, path=path, instant=write_instant(instant))
    return ticks(instant - EPOCH)


def tick_within(at: datetime) -> int | None:
    """Return *at* in ticks, None where it lies outside the years that clocks count."""
    return ticks(utc(at) - EPOCH) if _FIRST <= utc(at) < _LAST else None


def ticks(amount: timedelta) -> int:
    """Return a length of time in ticks."""
    return (amount.days * 86_400 + amount.seconds) * 1_000_000 + amount.microseconds


FIRST: Final = ticks(_FIRST - EPOCH)
LAST: Final = ticks(_LAST - EPOCH)
"""Clocks count from `FIRST` until before `LAST`."""


def instant(at: int) -> datetime:
    """Return the instant of a tick, in UTC."""
    return EPOCH + timedelta(microseconds=at)


def span_of(amount: int) -> timedelta:
    """Return a number of ticks as a length of time."""
    return timedelta(microseconds=amount)


def maybe_instant(at: int | None) -> datetime | None:
    """Return the instant of a tick, or None for None."""
    return None if at is None else EPOCH + timedelta(microseconds=at)
