"""Milestones and timelines that the tests of clocks share."""

from datetime import UTC, datetime
from typing import Any

from jobkit.calendars import Calendar
from jobkit.clocks import Milestone

WORKSHOP = Calendar(id="workshop", zone="UTC", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
CALENDARS = {"workshop": WORKSHOP}
ON_SITE: dict[str, Any] = {
    "label": "Gold on site",
    "starts": 'state == "approved"',
    "stops": 'state == "on_site"',
    "cancels": 'state == "cancelled"',
    "pauses": [{"when": 'state == "hold"', "reason": "customer"}],
    "targets": [{"name": "gold", "within": "8h"}],
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant in March 2026; the 9th is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def milestone(**changes: Any) -> Milestone:
    """Return the on-site promise with *changes*; None leaves a key out."""
    data = {name: value for name, value in {**ON_SITE, **changes}.items() if value is not None}
    return Milestone.load("on_site", data, calendars=CALENDARS)


def walk(*moments: tuple[datetime, str], **facts: Any) -> list[tuple[datetime, dict[str, Any]]]:
    """Return a timeline of states with *facts* that stay."""
    return [(when, {"state": state, **facts}) for when, state in moments]
