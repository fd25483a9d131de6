"""Promises of the zones: read from tzdata alone, exact at every change of offset."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from jobkit.calendars import Calendar, tzdata_version
from jobkit.calendars._ticks import DAY, FIRST, SECOND, year_start
from jobkit.calendars._zones import zone_names, zone_of
from jobkit.errors import Invalid
from jobkit.instants import EPOCH, TICK, tick_of


def test_every_zone_is_constant_between_its_changes() -> None:
    """
    In every zone of tzdata the offset changes where a stretch begins, to the second, and nowhere else.
    """
    chance = Random(20)
    for name in sorted(zone_names()):
        zone = zone_of(name)
        stretches = zone.stretches(FIRST, year_start(2060))
        starts = [at for at, _ in stretches]
        for (_, before), (at, offset) in pairwise(stretches):
            assert (before, offset) == (zone.offset(at - 1), zone.offset(at))
        for _ in range(40):
            at = chance.randrange(FIRST, year_start(2060))
            assert stretches[bisect_right(starts, at) - 1][1] == zone.offset(at)


def test_a_yearly_rule_goes_on_to_the_last_year() -> None:
    """
    A zone whose file ends with a rule changes its offset twice in each year after it.
    """
    changes = zone_of("Europe/Berlin").stretches(year_start(2150), year_start(2160))[1:]

    assert 20 == len(changes)
    assert datetime(2150, 3, 29, 1, tzinfo=UTC) == EPOCH + changes[0][0] * TICK


def test_asking_late_years_first_changes_nothing() -> None:
    """
    The stretches of a window are the same whether or not a later one was asked before.
    """
    alone = zone_of.__wrapped__("America/New_York")
    late = zone_of.__wrapped__("America/New_York")
    late.stretches(year_start(2190), year_start(2195))

    window = (year_start(2030), year_start(2050))
    assert alone.stretches(*window) == late.stretches(*window)


def test_offsets_of_any_second_are_kept() -> None:
    """
    Local mean time with odd seconds is read as it is.
    """
    at = tick_of(datetime(1850, 1, 1, tzinfo=UTC))

    assert (53 * 60 + 28) * SECOND == zone_of("Europe/Berlin").offset(at)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "", "europe/berlin"])
def test_a_name_that_tzdata_does_not_list_is_refused(name: str) -> None:
    """
    Only names of the list are looked up, so that no name reaches another file.
    """
    with pytest.raises(Invalid, match="not a time zone"):
        zone_of(name)


def test_the_version_of_the_zone_data_is_told() -> None:
    """
    The version is that of the installed tzdata, such as 2026a.
    """
    assert tzdata_version()[:4].isdigit()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Pacific/Apia", datetime(2011, 12, 29, tzinfo=UTC), 24),
        ("Pacific/Kwajalein", datetime(1993, 8, 20, tzinfo=UTC), 24),
        ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC), 1),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 6, tzinfo=UTC), 0.5),
    ],
)
def test_time_that_the_wall_skips_is_not_counted(zone: str, day: datetime, hours: float) -> None:
    """
    Three dates of whole days are shorter by what the wall skips, be it a whole date.
    """
    calendar = Calendar(zone=zone, weekly={"mon-sun": "00:00-24:00"})
    local = day.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0)
    until = datetime.combine(local.date() + timedelta(days=3), local.timetz()).astimezone(UTC)

    assert timedelta(days=3, hours=-hours) == calendar.elapsed(local, until)


def test_a_date_that_does_not_exist_is_no_working_day() -> None:
    """
    Samoa had no 30 December 2011, a Friday, so Thursday is followed by Monday.
    """
    apia = Calendar(zone="Pacific/Apia", weekly={"mon-fri": "09:00-17:00"})
    thursday = datetime(2011, 12, 29, 10, tzinfo=ZoneInfo("Pacific/Apia"))

    assert datetime(2012, 1, 2, 10, tzinfo=ZoneInfo("Pacific/Apia")) == apia.add(thursday, "1 working day")


def test_a_day_is_86400_seconds_of_ticks() -> None:
    """
    The unit is a microsecond, so that every datetime has a tick of its own.
    """
    assert DAY == tick_of(datetime(1970, 1, 2, tzinfo=UTC))
    assert 1 == tick_of(datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC))
