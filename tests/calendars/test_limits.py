"""Promises of limits: rules that nobody could search in time are refused, and long lists cost little."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

import pytest

from jobkit.calendars import BusinessTime, Calendar, Edition, Editions, Holiday, OneOff, load_calendars
from jobkit.errors import Invalid

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
DAY: dict[str, Any] = {"zone": "UTC", "weekly": {"mon-fri": "08:00-16:00"}}


def shifts(count: int) -> str:
    """Return so many shifts of a minute."""
    return " ".join(
        f"{place // 60:02d}:{place % 60:02d}-{place // 60:02d}:{place % 60 + 1:02d}"
        for place in range(0, count * 2, 2)
    )


def shop(name: str) -> Calendar:
    """Return a calendar of that name."""
    return Calendar.load({**DAY, "id": name})


@pytest.mark.parametrize("key", ["weekly", "breaks"])
def test_a_day_has_a_dozen_shifts_at_most(key: str) -> None:
    """
    Shifts without number are refused with their place, whether they open or are taken out.
    """
    dozen = Calendar.load({"zone": "UTC", key: {"mon": shifts(12)}})
    with pytest.raises(Invalid) as refused:
        Calendar.load({"zone": "UTC", key: {"mon": shifts(13)}})

    assert dozen == Calendar.load(dozen.dump())
    assert ("calendars.too_many_shifts", f"$.{key}[mon]") == (refused.value.code, refused.value.path)


def test_yearly_holidays_have_a_limit_and_single_dates_none() -> None:
    """
    Holidays that every year is searched for are counted; dates of one year are not.
    """
    yearly = [Holiday(name="D", on="05-01")] * 400
    single = [
        Holiday(name="D", on=(date(2026, 1, 1) + timedelta(days=each)).isoformat()) for each in range(900)
    ]
    kept = Calendar(zone="UTC", holidays=[*yearly, *single])
    with pytest.raises(Invalid) as refused:
        Calendar(zone="UTC", holidays=[*yearly, Holiday(name="D", on="easter")])

    assert 1_300 == len(kept.holidays)
    assert ("calendars.too_many_holidays", "$.holidays") == (refused.value.code, refused.value.path)


def test_a_set_takes_a_hundred_calendars_at_most() -> None:
    """
    What a set is made of is counted through all its parts, so that one of sets of sets stays small.
    """
    ten = reduce(or_, [shop(f"c{place}") for place in range(10)])
    with pytest.raises(Invalid) as refused:
        reduce(or_, [ten] * 11)

    assert 100 == reduce(or_, [ten] * 10).size
    assert "calendars.too_large" == refused.value.code


def test_sets_that_double_are_refused_at_load() -> None:
    """
    Named sets of named sets are refused where they grow too large, each with its place.
    """
    doubling = {f"c{place}": {"any": [f"c{place - 1}"] * 40} for place in range(1, 9)}
    with pytest.raises(Invalid) as refused:
        load_calendars({"c0": DAY, **doubling})

    assert "$[c2].parts" == refused.value.path


def test_editions_count_as_one() -> None:
    """
    A calendar may be edited without end: one edition is in force at a time.
    """
    edits: list[BusinessTime] = [shop("a")] * 300
    first = Edition(calendar=shop("a"))
    later = (Edition(calendar=one, effective_from=NOW + timedelta(days=day)) for day, one in enumerate(edits))
    long = Editions(id="long", editions=[first, *later])

    assert 1 == long.size
    assert timedelta(hours=8 * 261) == long.elapsed(NOW, NOW + timedelta(days=365))


def test_dates_by_hand_are_found_by_their_day() -> None:
    """
    Ten thousand single openings and closures count as they do one by one, in order and out of order.
    """
    days = [date(2026, 1, 1) + timedelta(days=each) for each in range(10_000)]
    openings = [OneOff(date=day, hours="10:00-12:00") for day in reversed(days)]
    closures = [OneOff(date=day, hours="11:00-12:00") for day in days[::2]]
    opened = Calendar(zone="UTC", openings=openings, closures=[*closures, OneOff(date=days[-1])])

    assert timedelta(hours=15_000 - 2) == opened.elapsed(
        NOW.replace(month=1, day=1), datetime(2060, 1, 1, tzinfo=UTC)
    )
    assert datetime(2053, 5, 17, 10, tzinfo=UTC) == opened.add(
        datetime(2026, 1, 1, 10, tzinfo=UTC), "9998 working days"
    )


def test_instants_by_hand_are_found_around_a_day() -> None:
    """
    Closures and openings by instants change the hours of working days as they change open time.
    """
    closed = [
        OneOff(start=NOW + timedelta(hours=hour), end=NOW + timedelta(hours=hour, minutes=30))
        for hour in range(5_000)
    ]
    opened = [OneOff(start=NOW - timedelta(days=30), end=NOW - timedelta(days=29))]
    half = Calendar(zone="UTC", weekly={"mon-sun": "08:00-16:00"}, closures=closed, openings=opened)

    assert timedelta(hours=4) == half.elapsed(NOW, NOW + timedelta(days=1))
    assert NOW + timedelta(days=2, minutes=30) == half.add(NOW, "2 working days")
    assert timedelta(days=1, hours=8) == half.elapsed(NOW - timedelta(days=30), NOW - timedelta(days=28))
