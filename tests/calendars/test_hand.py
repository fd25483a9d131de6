"""Promises of what people change by hand: breaks, closed dates, single openings and closures."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobkit.calendars import Calendar, Holiday, OneOff
from jobkit.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 23, tzinfo=BERLIN)
TUESDAY = date(2026, 3, 24)
WEEK = {"mon-fri": "08:00-12:00 13:00-17:00"}


def on(day: date, **rules: Any) -> list[str]:
    """Return the open hours that touch one date in Berlin."""
    start = datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    found = Calendar(**{"zone": "Europe/Berlin", "weekly": WEEK, **rules}).intervals(
        start, start + timedelta(days=1)
    )
    return ["-".join(f"{at.astimezone(BERLIN):%H:%M}" for at in span) for span in found]


def test_breaks_are_taken_out_of_shifts() -> None:
    """
    A shift with a break is the two shifts before and after it.
    """
    assert ["08:00-12:00", "12:30-17:00"] == on(
        TUESDAY, weekly={"mon-fri": "08:00-17:00"}, breaks={"mon-sun": "12:00-12:30"}
    )


def test_a_break_cuts_the_night_shift_of_the_day_before() -> None:
    """
    A break stands on its own civil day, so that of Tuesday 02:00 cuts the shift that opened on Monday.
    """
    assert ["00:00-02:00", "02:30-06:00"] == on(
        TUESDAY, weekly={"mon": "22:00-06:00"}, breaks={"tue": "02:00-02:30"}
    )


def test_the_break_of_monday_cuts_the_night_shift_of_sunday() -> None:
    """
    The week has no end for breaks.
    """
    assert ["00:00-02:00", "02:30-06:00"] == on(
        MONDAY.date(), weekly={"sun": "22:00-06:00"}, breaks={"mon": "02:00-02:30"}
    )


def test_a_night_shift_with_a_break_is_one_working_day() -> None:
    """
    What follows the break after midnight belongs to the date on which the shift opened.
    """
    nights = Calendar(
        zone="Europe/Berlin", weekly={"mon,fri": "22:00-06:00"}, breaks={"mon-sun": "02:00-02:30"}
    )

    assert MONDAY + timedelta(days=4, hours=23) == nights.add(MONDAY + timedelta(hours=23), "1 working day")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"closed": [TUESDAY]}, []),
        ({"holidays": [Holiday(name="Fair", on="2026-03-24")]}, []),
        ({"holidays": [Holiday(name="Eve", on="03-24", closed="12:00-24:00")]}, ["08:00-12:00"]),
        ({"closures": [OneOff(date=TUESDAY)]}, []),
        ({"closures": [OneOff(date=TUESDAY, hours="10:00-14:00")]}, ["08:00-10:00", "14:00-17:00"]),
        ({"openings": [OneOff(date=TUESDAY, hours="16:00-20:00")]}, ["08:00-12:00", "13:00-20:00"]),
        ({"openings": [OneOff(date=TUESDAY)]}, ["00:00-00:00"]),
        (
            {
                "openings": [
                    OneOff(date=TUESDAY, hours="18:00-19:00"),
                    OneOff(date=TUESDAY, hours="06:00-07:00"),
                ]
            },
            ["06:00-07:00", "08:00-12:00", "13:00-17:00", "18:00-19:00"],
        ),
        (
            {
                "closures": [
                    OneOff(date=TUESDAY, hours="14:00-15:00"),
                    OneOff(date=TUESDAY, hours="09:00-10:00"),
                ]
            },
            ["08:00-09:00", "10:00-12:00", "13:00-14:00", "15:00-17:00"],
        ),
        ({"closed": [TUESDAY], "openings": [OneOff(date=TUESDAY, hours="09:00-11:00")]}, ["09:00-11:00"]),
        (
            {"openings": [OneOff(date=TUESDAY, hours="06:00-09:00")], "closures": [OneOff(date=TUESDAY)]},
            [],
        ),
        (
            {
                "closures": [
                    OneOff(start=MONDAY + timedelta(hours=16), end=MONDAY + timedelta(days=1, hours=9)),
                ]
            },
            ["09:00-12:00", "13:00-17:00"],
        ),
        (
            {"openings": [OneOff(start=MONDAY + timedelta(hours=36), end=MONDAY + timedelta(hours=37))]},
            ["08:00-17:00"],
        ),
    ],
)
def test_single_days(rules: dict[str, Any], expected: list[str]) -> None:
    """
    Closed dates close, openings open in spite of them, and closures close in spite of openings.
    """
    assert expected == on(TUESDAY, **rules)


def test_an_overnight_opening_belongs_to_its_date() -> None:
    """
    A single opening may end on the next date, and makes a working day of its own.
    """
    once = Calendar(zone="Europe/Berlin", openings=[OneOff(date=TUESDAY, hours="22:00-02:00")])

    assert timedelta(hours=4) == once.elapsed(MONDAY, MONDAY + timedelta(days=7))
    assert MONDAY + timedelta(days=1, hours=22) == once.add(MONDAY, "1 working day")


def test_a_date_closed_by_instants_is_no_working_day() -> None:
    """
    Working days look at what is really open, not only at weekly hours.
    """
    closed = OneOff(start=MONDAY + timedelta(days=1), end=MONDAY + timedelta(days=2), name="Strike")
    shop = Calendar(zone="Europe/Berlin", weekly=WEEK, closures=[closed])

    assert MONDAY + timedelta(days=2, hours=10) == shop.add(MONDAY + timedelta(hours=10), "1 working day")


def test_a_holiday_is_no_working_day() -> None:
    """
    A holiday on Friday and one on Monday leave Tuesday as the next working day.
    """
    easter = (Holiday(name="Good Friday", on="easter -2"), Holiday(name="Easter Monday", on="easter +1"))
    shop = Calendar(zone="Europe/Berlin", weekly=WEEK, holidays=easter)
    thursday = datetime(2026, 4, 2, 10, tzinfo=BERLIN)

    assert datetime(2026, 4, 7, 10, tzinfo=BERLIN) == shop.add(thursday, "1 working day")
    assert thursday == shop.subtract(datetime(2026, 4, 7, 10, tzinfo=BERLIN), "1 working day")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "neither one date nor one span"),
        ({"start": MONDAY}, "neither one date nor one span"),
        ({"hours": "08:00-09:00"}, "neither one date nor one span"),
        ({"date": TUESDAY, "start": MONDAY, "end": MONDAY + timedelta(1)}, "neither one date nor one span"),
        ({"date": TUESDAY, "start": MONDAY}, "neither one date nor one span"),
        ({"start": MONDAY, "end": MONDAY}, "ends before it begins"),
        ({"start": datetime(2026, 1, 1), "end": MONDAY}, "no time zone"),
        ({"date": TUESDAY, "hours": "8 to 9"}, "no opening hours"),
        ({"date": TUESDAY, "hours": "08:00-10:00 09:00-11:00"}, "overlap"),
    ],
)
def test_unclear_single_days_are_refused(fields: dict[str, Any], said: str) -> None:
    """
    A single day is one date, with hours or whole, or one span of instants, and nothing between.
    """
    with pytest.raises(Invalid, match=said):
        OneOff(**fields)


def test_a_calendar_of_single_openings_ends() -> None:
    """
    A calendar whose only openings lie in the past refuses to give time, naming itself.
    """
    past = Calendar(id="fair", zone="UTC", openings=[OneOff(date=date(2020, 5, 1), hours="08:00-16:00")])

    assert datetime(2020, 5, 1, 12, tzinfo=UTC) == past.add(
        datetime(2020, 1, 1, tzinfo=UTC), "4 working hours"
    )
    for amount in ("1 working hour", "1 working day"):
        with pytest.raises(Invalid, match="The calendar fair has"):
            past.add(datetime(2026, 1, 1, tzinfo=UTC), amount)
    with pytest.raises(Invalid, match="The calendar fair has fewer working days"):
        past.subtract(datetime(2026, 1, 1, tzinfo=UTC), "2 working days")


def test_a_night_without_its_evening_is_no_working_day_when_its_morning_is_closed() -> None:
    """
    A shift that a break has moved behind midnight belongs to its date, and falls away with that morning.
    """
    nights: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "weekly": {"mon": "22:00-06:00", "thu": "08:00-12:00"},
        "breaks": {"mon": "22:00-24:00"},
    }
    morning = Calendar(**nights, closures=[OneOff(date=TUESDAY, hours="00:00-06:00")])
    sunday = MONDAY - timedelta(hours=12)

    assert MONDAY + timedelta(days=1) == Calendar(**nights).add(sunday, "1 working day")
    assert MONDAY + timedelta(days=3, hours=12) == morning.add(sunday, "1 working day")


def test_a_closure_past_midnight_may_take_a_working_day() -> None:
    """
    A short shift after midnight that lies in a closure of the evening before makes its date no working day.
    """
    early: dict[str, Any] = {"zone": "Europe/Berlin", "weekly": {"tue,thu": "00:30-01:30"}}
    closed = Calendar(**early, closures=[OneOff(date=MONDAY.date(), hours="20:00-02:00")])
    start = MONDAY + timedelta(minutes=60)

    assert MONDAY + timedelta(days=1, minutes=60) == Calendar(**early).add(start, "1 working day")
    assert MONDAY + timedelta(days=3, minutes=60) == closed.add(start, "1 working day")
