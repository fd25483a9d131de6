"""Instants: any aware datetime at the door, UTC inside, one text form in storage."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from jobkit.errors import Invalid
from jobkit.findings import Template

if TYPE_CHECKING:
    import pendulum

NAIVE = Template(
    "instants.naive",
    "{value} at {path} has no time zone.",
    "Give an aware datetime, such as datetime.now(tz=ZoneInfo('Europe/Berlin')).",
)
UNREADABLE = Template(
    "instants.unreadable",
    "{value} at {path} is not an instant.",
    "Write it as 2026-03-29T08:00:00+02:00 or 2026-03-29T06:00:00Z.",
)
UNKNOWN_ZONE = Template(
    "instants.unknown_zone",
    "{zone} is not a time zone.",
    "Name an IANA zone, such as Europe/Berlin.",
)

_LONGEST = 40

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
"""The one unit of instants as numbers: whole microseconds since the epoch."""


def utc(value: datetime, path: str = "$") -> datetime:
    """
    Return *value* as a stdlib datetime in UTC, exact across gaps and folds.

    A naive datetime is refused with its *path*.

    >>> from datetime import timedelta, timezone
    >>> utc(datetime(2026, 3, 29, 8, tzinfo=timezone(timedelta(hours=2)))).isoformat()
    '2026-03-29T06:00:00+00:00'
    """
    if type(value) is datetime and value.tzinfo is UTC:
        return value
    if not isinstance(value, datetime):
        raise TypeError(f"{path} must be a datetime, not {type(value).__name__}")
    offset = value.utcoffset()
    if offset is None:
        raise Invalid.of(NAIVE, path=path, value=value.isoformat())
    try:
        moved = value.replace(tzinfo=None) - offset
    except OverflowError as error:
        raise Invalid.of(UNREADABLE, path=path, value=value.isoformat()) from error
    return datetime(
        moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second, moved.microsecond, UTC
    )


def tick_of(value: datetime, path: str = "$") -> int:
    """Return any aware datetime in whole microseconds since 1970 in UTC; a naive one is refused."""
    if type(value) is datetime:
        try:
            return (value - EPOCH) // TICK
        except TypeError:
            pass  # It is naive, which `utc` says with its path.
    return (utc(value, path) - EPOCH) // TICK


def instant_of(tick: int) -> datetime:
    """Return the instant of so many microseconds since 1970, in UTC."""
    return EPOCH + tick * TICK


def write_instant(value: datetime) -> str:
    """
    Return the one stored form of an instant: UTC, six digits of fraction, `Z`.

    >>> write_instant(datetime(2026, 3, 29, 6, tzinfo=UTC))
    '2026-03-29T06:00:00.000000Z'
    """
    at = utc(value)
    micro = at.microsecond
    clock = f"{_HOURS[at.hour]}{_MINUTES[at.minute]}{_SECONDS[at.second]}"
    return f"{_day(at.toordinal())}{clock}{_MILLIS[micro // 1000]}{_MICROS[micro % 1000]}"


# Every event writes several instants of few days: looking their parts up takes a quarter of isoformat's time.
_HOURS = tuple(f"T{number:02d}:" for number in range(24))
_MINUTES = tuple(f"{number:02d}:" for number in range(60))
_SECONDS = tuple(f"{number:02d}." for number in range(60))
_MILLIS = tuple(f"{number:03d}" for number in range(1000))
_MICROS = tuple(f"{number:03d}Z" for number in range(1000))


@lru_cache(maxsize=1024)
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def read_instant(text: str, path: str = "$") -> datetime:
    """
    Read an instant in ISO 8601 with an offset or `Z`.

    A text that is no instant, or one without a zone, is refused with its *path*.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        found = text[:_LONGEST] if isinstance(text, str) else f"A value of the type {type(text).__name__}"
        raise Invalid.of(UNREADABLE, path=path, value=found)
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid.of(UNREADABLE, path=path, value=text) from error
    return utc(value, path)


def local(value: datetime, zone: str) -> "pendulum.DateTime":
    """
    Return *value* as people in the IANA *zone* read it, for display only: a pendulum datetime.

    An unknown zone and a naive datetime are refused. What is stored and compared stays in UTC.

    >>> local(datetime(2026, 3, 29, 6, tzinfo=UTC), "Europe/Berlin").format("D MMMM HH:mm")
    '29 March 08:00'
    """
    # pendulum costs more to import than all of jobkit's floor, and only people's eyes need it.
    import pendulum

    try:
        shown = pendulum.timezone(zone)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid.of(UNKNOWN_ZONE, path="$.zone", zone=str(zone)[:50]) from error
    return pendulum.instance(utc(value)).in_timezone(shown)
