"""Promises of instants: aware at the door, UTC inside, one stored text."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pendulum
import pytest

from jobkit.errors import Invalid
from jobkit.instants import local, read_instant, utc, write_instant

BERLIN = ZoneInfo("Europe/Berlin")


def test_naive_instants_are_refused_with_their_path() -> None:
    """
    A datetime without a zone names its place and the way out.
    """
    with pytest.raises(Invalid) as refused:
        utc(datetime(2026, 3, 29, 8), "$.reported")
    assert ("instants.naive", "$.reported") == (refused.value.code, refused.value.path)
    assert "2026-03-29T08:00:00 at $.reported has no time zone." == refused.value.message


@pytest.mark.parametrize(("fold", "hour"), [(0, 0), (1, 1)])
def test_fold_decides_the_repeated_hour(fold: int, hour: int) -> None:
    """
    Half past two on the night the clocks go back is two different instants.
    """
    local = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold)

    assert datetime(2026, 10, 25, hour, 30, tzinfo=UTC) == utc(local)


def test_pendulum_comes_out_as_a_plain_datetime() -> None:
    """
    A pendulum value is taken, and what is kept is the standard library's own type.
    """
    taken = utc(pendulum.datetime(2026, 3, 29, 8, tz="Europe/Berlin"))

    assert type(taken) is datetime
    assert datetime(2026, 3, 29, 6, tzinfo=UTC) == taken
    assert UTC is taken.tzinfo


def test_other_types_are_a_type_error() -> None:
    """
    Something that is no datetime is a mistake in Python, not in data.
    """
    with pytest.raises(TypeError, match=r"\$\.at must be a datetime"):
        utc("2026-03-29", "$.at")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-29T06:00:00Z",
        "2026-03-29T08:00:00+02:00",
        "2026-03-29T06:00:00.000000Z",
        "20260329T060000Z",
    ],
)
def test_stored_form_is_one(text: str) -> None:
    """
    However an instant is written, it is stored in one form.
    """
    assert "2026-03-29T06:00:00.000000Z" == write_instant(read_instant(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-03-29",
        "2026-02-30T00:00:00Z",
        "2026-03-29T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9" * 99,
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    """
    A text that is no instant, or one that falls off the calendar in UTC, is refused.
    """
    with pytest.raises(Invalid):
        read_instant(text, "$.at")


def test_zones_with_seconds_are_exact() -> None:
    """
    An offset of odd seconds moves the instant by exactly that.
    """
    odd = timezone(timedelta(hours=1, seconds=17))

    assert datetime(2026, 1, 1, 10, 59, 43, tzinfo=UTC) == utc(datetime(2026, 1, 1, 12, tzinfo=odd))


def test_local_time_is_what_people_read() -> None:
    """
    The same instant reads before and after a jump as the zone's clocks show it.
    """
    instants = [datetime(2026, 3, 29, hour, 30, tzinfo=UTC) for hour in (0, 1)]

    assert ["01:30", "03:30"] == [local(each, "Europe/Berlin").format("HH:mm") for each in instants]


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "\0"])
def test_local_time_needs_a_zone_that_exists(zone: str) -> None:
    """
    An unknown zone is refused, whatever it looks like.
    """
    with pytest.raises(Invalid):
        local(datetime(2026, 3, 29, tzinfo=UTC), zone)
