"""Ticks, whole microseconds since 1970, in which the clocks of a job are carried."""

from datetime import UTC, datetime, timedelta
from typing import Final

from jobkit.instants import utc

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def tick_of(at: datetime) -> int:
    """Return an instant in microseconds since 1970."""
    return (utc(at) - _EPOCH) // _TICK


def instant_of(tick: int) -> datetime:
    """Return the instant of microseconds since 1970."""
    return _EPOCH + tick * _TICK
