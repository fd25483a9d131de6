"""Capacity rules, checked: which pools a visit draws on, when a day begins, and what a pool may give."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from jobkit.calendars import zone_info
from jobkit.conditions import Condition, Vocabulary
from jobkit.documents import read_toml, structure, unstructure, write_json
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc, write_instant
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, join
from jobkit.priority._capacity_checks import check_data
from jobkit.priority._capacity_data import WEEKDAYS, Board, Booking, Buffer, CapacityData, Pool, Reserve
from jobkit.registry import Registry

BEYOND = Template(
    "priority.day_out_of_range",
    "{day} is too near to the end of the calendar for a board.",
    "Name a day between the years 2 and 9998.",
)


@attrs.frozen(eq=False)
class CapacityRules:
    """
    Checked rules of capacity.

    >>> rules = CapacityRules.load({
    ...     "id": "boards", "zone": "Europe/Berlin", "bands": ["emergency", "standard"],
    ...     "pools": [{"id": "vans", "slots": 8, "reserves": [
    ...         {"id": "flex", "bands": ["emergency"], "slots": 2}]}],
    ... })
    >>> [pool.id for pool in rules.pools("north", date(2026, 3, 12))]
    ['vans']
    """

    data: CapacityData
    conditions: Mapping[str, Condition] = attrs.field(repr=False)
    """The conditions of buffers and deferral rules, by `buffer.<id>` and `deferral.<id>`."""

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Any] | CapacityData,
        vocabulary: Vocabulary | None = None,
        registry: Registry | None = None,
        path: str = "$",
    ) -> "CapacityRules":
        """
        Read capacity rules from TOML text, data or values.

        Refused, all at once with their places: unknown zones and bands, no pools, a pool without slots that
        replaces none, reserves larger than their pool, blocks that share a band, impossible seasons and
        dates, pools that replace in a circle, shares beyond reason, more cancelled than planned, and
        undeclared facts.
        """
        data = source if isinstance(source, CapacityData) else _structured(source, path)
        findings = list(check_data(data, path))
        conditions = _conditions(data, vocabulary, registry or Registry(), path, findings)
        if findings:
            raise Invalid(findings)
        return cls(data, conditions)

    @property
    def id(self) -> str:
        """The id of the rules."""
        return self.data.id

    @property
    def source(self) -> str:
        """What findings name as the rule that spoke: id and version."""
        return f"{self.data.id}@{self.data.version}"

    def dump(self) -> dict[str, Any]:
        """Return the rules as plain data that loads back to them."""
        plain: dict[str, Any] = unstructure(self.data)
        return plain

    @cached_property
    def hash(self) -> str:
        """The hash of the rules' content."""
        return hashlib.sha256(write_json(self.dump()).encode()).hexdigest()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin, as tzdata has it."""
        return zone_info(self.data.zone)

    def day_of(self, instant: datetime) -> date:
        """Return the day on which *instant* lies; a naive one is refused."""
        try:
            return utc(instant).astimezone(self.zone).date()
        except OverflowError as error:
            raise Invalid.of(BEYOND, day=write_instant(instant)) from error

    def before(self, day: date, ahead: timedelta = timedelta(0)) -> datetime:
        """Return the instant so long before *day* begins; days at the ends of the calendar are refused."""
        try:
            return datetime.combine(day, time(), self.zone).astimezone(UTC) - ahead
        except OverflowError as error:
            raise Invalid.of(BEYOND, day=day.isoformat()) from error

    def later(self, day: date, days: int) -> date:
        """Return the day so many days after *day*; one beyond the end of the calendar is refused."""
        try:
            return day + timedelta(days=days)
        except OverflowError as error:
            raise Invalid.of(BEYOND, day=day.isoformat()) from error

    def pools(self, region: str, day: date) -> tuple[Pool, ...]:
        """Return the pools of a region on a day, those that are replaced left out."""
        standing = [pool for pool in self.data.pools if _stands(pool, region, day)]
        replaced = {pool.replaces for pool in standing}
        return tuple(pool for pool in standing if pool.id not in replaced)

    def buffer(self, board: Board, booking: Booking, now: datetime) -> Buffer | None:
        """Return the first buffer rule that holds for unconfirmed work on a board, None if there is none."""
        return next((each for each in self.data.buffers if self._lets(each, board, booking, now)), None)

    def _lets(self, buffer: Buffer, board: Board, booking: Booking, now: datetime) -> bool:
        when = self.conditions.get(f"buffer.{buffer.id}")
        here = not buffer.regions or board.region in buffer.regions
        holds = when is None or when(booking.facts or {}, now) is True
        return here and in_dates(buffer, board.day) and holds

    def released(self, reserve: Reserve, day: date, now: datetime) -> bool:
        """Whether a reserve is open to everybody at *now*."""
        return reserve.released is not None and now >= self.before(day, reserve.released)


def draws_on(pool: Pool, booking: Booking) -> bool:
    """Whether a visit takes slots of a pool of its day and region."""
    skilled = not pool.skills or bool(set(pool.skills) & set(booking.skills))
    return skilled and (not pool.crews or bool(set(pool.crews) & set(booking.crew)))


def demand(pool: Pool, booking: Booking) -> int:
    """Return how many slots of a pool a visit takes, none if it does not draw on it."""
    if not draws_on(pool, booking):
        return 0
    each = booking.minutes if pool.unit == "minutes" else 1
    return max(each, 0) * (max(booking.people, 1) if pool.by_person else 1)


def in_dates(rule: Any, day: date) -> bool:
    """Whether an effective-dated rule holds on a day."""
    begun = rule.effective_from is None or rule.effective_from <= day
    return begun and (rule.effective_to is None or day < rule.effective_to)


def _stands(pool: Pool, region: str, day: date) -> bool:
    here = not pool.regions or region in pool.regions
    return here and in_dates(pool, day) and WEEKDAYS[day.weekday()] in pool.weekdays and _in_season(pool, day)


def _in_season(pool: Pool, day: date) -> bool:
    """Whether *day* lies in the pool's season, which may go over the turn of the year."""
    if pool.begins is None or pool.ends is None:
        return True
    today = f"{day:%m-%d}"
    if pool.begins <= pool.ends:
        return pool.begins <= today < pool.ends
    return today >= pool.begins or today < pool.ends


def _structured(source: str | Mapping[str, Any], path: str) -> CapacityData:
    return structure(CapacityData, read_toml(source) if isinstance(source, str) else source, path)


def _conditions(
    data: CapacityData,
    vocabulary: Vocabulary | None,
    registry: Registry,
    path: str,
    findings: list[Finding],
) -> Mapping[str, Condition]:
    """Read the conditions of buffers and deferral rules; what is wrong is added to *findings*."""
    rules: Iterable[tuple[str, str, Any]] = (
        *(("buffer", join(f"{path}.buffers", Item(each.id)), each) for each in data.buffers),
        *(("deferral", join(f"{path}.deferrals", Item(each.id)), each) for each in data.deferrals),
    )
    found: dict[str, Condition] = {}
    for kind, place, rule in rules:
        if rule.when is None:
            continue
        try:
            found[f"{kind}.{rule.id}"] = Condition.load(rule.when, vocabulary, registry, f"{place}.when")
        except Invalid as error:
            findings += error.findings
    return FrozenMap(found)
