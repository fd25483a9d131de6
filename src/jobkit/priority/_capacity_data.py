"""Protected capacity as data: pools of slots with reserves, buffers, overbooking and deferral rules."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

import attrs

Unit = Literal["minutes", "count"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@attrs.frozen(kw_only=True)
class Reserve:
    """
    Slots of a pool that only `bands` may take, until they are released so long before the day begins.

    `always` keeps them whatever the bands have taken already (trunk reservation): every other band is refused
    while the free slots are no more than the reserve. `until_used` is a block that its bands use up first.
    """

    id: str
    bands: tuple[str, ...]
    slots: int
    kept: Literal["always", "until_used"] = "always"
    released: timedelta | None = None
    why: str | None = None


@attrs.frozen(kw_only=True)
class Pool:
    """
    What a day has to give: minutes, or a count of visits, on the days and for the work that it is about.

    It holds in `regions` (all if none), for work that needs one of `skills` and visits with one of `crews`
    (any if none), on `weekdays`, from `effective_from` to before `effective_to`, and each year from `begins`
    to before `ends` (month-day). On its days it stands instead of the pool that it `replaces`. With
    `by_person` each member of the crew counts.
    """

    id: str
    slots: int
    unit: Unit = "count"
    regions: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    crews: tuple[str, ...] = ()
    weekdays: tuple[Weekday, ...] = WEEKDAYS
    effective_from: date | None = None
    effective_to: date | None = None
    begins: str | None = None
    ends: str | None = None
    replaces: str | None = None
    by_person: bool = False
    reserves: tuple[Reserve, ...] = ()


@attrs.frozen(kw_only=True)
class Buffer:
    """
    How much unconfirmed work a board takes: a share of each pool in percent, or so many of its slots.

    It holds for work for which `when` is true, until `cutoff` before the day begins. Then what is still not
    confirmed is dropped, or kept and told, and no more is admitted.
    """

    id: str
    share: int | None = None
    slots: int | None = None
    when: Any = None
    regions: tuple[str, ...] = ()
    cutoff: timedelta = timedelta(0)
    late: Literal["drop", "keep"] = "drop"
    effective_from: date | None = None
    effective_to: date | None = None


@attrs.frozen(kw_only=True)
class CancelCount:
    """How many visits of a route were planned and how many of them were cancelled, used from a day on."""

    route: str
    planned: int
    cancelled: int
    effective_from: date


@attrs.frozen(kw_only=True)
class Overbooking:
    """
    Whether more may be admitted than there is: at most `percent` of a pool, and not above the cancel rate.

    The rate of a route counts only from `minimum` planned visits on. Routes are regions.
    """

    id: str
    policy: Literal["forbid", "allow"] = "forbid"
    percent: int = 0
    minimum: int = 30
    regions: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None


@attrs.frozen(kw_only=True)
class DeferralRule:
    """
    The published rule by which planned work of `bands` may be put off.

    `favours` are the bands for whose sake it may be displaced from a board, `most` is how often one job may
    be put off, `longest` how far beyond its visit or its due window.
    """

    id: str
    bands: tuple[str, ...]
    favours: tuple[str, ...] = ()
    most: int = 1
    longest: timedelta | None = None
    when: Any = None
    label: str | None = None


@attrs.frozen(kw_only=True)
class CapacityData:
    """
    Protected capacity as data.

    `bands` are named from the most urgent to the least. Days begin at midnight in `zone`.
    """

    id: str
    version: str = "1"
    zone: str
    bands: tuple[str, ...]
    pools: tuple[Pool, ...]
    buffers: tuple[Buffer, ...] = ()
    overbooking: tuple[Overbooking, ...] = ()
    cancels: tuple[CancelCount, ...] = ()
    deferrals: tuple[DeferralRule, ...] = ()


@attrs.frozen(kw_only=True)
class Booking:
    """
    One visit that stands on a board, or asks to.

    `minutes` is how long it takes and `people` how many it takes; `facts` are what conditions ask about.
    `deferred` says when the job was put off before, `until` which instant it is to be done by, and
    `not_before` until when its customer was told that it is put off.
    """

    job: str
    band: str
    visit: str = ""
    confirmed: bool = True
    minutes: int = 60
    people: int = 1
    skills: tuple[str, ...] = ()
    crew: tuple[str, ...] = ()
    deferred: tuple[datetime, ...] = ()
    until: datetime | None = None
    not_before: datetime | None = None
    facts: Any = attrs.field(default=None, eq=False, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What names it on a board: job and visit."""
        return self.job, self.visit


@attrs.frozen(kw_only=True)
class Board:
    """What is admitted in one region on one day, in the order in which it was."""

    region: str
    day: date
    bookings: tuple[Booking, ...] = ()

    @property
    def scope(self) -> str:
        """The name under which its last slot goes once."""
        return f"board:{self.region}:{self.day.isoformat()}"
