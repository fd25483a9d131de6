"""What is wrong with capacity rules before anything is admitted."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from jobkit.calendars import zone_info
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.paths import Item, join
from jobkit.priority._capacity_data import Buffer, CapacityData, Overbooking, Pool

NO_ZONE = Template(
    "priority.capacity_zone", "{zone} is not a time zone.", "Name an IANA zone, such as Europe/Berlin."
)
NO_BANDS = Template(
    "priority.capacity_no_bands",
    "The capacity rules {id} name no bands, or one of them twice.",
    "Name each band once, from the most urgent to the least.",
)
UNKNOWN_BAND = Template(
    "priority.capacity_band",
    "{where} names the band {band}, which the capacity rules do not have.",
    "Use one of the bands: {bands}.",
)
NEGATIVE = Template(
    "priority.capacity_negative",
    "{where} has {field} = {value}.",
    "Give a number from {least} to {most}.",
)
NO_POOLS = Template(
    "priority.capacity_no_pools",
    "The capacity rules {id} have no pools, so that nothing is ever admitted.",
    "Give them a pool with its slots.",
)
NO_SLOTS = Template(
    "priority.capacity_no_slots",
    "Pool {pool} has no slots, so that it refuses whatever draws on it.",
    "Give it slots, take it out, or name the pool that it replaces on the days on which that is closed.",
)
TOO_MUCH_RESERVED = Template(
    "priority.too_much_reserved",
    "The reserves of pool {pool} keep {kept} slots, and it has {slots}.",
    "Make the reserves smaller, or the pool larger.",
)
SHARED_BLOCK = Template(
    "priority.shared_block",
    "The band {band} has two blocks in pool {pool}, and which one it uses up first is not said.",
    "Give each band one reserve with kept = until_used.",
)
SEASON = Template(
    "priority.capacity_season",
    "Pool {pool} has the season from {begins} to {ends}, which names no days.",
    "Give begins and ends as two different days, month before day, such as 11-01.",
)
DATES = Template(
    "priority.capacity_dates",
    "{where} ends on {end}, before it begins.",
    "Give effective_to a day after effective_from.",
)
REPLACES = Template(
    "priority.capacity_replaces",
    "Pool {pool} replaces {other}, which is not another pool, or replaces it back.",
    "Name a pool that does not itself lead back to {pool}.",
)
ONE_MEASURE = Template(
    "priority.buffer_measure",
    "Buffer {buffer} does not say by one measure how much it takes.",
    "Give either share, in percent, or slots.",
)
CANCELLED = Template(
    "priority.cancel_counts",
    "Route {route} has {cancelled} cancelled visits of {planned} planned ones from {day} on.",
    "Count what was cancelled among what was planned, once for each route and day.",
)

_MONTH_DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_LARGEST: Final = 10_000_000


def check_data(data: CapacityData, path: str) -> Iterator[Finding]:
    """Yield everything that is wrong with the data of capacity rules."""
    if not _is_zone(data.zone):
        yield Finding.of(NO_ZONE, path=f"{path}.zone", zone=data.zone[:60])
    if not data.bands or len(set(data.bands)) < len(data.bands):
        yield Finding.of(NO_BANDS, path=f"{path}.bands", id=data.id)
    if not data.pools:
        yield Finding.of(NO_POOLS, path=f"{path}.pools", id=data.id)
    for pool in data.pools:
        place = join(f"{path}.pools", Item(pool.id))
        yield from _pool(data, pool, place)
        yield from _replaces(data, pool, place)
    for buffer in data.buffers:
        yield from _buffer(buffer, join(f"{path}.buffers", Item(buffer.id)))
    for policy in data.overbooking:
        yield from _overbooking(policy, join(f"{path}.overbooking", Item(policy.id)))
    for rule in data.deferrals:
        place = join(f"{path}.deferrals", Item(rule.id))
        yield from _bands(data, (*rule.bands, *rule.favours), f"Deferral rule {rule.id}", f"{place}.bands")
        yield from _within(f"Deferral rule {rule.id}", "most", rule.most, 1, 1000, place)
    yield from _cancels(data, path)


def _is_zone(name: str) -> bool:
    try:
        zone_info(name)
    except Invalid:
        return False
    return True


def _pool(data: CapacityData, pool: Pool, path: str) -> Iterator[Finding]:
    where = f"Pool {pool.id}"
    yield from _within(where, "slots", pool.slots, 0, _LARGEST, path)
    if pool.slots == 0 and pool.replaces is None:
        yield Finding.of(NO_SLOTS, path=f"{path}.slots", pool=pool.id)
    yield from _dates(where, pool, path)
    if not _is_season(pool.begins, pool.ends):
        named = {"pool": pool.id, "begins": pool.begins or "nowhere", "ends": pool.ends or "nowhere"}
        yield Finding.of(SEASON, path=path, **named)  # type: ignore[arg-type]
    for reserve in pool.reserves:
        place = join(f"{path}.reserves", Item(reserve.id))
        yield from _within(f"Reserve {reserve.id}", "slots", reserve.slots, 1, _LARGEST, place)
        yield from _bands(data, reserve.bands, f"Reserve {reserve.id}", f"{place}.bands")
    kept = sum(reserve.slots for reserve in pool.reserves)
    if kept > max(pool.slots, 0):
        yield Finding.of(
            TOO_MUCH_RESERVED, path=f"{path}.reserves", pool=pool.id, kept=kept, slots=pool.slots
        )
    yield from _blocks(pool, path)


def _blocks(pool: Pool, path: str) -> Iterator[Finding]:
    blocks = [band for each in pool.reserves if each.kept == "until_used" for band in each.bands]
    for band in sorted({band for band in blocks if blocks.count(band) > 1}):
        yield Finding.of(SHARED_BLOCK, path=f"{path}.reserves", band=band, pool=pool.id)


def _replaces(data: CapacityData, pool: Pool, path: str) -> Iterator[Finding]:
    """Follow what a pool replaces; a way that leads nowhere or back is told."""
    if pool.replaces is None:
        return
    onward = {each.id: each.replaces for each in data.pools}
    passed: set[str] = {pool.id}
    following: str | None = pool.replaces
    while following is not None and following in onward and following not in passed:
        passed.add(following)
        following = onward[following]
    if following is not None:
        yield Finding.of(REPLACES, path=f"{path}.replaces", pool=pool.id, other=pool.replaces)


def _buffer(buffer: Buffer, path: str) -> Iterator[Finding]:
    where = f"Buffer {buffer.id}"
    if (buffer.share is None) == (buffer.slots is None):
        yield Finding.of(ONE_MEASURE, path=path, buffer=buffer.id)
    yield from _within(where, "share", buffer.share or 0, 0, 100, path)
    yield from _within(where, "slots", buffer.slots or 0, 0, _LARGEST, path)
    yield from _dates(where, buffer, path)


def _overbooking(policy: Overbooking, path: str) -> Iterator[Finding]:
    where = f"Overbooking {policy.id}"
    yield from _within(where, "percent", policy.percent, 0, 100, path)
    yield from _within(where, "minimum", policy.minimum, 1, _LARGEST, path)
    yield from _dates(where, policy, path)


def _cancels(data: CapacityData, path: str) -> Iterator[Finding]:
    seen = set()
    for count in data.cancels:
        counted = 0 <= count.cancelled <= count.planned <= _LARGEST
        if not counted or (count.route, count.effective_from) in seen:
            told: dict[str, Any] = {"cancelled": count.cancelled, "planned": count.planned}
            day = count.effective_from.isoformat()
            yield Finding.of(
                CANCELLED, path=join(f"{path}.cancels", Item(count.route)), route=count.route, day=day, **told
            )
        seen.add((count.route, count.effective_from))


def _bands(data: CapacityData, bands: Iterable[str], where: str, path: str) -> Iterator[Finding]:
    named = tuple(bands)
    for band in named or ("",):
        if band not in data.bands:
            told = {"where": where, "band": band or "of no name", "bands": list(data.bands)}
            yield Finding.of(UNKNOWN_BAND, path=path, **told)  # type: ignore[arg-type]


def _within(where: str, field: str, value: int, least: int, most: int, path: str) -> Iterator[Finding]:
    if not least <= value <= most:
        told: dict[str, Any] = {"value": value, "least": least, "most": most}
        yield Finding.of(NEGATIVE, path=f"{path}.{field}", where=where, field=field, **told)


def _dates(where: str, rule: Any, path: str) -> Iterator[Finding]:
    begin, end = rule.effective_from, rule.effective_to
    if begin is not None and end is not None and end <= begin:
        yield Finding.of(DATES, path=f"{path}.effective_to", where=where, end=end.isoformat())


def _is_season(begins: str | None, ends: str | None) -> bool:
    if begins is None and ends is None:
        return True
    days = [day for day in (begins, ends) if day is not None and _MONTH_DAY.fullmatch(day)]
    return len(days) == 2 and begins != ends
