"""The ready routing and capacity rules fit together, and with the ready order of work."""

from datetime import UTC, date, datetime

import pytest

from jobkit import presets
from jobkit.calendars import Calendar
from jobkit.catalog import Catalog
from jobkit.errors import Invalid
from jobkit.priority import Board, Booking, Where, admission, displace, route

NOW = datetime(2026, 5, 12, 8, tzinfo=UTC)
DAY = date(2026, 5, 14)


@pytest.mark.parametrize(
    ("code", "region"),
    [("20095", "north"), ("10115", "east"), ("50667", "west"), ("80331", "south"), ("00000", None)],
)
def test_codes_come_to_their_region(code: str, region: str | None) -> None:
    """
    The four regions cover the codes of the country, each once, and nothing beyond.
    """
    assert region == route(Where(postal_code=code), presets.routing(), now=NOW).region


def test_territory_routes_without_a_code() -> None:
    """
    Where the code is not known the territory decides.
    """
    assert "south" == route(Where(territory="south"), presets.routing(), now=NOW).region


def test_maintenance_goes_for_danger_to_people_only_by_rule() -> None:
    """
    On a full day danger to people finds no room, and the rule names one maintenance visit that may go.
    """
    rules = presets.capacity("Europe/Berlin")
    there = [Booking(job=f"pm-{number}", band="preventive") for number in range(4)]
    there += [Booking(job=f"r-{number}", band="contract") for number in range(6)]
    board = Board(region="north", day=DAY, bookings=tuple(there))
    danger = Booking(job="smoke", band="life_safety")

    found = displace(board, danger, rules, rule="displaced-by-emergency", now=NOW)

    assert not admission(board, danger, rules, now=NOW).open
    assert (True, 1) == (found.open, len(found.subject.bookings))


def test_winter_has_its_own_pool() -> None:
    """
    In the heating season the winter pool stands instead of the usual one.
    """
    rules = presets.capacity("Europe/Berlin")

    assert ["field-winter"] == [pool.id for pool in rules.pools("north", date(2026, 12, 31))]
    assert ["field"] == [pool.id for pool in rules.pools("north", DAY)]


def test_ready_rules_fit_one_catalog() -> None:
    """
    Bands and regions of the ready rules are the same, so that a catalog takes all of them.
    """
    calendars: dict[str, Calendar] = dict(presets.calendars("Europe/Berlin"))

    catalog = Catalog.of(
        "house",
        Catalog.preset("after-sales").types.values(),
        milestones=presets.milestones().values(),
        calendars=calendars,
        calendar=calendars["business"],
        registry=presets.registry(),
        priority=presets.priority(calendars),
        routing=presets.routing(),
        capacity=presets.capacity("Europe/Berlin"),
    )

    assert "dispatch-south" in catalog.queue_names()


def test_unknown_zone_is_refused() -> None:
    """
    Days begin at midnight somewhere.
    """
    with pytest.raises(Invalid) as error:
        presets.capacity("Mars")

    assert "priority.capacity_zone" == error.value.code
