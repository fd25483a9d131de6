"""Instants and durations as whole microseconds, the one unit inside the engine."""

from datetime import date, datetime
from typing import Final

from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import EPOCH, TICK

RANGE = Template(
    "calendars.range",
    "{instant} is outside of the years that calendars count, {first} to {last}.",
    "Ask about an instant between those years.",
)

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 86_400 * SECOND
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2200


def day_number(day: date) -> int:
    """Return a date as days since 1970-01-01."""
    return day.toordinal() - EPOCH.toordinal()


def year_start(year: int) -> int:
    """Return the tick at which a year begins in UTC."""
    return day_number(date(year, 1, 1)) * DAY


FIRST: Final = year_start(FIRST_YEAR)
LAST: Final = year_start(LAST_YEAR)
ORIGIN: Final = year_start(2024)
"""The tick from which open time is counted; fixed, so that counts of two processes agree."""


def datetime_of(at: int) -> datetime:
    """Return a tick as a datetime in UTC; one that no datetime can hold is refused."""
    try:
        return EPOCH + at * TICK
    except OverflowError as error:
        raise beyond(at) from error


def beyond(at: int) -> Invalid:
    """Return the error that a tick lies outside of the years that calendars count."""
    try:
        told = (EPOCH + at * TICK).isoformat()
    except OverflowError:
        told = "An instant that no date can hold"
    return Invalid.of(RANGE, instant=told, first=FIRST_YEAR, last=LAST_YEAR)
