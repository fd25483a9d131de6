"""Promises of the calendar: real seconds across jumps, half-open hours, working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.calendars import Calendar
from jobkit.durations import Working
from jobkit.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
WORKSHOP = Calendar(zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))


def test_elapsed_counts_open_time_only() -> None:
    """
    A weekend and the lunch break do not count.
    """
    start = datetime(2026, 3, 27, 11, tzinfo=BERLIN)
    end = datetime(2026, 3, 30, 9, tzinfo=BERLIN)

    assert timedelta(hours=6) == WORKSHOP.elapsed(start, end)


def test_a_shift_across_a_gap_is_shorter() -> None:
    """
    A night shift over the spring jump has one real hour less.
    """
    night = Calendar(zone="Europe/Berlin", weekly={"sat": "22:00-06:00"})

    assert timedelta(hours=7) == night.elapsed(
        datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    )


def test_a_shift_across_a_fold_is_longer() -> None:
    """
    A night shift over the autumn jump has one real hour more.
    """
    night = Calendar(zone="Europe/Berlin", weekly={"sat": "22:00-06:00"})

    assert timedelta(hours=9) == night.elapsed(
        datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)
    )


def test_an_opening_inside_a_gap_is_the_jump() -> None:
    """
    Hours that begin at a local time which does not exist begin when the clocks jump.
    """
    early = Calendar(zone="Europe/Berlin", weekly={"sun": "02:30-04:00"})
    spans = list(early.segments(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)))

    assert [(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC))] == spans


def test_the_closing_instant_is_closed() -> None:
    """
    Opening hours are half-open: open at the opening, closed at the closing.
    """
    opening = datetime(2026, 3, 27, 8, tzinfo=BERLIN)

    assert (True, False) == (WORKSHOP.is_open(opening), WORKSHOP.is_open(opening.replace(hour=12)))


def test_a_closed_date_has_no_hours() -> None:
    """
    A date that is named as closed counts nothing.
    """
    easter = Calendar(
        zone="Europe/Berlin", weekly={"mon-fri": "08:00-16:00"}, closed=frozenset({date(2026, 4, 3)})
    )

    assert not easter.is_open(datetime(2026, 4, 3, 10, tzinfo=BERLIN))


def test_working_days_keep_the_time_of_day() -> None:
    """
    Two working days after Friday 10:00 is Tuesday 10:00.
    """
    friday = datetime(2026, 3, 27, 10, tzinfo=BERLIN)

    assert datetime(2026, 3, 31, 10, tzinfo=BERLIN).astimezone(UTC) == WORKSHOP.add(friday, Working(2, "day"))


@given(start=instants, hours=st.integers(1, 200))
def test_add_is_the_inverse_of_elapsed(start: datetime, hours: int) -> None:
    """
    After adding an amount, exactly that amount of open time has passed.
    """
    end = WORKSHOP.add(start, Working(hours, "hour"))

    assert timedelta(hours=hours) == WORKSHOP.elapsed(start, end)


@given(start=instants, middle=instants, end=instants)
def test_elapsed_is_additive(start: datetime, middle: datetime, end: datetime) -> None:
    """
    Going through a third instant, before, between or after, changes nothing.
    """
    parts = WORKSHOP.elapsed(start, middle) + WORKSHOP.elapsed(middle, end)

    assert WORKSHOP.elapsed(start, end) == parts


@pytest.mark.parametrize(
    "arguments",
    [
        {"zone": "Mars/Olympus", "weekly": {}},
        {"zone": "../../etc/passwd", "weekly": {}},
        {"zone": "UTC", "weekly": {"someday": "08:00-09:00"}},
        {"zone": "UTC", "weekly": {"mon": "8-9"}},
        {"zone": "UTC", "weekly": {"mon": "08:00-12:00 11:00-13:00"}},
    ],
)
def test_unreadable_hours_are_refused(arguments: dict[str, object]) -> None:
    """
    A zone or hours that cannot be read are one typed error with a way out.
    """
    with pytest.raises(Invalid) as refused:
        Calendar(**arguments)  # type: ignore[arg-type]

    assert refused.value.unblock


def test_a_calendar_that_never_opens_is_refused() -> None:
    """
    Adding working time to a calendar without hours ends in an error, not in a loop.
    """
    with pytest.raises(Invalid, match="no opening"):
        Calendar(zone="UTC", weekly={}).add(datetime(2026, 1, 1, tzinfo=UTC), Working(1, "hour"))
