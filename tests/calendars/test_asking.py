"""Promises of asking a calendar with datetimes: openings, intervals, amounts, and what is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest

from jobkit.calendars import Calendar
from jobkit.durations import Working
from jobkit.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar(id="office", zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
FRIDAY = datetime(2026, 3, 27, 11, tzinfo=BERLIN)


def at(day: int, hour: int) -> datetime:
    """Return an hour of a day of March 2026 in Berlin."""
    return datetime(2026, 3, day, hour, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("ask", "inside", "opening", "closing"),
    [
        ("next_opening", at(27, 13), at(27, 13), at(27, 13)),
        ("next_closing", at(27, 12), at(27, 12), at(27, 17)),
        ("previous_opening", at(27, 8), at(27, 8), at(27, 8)),
        ("previous_closing", at(26, 17), at(26, 17), at(27, 12)),
    ],
)
def test_openings_and_closings(ask: str, inside: datetime, opening: datetime, closing: datetime) -> None:
    """
    The next ones lie after the instant, the previous ones at or before it.
    """
    asked = getattr(OFFICE, ask)

    assert (inside, opening, closing) == (asked(FRIDAY), asked(at(27, 8)), asked(at(27, 12)))


def test_openings_lie_on_each_other() -> None:
    """
    Going from opening to opening meets every shift once, over a weekend and a change of offset.
    """
    found = [at(27, 7)]
    for _ in range(4):
        found.append(OFFICE.next_opening(found[-1]))

    assert [at(27, 8), at(27, 13), at(30, 8), at(30, 13)] == found[1:]


def test_shifts_that_touch_are_one_span() -> None:
    """
    Where one shift ends as the next begins there is no closing.
    """
    joined = Calendar(
        zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 12:00-17:00", "sat": "00:00-24:00"}
    )

    assert at(27, 17) == joined.next_closing(at(27, 9))
    assert at(29, 0) == joined.next_closing(at(28, 9))


def test_intervals_are_cut_to_the_window() -> None:
    """
    The open spans of a window begin and end inside of it; an empty window has none.
    """
    expected = ((at(27, 11), at(27, 12)), (at(27, 13), at(27, 15)))

    assert expected == OFFICE.intervals(FRIDAY, at(27, 15)) == tuple(OFFICE.segments(FRIDAY, at(27, 15)))
    assert () == OFFICE.intervals(FRIDAY, FRIDAY) == OFFICE.intervals(at(27, 15), FRIDAY)


@pytest.mark.parametrize(
    "amount", [timedelta(hours=3), Working(3, "hour"), Working(180, "minute"), "3h", "3 working hours"]
)
def test_amounts_of_open_time(amount: Any) -> None:
    """
    Working hours and minutes, an elapsed duration and their texts all count open time.
    """
    assert at(27, 15) == OFFICE.add(FRIDAY, amount)
    assert at(26, 16) == OFFICE.subtract(FRIDAY, Working(4, "hour"))
    assert FRIDAY == OFFICE.subtract(at(27, 15), amount)


def test_nothing_added_is_the_instant_itself() -> None:
    """
    No time and no days leave an instant where it is, be it open or not.
    """
    night = at(27, 23)

    assert [night] * 4 == [
        OFFICE.add(night, timedelta()),
        OFFICE.add(night, "0 working days"),
        OFFICE.subtract(night, timedelta()),
        OFFICE.subtract(night, "0 working days"),
    ]


def test_working_days_go_back_as_they_go_on() -> None:
    """
    As many working days back as on lead to the same date and time of day.
    """
    for count in (1, 2, 5, 30, 1000):
        there = OFFICE.add(FRIDAY, Working(count, "day"))

        assert FRIDAY == OFFICE.subtract(there, Working(count, "day"))


def test_working_days_begin_at_any_date() -> None:
    """
    From a Saturday the first working day is Monday, and the last one was Friday.
    """
    assert at(30, 11) == OFFICE.add(at(28, 11), "1 working day")
    assert at(27, 11) == OFFICE.subtract(at(28, 11), "1 working day")


def test_every_day_of_a_calendar_that_never_closes_is_a_working_day() -> None:
    """
    Day and night open means that each date counts.
    """
    expected = datetime(2026, 4, 6, 9, tzinfo=UTC)

    assert expected == Calendar.always().add(datetime(2026, 3, 27, 9, tzinfo=UTC), "10 working days")


@pytest.mark.parametrize(
    "same",
    [
        FRIDAY.astimezone(UTC),
        FRIDAY.astimezone(timezone(timedelta(hours=-9, minutes=-30))),
        FRIDAY.astimezone(ZoneInfo("Asia/Kathmandu")),
        pendulum.instance(FRIDAY),
        pendulum.instance(FRIDAY).in_timezone("America/New_York"),
    ],
    ids=str,
)
def test_the_zone_of_an_instant_changes_nothing(same: datetime) -> None:
    """
    The same instant gets the same answer in any zone, from pendulum too, and answers are plain UTC.
    """
    assert timedelta(hours=5) == OFFICE.elapsed(same, at(27, 23)) == -OFFICE.elapsed(at(27, 23), same)
    for answer in (OFFICE.add(same, "2 working hours"), OFFICE.add(same, "2 working days")):
        assert (datetime, UTC) == (type(answer), answer.tzinfo)
    assert at(31, 11) == OFFICE.add(same, "2 working days")
    assert OFFICE.is_open(same)


class Nowhere(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, when: datetime | None) -> None:
        """Return nothing."""
        return

    def tzname(self, when: datetime | None) -> None:
        """Return nothing."""
        return

    def dst(self, when: datetime | None) -> None:
        """Return nothing."""
        return


@pytest.mark.parametrize("naive", [datetime(2026, 3, 27, 9), datetime(2026, 3, 27, 9, tzinfo=Nowhere())])
@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (lambda naive: OFFICE.elapsed(naive, FRIDAY), "$.start"),
        (lambda naive: OFFICE.elapsed(FRIDAY, naive), "$.end"),
        (lambda naive: OFFICE.add(naive, "1h"), "$.start"),
        (lambda naive: OFFICE.subtract(naive, "1h"), "$.end"),
        (lambda naive: OFFICE.intervals(FRIDAY, naive), "$.end"),
        (lambda naive: OFFICE.is_open(naive), "$"),
        (lambda naive: OFFICE.next_opening(naive), "$"),
    ],
)
def test_naive_instants_are_refused(ask: Callable[[datetime], Any], path: str, naive: datetime) -> None:
    """
    A datetime without an offset is refused with the place where it stands.
    """
    with pytest.raises(Invalid, match="no time zone") as refused:
        ask(naive)

    assert path == refused.value.path


@pytest.mark.parametrize(
    "ask",
    [
        lambda: OFFICE.elapsed(datetime.min.replace(tzinfo=UTC), FRIDAY),
        lambda: OFFICE.elapsed(FRIDAY, datetime.max.replace(tzinfo=UTC)),
        lambda: OFFICE.elapsed(datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))), FRIDAY),
        lambda: OFFICE.add(datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))), timedelta()),
        lambda: OFFICE.add(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "1 working day"),
        lambda: OFFICE.subtract(datetime.max.replace(tzinfo=UTC), timedelta()),
        lambda: OFFICE.is_open(datetime.min.replace(tzinfo=UTC)),
        lambda: OFFICE.next_opening(datetime.max.replace(tzinfo=UTC)),
        lambda: OFFICE.intervals(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
        lambda: OFFICE.add(FRIDAY, timedelta.max),
        lambda: OFFICE.add(FRIDAY, Working(10**9, "hour")),
        lambda: OFFICE.add(FRIDAY, Working(10**30, "minute")),
        lambda: OFFICE.add(FRIDAY, Working(10**9, "day")),
        lambda: OFFICE.add(FRIDAY, Working(50_000, "day")),
        lambda: OFFICE.subtract(FRIDAY, Working(10**30, "day")),
        lambda: OFFICE.subtract(FRIDAY, Working(70_000, "day")),
        lambda: OFFICE.subtract(FRIDAY, timedelta.max),
    ],
)
def test_ends_of_the_years_are_refused(ask: Callable[[], Any]) -> None:
    """
    Instants of other millennia and absurd amounts are one typed error with a way out.
    """
    with pytest.raises(Invalid) as refused:
        ask()

    assert refused.value.code in {
        "calendars.range",
        "calendars.never_open",
        "calendars.no_workday",
        "instants.unreadable",
    }


@pytest.mark.parametrize("amount", [timedelta(-1), Working(-1, "hour"), Working(-1, "day")])
def test_less_than_nothing_is_refused(amount: Any) -> None:
    """
    A negative amount is refused both ways, and the way out is to subtract.
    """
    for ask in (OFFICE.add, OFFICE.subtract):
        with pytest.raises(Invalid, match="less than nothing") as refused:
            ask(FRIDAY, amount)

        assert "subtract" in refused.value.unblock


def test_unreadable_amounts_are_refused() -> None:
    """
    A text that is no duration is refused at its place.
    """
    with pytest.raises(Invalid, match=r"\$\.amount"):
        OFFICE.add(FRIDAY, "a while")


def test_a_calendar_without_hours_gives_no_time() -> None:
    """
    Adding to a calendar that never opens names the calendar, and nothing elapses in it.
    """
    empty = Calendar(id="empty", zone="UTC", weekly={})

    assert timedelta() == empty.elapsed(FRIDAY, FRIDAY + timedelta(days=9000))
    for amount in ("1 working hour", "1 working day"):
        with pytest.raises(Invalid, match="The calendar empty has"):
            empty.add(FRIDAY, amount)
    with pytest.raises(Invalid, match="The calendar empty has"):
        empty.subtract(FRIDAY, "1min")


def test_a_closed_date_is_one_of_any_kind_of_collection() -> None:
    """
    Closed dates may come as a list, a set or a generator.
    """
    for closed in ([date(2026, 3, 27)], {date(2026, 3, 27)}, (date(2026, 3, 27) for _ in range(2))):
        assert not Calendar(zone="Europe/Berlin", weekly=OFFICE.weekly, closed=closed).is_open(FRIDAY)
