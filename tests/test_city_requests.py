"""Intake and match rules on real requests: a slice of each log, where the shared data are at hand."""

import pytest

from tests import _city, _excavators

city = pytest.mark.skipif(
    not _city.LOG.exists(), reason="the requests to the City of Los Angeles are not here"
)
mine = pytest.mark.skipif(
    not _excavators.LOG.exists(), reason="the work orders of the excavators are not here"
)


@pytest.fixture(scope="module")
def morning() -> list[_city.Taken]:
    """Return the first three hundred requests as they were taken in."""
    return list(_city.take_in(_city.desk(), _city.rows(300)))


@city
def test_every_request_is_kept(morning: list[_city.Taken]) -> None:
    """
    Each request is a job that was taken in or says what keeps it back.
    """
    states = {(each.job.state.name, bool(each.kept_back_by)) for each in morning}

    assert 300 == len({each.job.id for each in morning})
    assert {("accepted", False), ("received", True)} == states


@city
def test_same_kind_and_address_is_flagged(morning: list[_city.Taken]) -> None:
    """
    A request of the same kind for the same address as an earlier one waits for a person's word.
    """
    repeats = [each for each in morning if each.repeats]

    assert repeats
    assert [] == [each.row.number for each in repeats if "desk.undecided_twin" not in each.kept_back_by]


@city
def test_nothing_is_merged_by_machine_by_default() -> None:
    """
    A machine that tries to merge what is flagged is refused each time.
    """
    desk = _city.desk()
    taken = list(_city.take_in(desk, _city.rows(300)))

    assert [] == _city.merged_by_machine(desk, taken)


@city
def test_drivers_own_reports_are_never_merged_by_machine() -> None:
    """
    Even where machines may merge, a driver's own reports are only asked about, and citizens' are merged.
    """
    rows = _city.rows()
    drivers = [row for row in rows if row.by_driver][:250]
    some = {row.number: row for row in (*rows[:150], *drivers)}
    desk = _city.desk(auto_merge=True)
    taken = list(_city.take_in(desk, sorted(some.values(), key=lambda row: (row.came, row.number))))
    merged = _city.merged_by_machine(desk, taken)

    assert {"ask"} == {band for each in taken if each.row.by_driver for band in each.bands}
    assert merged
    assert [] == [each.row.number for each in merged if each.row.by_driver]


@mine
def test_repeats_on_an_excavator_are_reviewed_and_never_merged() -> None:
    """
    What is flagged waits for a person, repeats at one place are among it, and no machine merges any.
    """
    taken = list(_excavators.take_in(_excavators.desk(), _excavators.orders(150)))
    flagged = [each for each in taken if each.bands]

    assert any(each.repeats for each in flagged)
    assert [] == [each for each in flagged if not each.kept_back]
    assert [] == [each for each in taken if each.merged]
