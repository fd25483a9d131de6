"""Promises about zone data: days and seasons begin by tzdata alone, whatever the machine has."""

import copy
from datetime import UTC, date, datetime

import pytest

from jobkit.errors import Invalid
from jobkit.priority import CapacityRules, next_change, rank
from tests.priority.boards import rules
from tests.priority.orders import load

NOVEMBER = datetime(2026, 10, 31, 23, tzinfo=UTC)


@pytest.mark.usefixtures("odd_machine")
def test_a_day_of_a_board_begins_where_tzdata_says() -> None:
    """
    The day of an instant and the midnight of a day do not depend on the machine's zone files.
    """
    assert datetime(2026, 3, 11, 23, tzinfo=UTC) == rules().before(date(2026, 3, 12))
    assert date(2026, 3, 11) == rules().day_of(datetime(2026, 3, 11, 22, 59, tzinfo=UTC))


@pytest.mark.usefixtures("odd_machine")
def test_a_season_begins_where_tzdata_says() -> None:
    """
    A season begins at midnight of the zone as tzdata knows it.
    """
    winter = load(zone="Europe/Berlin", seasons=[{"id": "winter", "begins": "11-01", "ends": "03-01"}])
    (before,) = rank([{"id": "J1"}], winter, datetime(2026, 10, 31, 22, 59, tzinfo=UTC))
    (within,) = rank([{"id": "J1"}], winter, NOVEMBER)

    assert (None, "winter") == (before.season, within.season)
    assert NOVEMBER == next_change({"id": "J1"}, winter, datetime(2026, 10, 1, tzinfo=UTC))


@pytest.mark.usefixtures("odd_machine")
def test_a_zone_that_only_the_machine_has_is_refused() -> None:
    """
    Rules that load here load everywhere: a zone that tzdata does not list is unknown.
    """
    with pytest.raises(Invalid) as board:
        rules(zone="Mars")
    with pytest.raises(Invalid) as order:
        load(zone="Mars")

    assert "priority.capacity_zone" == board.value.code
    assert "priority.zone" == order.value.code


def test_rules_that_were_used_can_be_copied() -> None:
    """
    Rules whose zone was asked for are copied like any other value.
    """
    used = rules()
    used.before(date(2026, 3, 12))
    copied: CapacityRules = copy.deepcopy(used)

    assert used.before(date(2026, 3, 12)) == copied.before(date(2026, 3, 12))
