"""Promises of the policies: each setting does what its name says, and the default stands first."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobkit.calendars import Calendar, Edition, Editions, OneOff, Policies
from jobkit.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = {"fri": "22:00-06:00"}
FRIDAY = datetime(2026, 3, 27, 12, tzinfo=BERLIN)
BEFORE_GAP = datetime(2026, 3, 28, 12, tzinfo=BERLIN)
AFTER_GAP = datetime(2026, 3, 29, 12, tzinfo=BERLIN)
BEFORE_FOLD = datetime(2026, 10, 24, 12, tzinfo=BERLIN)
AFTER_FOLD = datetime(2026, 10, 25, 12, tzinfo=BERLIN)


def calendar(weekly: dict[str, str], **settings: Any) -> Calendar:
    """Return weekly hours in Berlin under the given settings."""
    rest = {name: settings.pop(name) for name in ("closed", "openings", "closures") if name in settings}
    return Calendar(zone="Europe/Berlin", weekly=weekly, policies=Policies(**settings), **rest)


def spans(of: Calendar, start: datetime, end: datetime) -> list[str]:
    """Return open spans in UTC as people write them."""
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in of.intervals(start, end)]


@pytest.mark.parametrize(
    ("setting", "ends"),
    [
        ("closing", datetime(2026, 3, 27, 17, tzinfo=BERLIN)),
        ("next_opening", datetime(2026, 3, 30, 8, tzinfo=BERLIN)),
    ],
)
def test_a_target_exactly_at_closing(setting: str, ends: datetime) -> None:
    """
    An amount that is used up at closing ends there, or at the next opening.
    """
    office = calendar({"mon-fri": "08:00-17:00"}, at_closing=setting)

    assert ends == office.add(FRIDAY, "5 working hours")


def test_nothing_added_in_closed_time_ends_at_the_next_opening_by_policy() -> None:
    """
    Under next_opening no result of adding lies in closed time, and subtracting nothing moves nothing.
    """
    office = calendar({"mon-fri": "08:00-17:00"}, at_closing="next_opening")
    saturday = FRIDAY + timedelta(days=1)

    assert datetime(2026, 3, 30, 8, tzinfo=BERLIN) == office.add(saturday, timedelta())
    assert saturday == office.subtract(saturday, timedelta())


def test_going_on_to_an_opening_that_never_comes_is_refused() -> None:
    """
    Under next_opening the last closing of all is followed by an error, not by a loop.
    """
    once = calendar({}, at_closing="next_opening", openings=[OneOff(date=date(2026, 3, 27))])

    with pytest.raises(Invalid, match="has no opening"):
        once.add(FRIDAY, "12 working hours")


@pytest.mark.parametrize(("setting", "expected"), [("closed", False), ("open", True)])
def test_the_closing_instant(setting: str, expected: bool) -> None:
    """
    The closing instant is closed, or open; the tick after it is closed either way.
    """
    office = calendar({"mon-fri": "08:00-12:00"}, closing_instant=setting)

    assert (expected, False) == (office.is_open(FRIDAY), office.is_open(FRIDAY + timedelta(microseconds=1)))


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("jump", ["01:00-02:00"]), ("later", ["01:30-02:00"]), ("earlier", ["00:30-02:00"])],
)
def test_hours_that_begin_in_a_gap(setting: str, expected: list[str]) -> None:
    """
    Hours from 02:30 on the day without that time begin at the jump, half an hour later or earlier.
    """
    assert expected == spans(calendar({"sun": "02:30-04:00"}, gap=setting), BEFORE_GAP, AFTER_GAP)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("both", ["00:30-01:45"]), ("first", ["00:30-00:45"]), ("second", ["01:30-01:45"])],
)
def test_hours_inside_a_fold(setting: str, expected: list[str]) -> None:
    """
    Hours from 02:30 to 02:45, which come twice, span both, or are the first or the second.
    """
    assert expected == spans(calendar({"sun": "02:30-02:45"}, fold=setting), BEFORE_FOLD, AFTER_FOLD)


@pytest.mark.parametrize(("setting", "gap", "fold"), [("real", 7, 9), ("wall", 8, 8)])
def test_the_length_of_a_night(setting: str, gap: int, fold: int) -> None:
    """
    A night of eight hours on the wall counts what really passes, or always eight hours.
    """
    night = calendar({"sat": "22:00-06:00"}, day_length=setting)

    assert timedelta(hours=gap) == night.elapsed(BEFORE_GAP, AFTER_GAP)
    assert timedelta(hours=fold) == night.elapsed(BEFORE_FOLD, AFTER_FOLD)


def test_wall_time_that_comes_again_counts_nothing() -> None:
    """
    With wall-length days the second pass through a fold counts nothing, though the calendar is open.
    """
    night = calendar({"sat": "22:00-06:00"}, day_length="wall")
    first = datetime(2026, 10, 25, 0, tzinfo=UTC)

    assert timedelta(hours=1) == night.elapsed(first, first + timedelta(hours=2))
    assert night.is_open(first + timedelta(minutes=90))


def test_wall_length_counts_openings_and_closures_by_instant() -> None:
    """
    What is opened by hand counts its own length, and what is closed by hand takes its part away.
    """
    opened = OneOff(start=datetime(2026, 3, 29, 6, tzinfo=UTC), end=datetime(2026, 3, 29, 8, tzinfo=UTC))
    closed = OneOff(start=datetime(2026, 3, 28, 22, tzinfo=UTC), end=datetime(2026, 3, 28, 23, tzinfo=UTC))
    night = calendar({"sat": "22:00-06:00"}, day_length="wall", openings=[opened], closures=[closed])

    assert timedelta(hours=8 + 2 - 1) == night.elapsed(BEFORE_GAP, AFTER_GAP)


def test_hours_that_end_in_a_gap_keep_their_wall_length() -> None:
    """
    A shift until 02:30 counts the half hour that the wall skips at the jump which ends it.
    """
    early = calendar({"sun": "01:00-02:30"}, day_length="wall")
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)

    assert timedelta(minutes=90) == early.elapsed(BEFORE_GAP, AFTER_GAP)
    assert timedelta(minutes=30) == early.elapsed(jump - timedelta(microseconds=1), jump) - timedelta(
        microseconds=1
    )


def test_a_shift_within_a_gap_counts_nothing() -> None:
    """
    Hours that lie in a gap altogether have no instant, whatever the length of days.
    """
    for length in ("real", "wall"):
        lost = calendar({"sun": "02:10-02:50"}, day_length=length)
        assert timedelta() == lost.elapsed(BEFORE_GAP, AFTER_GAP)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("opening_date", ["21:00-05:00"]), ("civil_day", ["21:00-23:00"])],
)
def test_a_closed_day_after_an_overnight_shift(setting: str, expected: list[str]) -> None:
    """
    A shift that opens on the eve goes on into the closed date, or ends when that date begins.
    """
    night = calendar(NIGHT, overnight=setting, closed={date(2026, 3, 28)})

    assert expected == spans(night, FRIDAY, FRIDAY + timedelta(days=1))


@pytest.mark.parametrize(("setting", "expected"), [("opening_date", []), ("civil_day", ["23:00-05:00"])])
def test_a_closed_day_on_which_an_overnight_shift_opens(setting: str, expected: list[str]) -> None:
    """
    The shift falls away whole, or keeps what lies on the next date.
    """
    night = calendar(NIGHT, overnight=setting, closed={date(2026, 3, 27)})

    assert expected == spans(night, FRIDAY, FRIDAY + timedelta(days=1))


@pytest.mark.parametrize(("setting", "expected"), [("negative", -5), ("zero", 0)])
def test_reversed_spans(setting: str, expected: int) -> None:
    """
    From a later to an earlier instant the elapsed time is negative, or nothing.
    """
    office = calendar({"mon-fri": "08:00-17:00"}, reversed=setting)

    assert timedelta(hours=expected) == office.elapsed(FRIDAY + timedelta(days=1), FRIDAY)


def test_reversed_spans_can_be_refused() -> None:
    """
    Under refused a span that ends before it begins is an error; an empty one is not.
    """
    office = calendar({"mon-fri": "08:00-17:00"}, reversed="refused")

    assert timedelta() == office.elapsed(FRIDAY, FRIDAY)
    with pytest.raises(Invalid, match="ends before it begins"):
        office.elapsed(FRIDAY + timedelta(days=1), FRIDAY)


@pytest.mark.parametrize(
    ("size", "direction", "expected"),
    [
        ("none", "up", 90.6),
        ("second", "down", 90),
        ("second", "up", 91),
        ("second", "nearest", 91),
        ("minute", "down", 60),
        ("minute", "up", 120),
        ("minute", "nearest", 120),
    ],
)
def test_rounding(size: str, direction: str, expected: float) -> None:
    """
    An amount is rounded to its size and direction, a negative one like its positive twin.
    """
    office = calendar({"mon-fri": "08:00-17:00"}, rounding=size, rounding_direction=direction)
    end = FRIDAY + timedelta(seconds=90.6)

    assert timedelta(seconds=expected) == office.elapsed(FRIDAY, end) == -office.elapsed(end, FRIDAY)
    assert FRIDAY + timedelta(seconds=expected) == office.add(FRIDAY, timedelta(seconds=90.6))


def test_rounding_leaves_ticks_alone() -> None:
    """
    The engine counts exactly under any rounding.
    """
    office = calendar({"mon-fri": "08:00-17:00"}, rounding="minute")

    assert 1 == office.hours.elapsed(office.hours.reach(1) - 1, office.hours.reach(1))


@pytest.mark.parametrize(
    ("setting", "hour", "lands"),
    [
        ("same_time", 10, 10),
        ("same_time", 6, 8),
        ("same_time", 12, 12),
        ("same_time", 20, 17),
        ("closing", 10, 17),
    ],
)
def test_where_a_working_day_lands(setting: str, hour: int, lands: int) -> None:
    """
    The same time of day is moved into the hours of the date; or the last closing of the date is taken.
    """
    office = calendar({"mon-fri": "08:00-12:00 13:00-17:00"}, working_day=setting)

    assert datetime(2026, 3, 30, lands, tzinfo=BERLIN) == office.add(
        FRIDAY.replace(hour=hour), "1 working day"
    )


@pytest.mark.parametrize(
    ("setting", "hour", "minute", "lands"),
    [
        ("same_time", 10, 0, 10),
        ("same_time", 6, 0, 8),
        ("same_time", 12, 30, 12),
        ("same_time", 20, 0, 17),
        ("closing", 10, 0, 8),
    ],
)
def test_where_a_working_day_back_lands(setting: str, hour: int, minute: int, lands: int) -> None:
    """
    Going back mirrors going on: to the closing before, or to the first opening of the date.
    """
    office = calendar({"mon-fri": "08:00-12:00 13:00-17:00"}, working_day=setting)
    start = FRIDAY.replace(hour=hour, minute=minute)

    assert datetime(2026, 3, 26, lands, tzinfo=BERLIN) == office.subtract(start, "1 working day")


def test_moved_gaps_and_wall_lengths_exclude_each_other() -> None:
    """
    Hours moved out of a gap have no wall length, so both together are refused.
    """
    with pytest.raises(Invalid, match="Wall-length days"):
        Policies(day_length="wall", gap="later")


def test_the_defaults_are_the_first_choices() -> None:
    """
    A calendar without settings has the defaults that the docs state.
    """
    expected = Policies(
        at_closing="closing",
        closing_instant="closed",
        gap="jump",
        fold="both",
        day_length="real",
        overnight="opening_date",
        reversed="negative",
        rounding="none",
        rounding_direction="down",
        working_day="same_time",
    )

    assert expected == Policies() == Calendar.always().policies


@pytest.mark.parametrize("fold", ["both", "first", "second"])
def test_hours_that_close_as_a_fold_begins_have_closed(fold: str) -> None:
    """
    A shift until two o'clock ends when it is two for the first time, an hour before the clocks go back to it.
    """
    night = calendar({"sat": "22:00-02:00"}, fold=fold)

    assert ["20:00-00:00"] == spans(night, BEFORE_FOLD, AFTER_FOLD)


@pytest.mark.parametrize("gap", ["jump", "later", "earlier"])
def test_hours_that_close_as_a_gap_begins_have_closed(gap: str) -> None:
    """
    A shift until two o'clock ends at the jump from two to three, and no setting moves its end.
    """
    night = calendar({"sat": "22:00-02:00"}, gap=gap)

    assert ["21:00-01:00"] == spans(night, BEFORE_GAP, AFTER_GAP)


@pytest.mark.parametrize("minute", [30, 90, 150])
def test_an_edit_in_the_hour_that_comes_twice_counts_nothing_twice(minute: int) -> None:
    """
    With wall-length days an edit that changes nothing counts nothing, before, in and after the repeated hour.
    """
    wall = Policies(day_length="wall")
    night = Calendar(zone="Europe/Berlin", weekly={"sat": "22:00-06:00"}, policies=wall)
    midnight = datetime(2026, 10, 25, tzinfo=UTC)
    shop = Editions(id="shop", editions=[Edition(calendar=night)])
    shop = shop.edited(night, effective_from=midnight + timedelta(minutes=minute), backdated=True)

    assert timedelta(hours=8) == shop.elapsed(midnight - timedelta(days=1), midnight + timedelta(days=1))
    assert night.add(midnight, "4 working hours") == shop.add(midnight, "4 working hours")


def test_going_on_to_the_next_opening_is_for_closings_only() -> None:
    """
    Under next_opening an amount that ends within hours ends there, and at a closing it goes on each time.
    """
    office = calendar({"mon-fri": "08:00-17:00"}, at_closing="next_opening")
    monday = datetime(2026, 3, 30, 8, tzinfo=BERLIN)
    ends = [office.add(FRIDAY, f"{hours} working hours") for hours in (5, 5, 3, 0)]

    assert [monday, monday, FRIDAY + timedelta(hours=3), FRIDAY] == ends


def test_an_edition_of_wall_length_counts_by_the_wall_after_one_of_real_length() -> None:
    """
    Each edition counts days as its own policies say, whatever the first one says.
    """
    plain, wall = calendar({"sat": "22:00-06:00"}), calendar({"sat": "22:00-06:00"}, day_length="wall")
    shop = Editions(id="shop", editions=[Edition(calendar=plain)])
    shop = shop.edited(wall, effective_from=BEFORE_FOLD, backdated=True)

    assert timedelta(hours=7) == shop.elapsed(BEFORE_GAP, AFTER_GAP)
    assert timedelta(hours=8) == shop.elapsed(BEFORE_FOLD, AFTER_FOLD)
