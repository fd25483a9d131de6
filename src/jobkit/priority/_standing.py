"""How a board stands: what each pool has, gave and keeps for whom, and how far it may be overbooked."""

from datetime import date, datetime

import attrs

from jobkit.instants import utc
from jobkit.priority._capacity import CapacityRules, demand, in_dates
from jobkit.priority._capacity_data import Board, Booking, CancelCount, Pool, Reserve


@attrs.frozen(kw_only=True)
class Allowance:
    """How many slots more than there are may be admitted to a pool, and why."""

    extra: int
    because: str


@attrs.frozen(kw_only=True)
class Kept:
    """What a reserve still keeps from bands that are not its own: nothing once it is released."""

    reserve: Reserve
    left: int
    released: bool


@attrs.frozen(kw_only=True)
class Standing:
    """
    One pool of a board: what there is, what may be booked, what is, and what is kept.

    Always `booked + free == bookable`; `free` is negative where rules changed after admissions. `waiting` is
    the part of what is booked that nobody has confirmed.
    """

    pool: Pool
    allowance: Allowance
    booked: int
    waiting: int
    kept: tuple[Kept, ...] = ()

    @property
    def bookable(self) -> int:
        """The slots there are and those that may be overbooked."""
        return self.pool.slots + self.allowance.extra

    @property
    def free(self) -> int:
        """What may still be booked, by whoever may take reserves."""
        return self.bookable - self.booked

    def withheld(self, band: str) -> tuple[Kept, ...]:
        """Return the reserves that keep slots from *band*."""
        return tuple(each for each in self.kept if each.left and band not in each.reserve.bands)

    def room(self, band: str) -> int:
        """Return how many slots *band* may still take; never negative."""
        return max(0, self.free - sum(each.left for each in self.withheld(band)))


def standing(board: Board, rules: CapacityRules, *, now: datetime) -> tuple[Standing, ...]:
    """
    Return how every pool of *board* stands at *now*, in the order of the rules.

    Unconfirmed bookings whose cut-off has passed do not count. A naive *now* is refused.
    """
    instant = utc(now, "$.now")
    gone = {booking.key for booking in lapsed(board, rules, now=instant)}
    bookings = tuple(each for each in board.bookings if each.key not in gone)
    return tuple(
        Standing(
            pool=pool,
            allowance=allowance(pool, board.region, board.day, rules),
            booked=sum(demand(pool, each) for each in bookings),
            waiting=sum(demand(pool, each) for each in bookings if not each.confirmed),
            kept=tuple(_kept(pool, each, board, bookings, rules, instant) for each in pool.reserves),
        )
        for pool in rules.pools(board.region, board.day)
    )


def _kept(
    pool: Pool,
    reserve: Reserve,
    board: Board,
    bookings: tuple[Booking, ...],
    rules: CapacityRules,
    now: datetime,
) -> Kept:
    if rules.released(reserve, board.day, now):
        return Kept(reserve=reserve, left=0, released=True)
    if reserve.kept == "always":
        return Kept(reserve=reserve, left=reserve.slots, released=False)
    used = sum(demand(pool, each) for each in bookings if each.band in reserve.bands)
    return Kept(reserve=reserve, left=max(0, reserve.slots - used), released=False)


def lapsed(board: Board, rules: CapacityRules, *, now: datetime) -> tuple[Booking, ...]:
    """Return the unconfirmed bookings that the cut-off of their buffer has dropped by *now*."""
    instant = utc(now, "$.now")
    return tuple(
        each for each in board.bookings if not each.confirmed and _is_dropped(board, each, rules, instant)
    )


def _is_dropped(board: Board, booking: Booking, rules: CapacityRules, now: datetime) -> bool:
    buffer = rules.buffer(board, booking, now)
    if buffer is None:
        return now >= rules.before(board.day)
    return buffer.late == "drop" and now >= rules.before(board.day, buffer.cutoff)


def allowance(pool: Pool, region: str, day: date, rules: CapacityRules) -> Allowance:
    """
    Return how many slots of a pool may be overbooked on a day: whole slots, rounded down.

    It is the smaller of the policy's share and the cancel rate of the region's route, and nothing where the
    policy forbids it or too few visits were counted.
    """
    found = (each for each in rules.data.overbooking if not each.regions or region in each.regions)
    policy = next((each for each in found if in_dates(each, day)), None)
    if policy is None or policy.policy == "forbid":
        return Allowance(extra=0, because="Overbooking is not allowed.")
    count = _count(region, day, rules)
    if count is None or count.planned < policy.minimum:
        known = 0 if count is None else count.planned
        wanted = f"Policy {policy.id} needs {policy.minimum} planned visits on route {region}"
        return Allowance(extra=0, because=f"{wanted}, and {known} are counted.")
    extra = min(pool.slots * policy.percent // 100, pool.slots * count.cancelled // count.planned)
    rate = f"{count.cancelled} of {count.planned} visits on route {region} were cancelled"
    return Allowance(extra=extra, because=f"Policy {policy.id} allows {policy.percent} %, and {rate}.")


def _count(route: str, day: date, rules: CapacityRules) -> CancelCount | None:
    """Return the latest count of a route that is in use on a day."""
    known = [each for each in rules.data.cancels if each.route == route and each.effective_from <= day]
    return max(known, key=lambda each: each.effective_from, default=None)
