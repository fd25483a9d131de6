"""Small boards and bookings for the tests of capacity."""

from datetime import UTC, date, datetime
from typing import Any, Final

from jobkit.facts import declare
from jobkit.priority import Board, Booking, CapacityRules

DAY: Final = date(2026, 3, 12)
NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
BANDS: Final = ("emergency", "standard", "preventive")
FLEX: Final = {"id": "flex", "bands": ["emergency"], "slots": 2}
BLOCK: Final = {"id": "block", "bands": ["preventive"], "slots": 2, "kept": "until_used"}


def rules(*reserves: dict[str, Any], pools: list[dict[str, Any]] | None = None, **more: Any) -> CapacityRules:
    """Return rules with one pool of six vans, or with *pools*."""
    vans = [{"id": "vans", "slots": 6, "reserves": list(reserves)}]
    data = {"id": "boards", "version": "3", "zone": "Europe/Berlin", "bands": list(BANDS), **more}
    return CapacityRules.load({**data, "pools": vans if pools is None else pools}, declare())


def board(*bookings: Booking, day: date = DAY) -> Board:
    """Return a board of the north."""
    return Board(region="north", day=day, bookings=bookings)


def booking(job: str, band: str = "standard", **more: Any) -> Booking:
    """Return a confirmed visit of an hour."""
    return Booking(job=job, band=band, visit="v1", **more)


def several(count: int, band: str = "standard", **more: Any) -> tuple[Booking, ...]:
    """Return so many visits of one band."""
    return tuple(booking(f"{band}-{number}", band, **more) for number in range(count))
