"""Promises of single dates: what belongs to each adds up to the calendar, at every kind of change."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from jobkit.calendars import Calendar, Holiday, OneOff, Policies
from jobkit.calendars._spans import clipped, joined
from jobkit.calendars._ticks import DAY, FIRST, year_start
from jobkit.calendars._zones import zone_names, zone_of
from jobkit.instants import EPOCH, TICK

WEEKS: tuple[dict[str, str], ...] = (
    {"mon-sun": "00:00-24:00"},
    {"mon-fri": "08:00-12:00 13:00-17:00"},
    {"mon,wed,sat": "22:00-06:00"},
    {"tue,fri,sun": "20:00-20:00"},
    {"mon-sun": "02:10-02:50 23:30-23:45"},
    {},
)


def around(chance: Random, since: int = FIRST) -> tuple[str, int]:
    """Return a zone and one of the ticks at which its offset changes, from *since* on."""
    while True:
        zone = chance.choice(sorted(zone_names()))
        changes = zone_of(zone).stretches(since, year_start(2040))[1:]
        if changes:
            return zone, chance.choice(changes)[0]


def changed(chance: Random, at: int) -> OneOff:
    """Return a single opening or closure near a tick: a whole date, a part of it, or instants."""
    day = (EPOCH + at * TICK).date() + timedelta(days=chance.randrange(-4, 4))
    start = EPOCH + at * TICK + timedelta(hours=chance.randrange(-60, 60))
    return chance.choice(
        [
            OneOff(date=day),
            OneOff(date=day, hours="20:00-02:00"),
            OneOff(start=start, end=start + timedelta(hours=chance.randrange(1, 50))),
        ]
    )


def some_calendar(chance: Random) -> tuple[Calendar, int]:
    """Return a calendar of any zone with everything in it, and the date of a change of its offset."""
    zone, at = around(chance)
    near = date(1970, 1, 1) + timedelta(days=at // DAY + chance.randrange(-3, 3))
    fair = Holiday(name="Fair", on=near.isoformat(), closed=chance.choice([None, "12:00-24:00"]))
    settings: dict[str, Any] = {
        "overnight": chance.choice(["opening_date", "civil_day"]),
        "fold": chance.choice(["both", "first", "second"]),
        "gap": chance.choice(["jump", "later", "earlier"]),
    }
    calendar = Calendar(
        zone=zone,
        weekly=chance.choice(WEEKS),
        closed=[near + timedelta(days=1)],
        holidays=[fair],
        openings=[changed(chance, at)],
        closures=[changed(chance, at)],
        policies=Policies(**settings),
    )
    return calendar, at // DAY


@pytest.mark.parametrize("seed", range(60))
def test_working_days_are_the_dates_that_have_spans(seed: int) -> None:
    """
    A date is a working day exactly if some open span belongs to it.
    """
    calendar, day = some_calendar(Random(seed))
    dates = range(day - 12, day + 12)

    assert [each for each in dates if calendar.day_spans(each)] == calendar.working_dates(day - 12, day + 12)


@pytest.mark.parametrize("seed", range(60))
def test_the_spans_of_all_dates_are_the_calendar(seed: int) -> None:
    """
    Nothing is open that belongs to no date, and nothing that belongs to a date is closed.
    """
    calendar, day = some_calendar(Random(seed))
    by_date = joined(span for each in range(day - 12, day + 12) for span in calendar.day_spans(each))
    window = ((day - 7) * DAY, (day + 7) * DAY)

    assert calendar.spans(*window) == clipped(by_date, *window)


@pytest.mark.parametrize("seed", range(60))
def test_a_window_shows_of_a_larger_one_its_part(seed: int) -> None:
    """
    What is open does not depend on where one begins and ends to look, be it in the middle of a shift.
    """
    chance = Random(seed)
    calendar, day = some_calendar(chance)
    large = calendar.spans((day - 12) * DAY, (day + 12) * DAY)
    for _ in range(12):
        start = chance.randrange((day - 6) * DAY, (day + 6) * DAY)
        window = (start, start + chance.choice([1, DAY // 24, 3 * DAY]))

        assert clipped(large, *window) == calendar.spans(*window)


@pytest.mark.parametrize("seed", range(30))
def test_a_jump_of_the_wall_counts_in_one_window(seed: int) -> None:
    """
    With wall-length days two windows that meet count what one does, also where they meet at a jump.
    """
    zone, at = around(Random(seed), year_start(2000))
    night = Calendar(zone=zone, weekly={"mon-sun": "21:30-04:30"}, policies=Policies(day_length="wall"))
    windows = [(at - 4 * DAY, at), (at, at + 4 * DAY), (at - 4 * DAY, at + 4 * DAY)]
    before, after, whole = (sum(amount for _, _, amount in night.pieces(*window)) for window in windows)

    assert before + after == whole


@pytest.mark.parametrize("seed", range(30))
def test_hours_of_the_wall_count_up_as_they_are_reached(seed: int) -> None:
    """
    With wall-length days, too, each amount is reached at the first instant that has it.
    """
    chance = Random(seed)
    zone, at = around(chance, year_start(2000))
    night = Calendar(zone=zone, weekly={"mon-sun": "21:30-04:30"}, policies=Policies(day_length="wall"))
    begun, ended = night.hours.count(at - 4 * DAY), night.hours.count(at + 4 * DAY)

    for amount in (chance.randrange(begun + 1, ended) for _ in range(40)):
        found = night.hours.reach(amount)
        assert night.hours.count(found - 1) < amount <= night.hours.count(found)


@pytest.mark.parametrize("seed", range(30))
def test_a_wall_night_counts_its_wall_length(seed: int) -> None:
    """
    A night of seven hours on the wall counts seven hours, whatever the clocks do in it.
    """
    zone, at = around(Random(seed), year_start(2000))
    night = Calendar(zone=zone, weekly={"mon-sun": "21:30-04:30"}, policies=Policies(day_length="wall"))
    for day in range(at // DAY - 3, at // DAY + 3):
        spans = night.day_spans(day)
        assert not spans or 7 * 3_600_000_000 == night.hours.count(spans[-1][1]) - night.hours.count(
            night.hours.previous_closing(spans[0][0])
        )
