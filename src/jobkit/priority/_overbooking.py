"""Overbooking: how much more than there is may be admitted, from counted cancellations, and where it was."""

from collections.abc import Iterable
from datetime import date, datetime

import attrs

from jobkit.priority._capacity import CapacityRules
from jobkit.priority._capacity_data import Board
from jobkit.priority._standing import standing


@attrs.frozen(kw_only=True)
class Overbooked:
    """
    A day on which more is admitted to a pool than it has.

    `beyond` is by how much it is more than even the overbooking policy lets pass: rules or plans changed
    after the admissions.
    """

    region: str
    day: date
    pool: str
    slots: int
    booked: int
    over: int
    beyond: int
    because: str


def overbooked(boards: Iterable[Board], rules: CapacityRules, *, now: datetime) -> tuple[Overbooked, ...]:
    """Return the days and pools of *boards* with more admitted than there is, by day, region and pool."""
    found = [
        Overbooked(
            region=board.region,
            day=board.day,
            pool=each.pool.id,
            slots=each.pool.slots,
            booked=each.booked,
            over=each.booked - each.pool.slots,
            beyond=max(0, each.booked - each.bookable),
            because=each.allowance.because,
        )
        for board in boards
        for each in standing(board, rules, now=now)
        if each.booked > each.pool.slots
    ]
    return tuple(sorted(found, key=lambda each: (each.day, each.region, each.pool)))
