"""Accepting a device's word about time: believed as far as it is possible, and flagged where it is not."""

from datetime import datetime
from typing import Final, NamedTuple

from jobkit.instants import utc

CLOCK_AHEAD: Final = "clock_ahead"
"""The flag of an event that its device dates after it was recorded."""

CLOCK_BEHIND: Final = "clock_behind"
"""The flag of an event that its device dates before the event it builds on."""


class Accepted(NamedTuple):
    """When an event is taken to have occurred, and the flags that the claim earned."""

    occurred_at: datetime
    flags: tuple[str, ...] = ()


def accept(claimed_at: datetime | None, base: datetime, recorded_at: datetime) -> Accepted:
    """
    Clamp a claimed time to the span from the *base* event to the recording; both ends are possible.

    Without a claim the event occurred when it was recorded. A naive instant is refused. If the base lies
    after the recording, only the recording is possible.

    >>> from datetime import UTC
    >>> monday, tuesday = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)
    >>> accept(datetime(2031, 1, 1, tzinfo=UTC), monday, recorded_at=tuesday).flags
    ('clock_ahead',)
    """
    latest = utc(recorded_at, "$.recorded_at")
    if claimed_at is None:
        return Accepted(latest)
    earliest = min(utc(base, "$.base"), latest)
    claimed = utc(claimed_at, "$.claimed_at")
    if claimed > latest:
        return Accepted(latest, (CLOCK_AHEAD,))
    if claimed < earliest:
        return Accepted(earliest, (CLOCK_BEHIND,))
    return Accepted(claimed)
