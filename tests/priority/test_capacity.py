"""Promises of capacity rules: what they refuse at load, and which pools stand on which day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jobkit.errors import Invalid
from jobkit.facts import declare
from jobkit.priority import CapacityData, CapacityRules, Pool, allowance
from tests.priority.boards import BLOCK, DAY, FLEX, rules

VANS = {"id": "vans", "slots": 6}


def names(found: CapacityRules, day: date = DAY, region: str = "north") -> list[str]:
    """Return the pools that stand on a day."""
    return [pool.id for pool in found.pools(region, day)]


def test_pools_hold_where_and_when_they_say() -> None:
    """
    A pool stands in its regions, on its weekdays, between its dates and in its season over new year.
    """
    found = rules(
        pools=[
            VANS,
            {"id": "south", "slots": 1, "regions": ["south"]},
            {"id": "weekend", "slots": 1, "weekdays": ["sat", "sun"]},
            {"id": "coming", "slots": 1, "effective_from": "2026-03-13"},
            {"id": "gone", "slots": 1, "effective_to": "2026-03-12"},
            {"id": "winter", "slots": 1, "begins": "11-01", "ends": "03-13"},
            {"id": "summer", "slots": 1, "begins": "05-01", "ends": "09-01"},
        ]
    )

    assert ["vans", "winter"] == names(found)
    assert ["vans", "coming"] == names(found, date(2026, 3, 13))
    assert ["vans", "weekend", "coming", "summer"] == names(found, date(2026, 5, 2))
    assert ["vans", "south", "gone", "winter"] == names(found, date(2025, 12, 31), "south")


def test_pool_replaces_another_on_its_days() -> None:
    """
    A seasonal pool stands instead of the usual one, not beside it.
    """
    found = rules(
        pools=[VANS, {"id": "winter", "slots": 9, "begins": "11-01", "ends": "04-01", "replaces": "vans"}]
    )

    assert (["winter"], ["vans"]) == (names(found), names(found, date(2026, 4, 1)))


def test_closed_days_are_a_pool_without_slots_in_place_of_another() -> None:
    """
    A pool may have no slots where it says which pool is closed on its days.
    """
    closed = {"id": "holidays", "slots": 0, "begins": "03-01", "ends": "04-01", "replaces": "vans"}

    assert ["holidays"] == names(rules(pools=[VANS, closed]))


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"zone": "Europe/Atlantis"}, ["priority.capacity_zone"]),
        ({"bands": []}, ["priority.capacity_no_bands"]),
        ({"bands": ["standard", "standard"]}, ["priority.capacity_no_bands"]),
        ({"pools": []}, ["priority.capacity_no_pools"]),
        ({"pools": [{"id": "p", "slots": 0}]}, ["priority.capacity_no_slots"]),
        ({"pools": [{"id": "p", "slots": -1}]}, ["priority.capacity_negative"]),
        (
            {"pools": [{**VANS, "reserves": [{**FLEX, "slots": 7}]}]},
            ["priority.too_much_reserved"],
        ),
        (
            {"pools": [{**VANS, "reserves": [{**FLEX, "bands": ["gold"]}]}]},
            ["priority.capacity_band"],
        ),
        ({"pools": [{**VANS, "reserves": [{**FLEX, "bands": []}]}]}, ["priority.capacity_band"]),
        (
            {"pools": [{**VANS, "reserves": [BLOCK, {**BLOCK, "id": "more"}]}]},
            ["priority.shared_block"],
        ),
        ({"pools": [{**VANS, "begins": "02-30"}]}, ["priority.capacity_season"]),
        ({"pools": [{**VANS, "begins": "02-01", "ends": "02-01"}]}, ["priority.capacity_season"]),
        (
            {"pools": [{**VANS, "effective_from": "2026-02-01", "effective_to": "2026-01-01"}]},
            ["priority.capacity_dates"],
        ),
        ({"pools": [{**VANS, "replaces": "vans"}]}, ["priority.capacity_replaces"]),
        ({"pools": [{**VANS, "replaces": "none"}]}, ["priority.capacity_replaces"]),
        (
            {"pools": [{**VANS, "replaces": "b"}, {"id": "b", "slots": 1, "replaces": "vans"}]},
            ["priority.capacity_replaces"] * 2,
        ),
        ({"buffers": [{"id": "b"}]}, ["priority.buffer_measure"]),
        ({"buffers": [{"id": "b", "share": 10, "slots": 1}]}, ["priority.buffer_measure"]),
        ({"buffers": [{"id": "b", "share": 101}]}, ["priority.capacity_negative"]),
        ({"buffers": [{"id": "b", "share": 1, "when": "job.nothing == 1"}]}, ["conditions.unknown_fact"]),
        ({"overbooking": [{"id": "o", "percent": 101, "minimum": 0}]}, ["priority.capacity_negative"] * 2),
        (
            {"cancels": [{"route": "north", "planned": 1, "cancelled": 2, "effective_from": "2026-01-01"}]},
            ["priority.cancel_counts"],
        ),
        (
            {"deferrals": [{"id": "d", "bands": ["gold"], "most": 0}]},
            ["priority.capacity_band", "priority.capacity_negative"],
        ),
    ],
)
def test_impossible_rules_are_refused(more: dict[str, Any], codes: list[str]) -> None:
    """
    Rules that cannot be meant are refused when they are loaded, each by its own code.
    """
    with pytest.raises(Invalid) as error:
        rules(**more)

    assert codes == [finding.code for finding in error.value.findings]
    assert all(finding.path.startswith("$.") for finding in error.value.findings)


def test_everything_wrong_is_told_at_once() -> None:
    """
    Zone, pools and policies are looked at together.
    """
    with pytest.raises(Invalid) as error:
        rules(zone="Mars", pools=[{"id": "p", "slots": -1}], overbooking=[{"id": "o", "percent": -1}])

    assert ["$.zone", "$.pools[p].slots", "$.overbooking[o].percent"] == [
        finding.path for finding in error.value.findings
    ]


def test_rules_load_back() -> None:
    """
    Dumped rules load back to the same rules with the same hash, from values and from data.
    """
    found = rules(FLEX, BLOCK, buffers=[{"id": "b", "share": 10, "cutoff": "18h", "when": "job.is_open"}])

    assert found.hash == CapacityRules.load(found.dump(), declare()).hash
    assert found.hash == CapacityRules.load(found.data, declare()).hash
    assert "boards@3" == found.source
    assert CapacityData is type(found.data)


@pytest.mark.parametrize(
    ("day", "begin"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    ],
)
def test_day_begins_at_midnight_of_its_zone(day: date, begin: datetime) -> None:
    """
    A day begins at local midnight, also on the day on which the clocks change.
    """
    found = rules()

    assert begin == found.before(day)
    assert (day, day - timedelta(days=1)) == (found.day_of(begin), found.day_of(begin - timedelta(seconds=1)))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar_are_refused(day: date) -> None:
    """
    A day that has no beginning in some zone is a typed error.
    """
    found = CapacityRules.load(
        {
            "id": "b",
            "zone": "Asia/Tokyo" if day == date.min else "America/Lima",
            "bands": ["a"],
            "pools": [VANS],
        }
    )

    with pytest.raises(Invalid) as error:
        found.before(day, timedelta(days=1) if day == date.min else timedelta(days=-1))

    assert "priority.day_out_of_range" == error.value.code


def test_instants_at_the_ends_of_the_calendar_are_refused() -> None:
    """
    An instant that lies on no day of the zone is a typed error.
    """
    with pytest.raises(Invalid) as error:
        rules().day_of(datetime.max.replace(tzinfo=UTC))

    assert "priority.day_out_of_range" == error.value.code


def counted(planned: int, cancelled: int, since: str = "2026-01-01", route: str = "north") -> dict[str, Any]:
    """Return the cancellations of a route."""
    return {"route": route, "planned": planned, "cancelled": cancelled, "effective_from": since}


@pytest.mark.parametrize(
    ("cancels", "extra"),
    [
        ([], 0),
        ([counted(29, 29)], 0),
        ([counted(100, 9)], 9),
        ([counted(100, 30)], 20),
        ([counted(100, 9), counted(100, 12, "2026-03-12")], 12),
        ([counted(100, 9), counted(100, 12, "2026-03-13")], 9),
        ([counted(100, 9, route="south")], 0),
        ([counted(30, 1)], 3),
    ],
)
def test_overbooking_follows_policy_and_counted_cancellations(
    cancels: list[dict[str, Any]], extra: int
) -> None:
    """
    The smaller of the policy's share and the route's latest rate holds, given enough visits, rounded down.
    """
    found = rules(overbooking=[{"id": "o", "policy": "allow", "percent": 20}], cancels=cancels)

    assert extra == allowance(Pool(id="p", slots=100), "north", DAY, found).extra


def test_overbooking_is_forbidden_unless_allowed() -> None:
    """
    Without a policy for the region and day, cancellations allow nothing; the first that holds decides.
    """
    allow = {"policy": "allow", "percent": 10}
    none = rules(cancels=[counted(100, 50)])
    some = rules(
        cancels=[counted(100, 50)],
        overbooking=[
            {"id": "feast", "effective_from": "2026-03-12", "effective_to": "2026-03-13"},
            {"id": "usual", "regions": ["north"], **allow},
        ],
    )
    pool = Pool(id="p", slots=100)

    assert 0 == allowance(pool, "north", DAY, none).extra
    assert 0 == allowance(pool, "north", DAY, some).extra
    assert 10 == allowance(pool, "north", date(2026, 3, 13), some).extra
    assert (
        "Policy usual allows 10 %, and 50 of 100 visits on route north were cancelled."
        == allowance(pool, "north", date(2026, 3, 13), some).because
    )
