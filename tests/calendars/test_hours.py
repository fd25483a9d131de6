"""Promises of the engine: exact counts in ticks, whatever was compiled before, and limits."""

from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from jobkit.calendars import Calendar, Hours, Policies
from jobkit.calendars._ticks import DAY, FIRST, LAST, MINUTE, ORIGIN, SECOND, year_start
from jobkit.errors import Invalid
from jobkit.instants import tick_of

HOUR = 60 * MINUTE
WEEK = {"mon-fri": "08:00-12:00 13:00-17:00", "sat": "22:00-06:00"}


def fresh() -> Hours:
    """Return an engine that has compiled nothing yet."""
    return Calendar(zone="Europe/Berlin", weekly=WEEK).hours


def test_growing_in_any_order_changes_nothing() -> None:
    """
    Counts, openings and sums are the same for an engine that grew forward, backward or both.
    """
    asked = [year_start(year) + 100 * DAY for year in (1950, 1995, 2024, 2031, 2090)]
    grown = fresh()
    expected = [grown.count(at) for at in asked]
    for seed in range(4):
        order = Random(seed).sample(asked, len(asked))
        other = fresh()

        assert {at: other.count(at) for at in order} == dict(zip(asked, expected, strict=True))
        assert other.elapsed(asked[0], asked[-1]) == expected[-1] - expected[0]


def test_counting_begins_at_a_fixed_instant() -> None:
    """
    The count at the beginning of 2024 is nothing, before it less, after it more.
    """
    hours = fresh()

    assert 0 == hours.count(ORIGIN) == hours.count(tick_of(datetime(2024, 1, 1, tzinfo=UTC)))
    assert hours.count(ORIGIN - 7 * DAY) < 0 < hours.count(ORIGIN + 7 * DAY)


def test_a_span_across_new_year_is_one_span() -> None:
    """
    The years in which an engine grows cannot be seen: an open new year's night is not cut.
    """
    always = Calendar.always().hours
    always.count(year_start(2030))

    assert [(year_start(2025), year_start(2027))] == always.spans(year_start(2025), year_start(2027))


def test_columns_give_what_count_gives() -> None:
    """
    Whoever holds the columns of a window can count in it without the engine.
    """
    hours = fresh()
    starts, ends, counts = hours.columns(ORIGIN, ORIGIN + 400 * DAY)
    chance = Random(3)
    for at in (chance.randrange(ORIGIN, ORIGIN + 400 * DAY) for _ in range(300)):
        place = bisect_right(starts, at) - 1
        assert place >= 0
        assert hours.count(at) == counts[place] - max(ends[place] - at, 0)


def test_reach_is_the_first_instant_of_its_count() -> None:
    """
    At the instant that is reached the count is the amount, and one tick before it is less.
    """
    hours = fresh()
    for amount in (1, HOUR, 4 * HOUR, 4 * HOUR + 1, 1000 * HOUR, -HOUR, -1):
        at = hours.reach(amount)

        assert (amount, amount - 1) == (hours.count(at), hours.count(at - 1))


def test_back_is_the_last_instant_of_its_count() -> None:
    """
    At the instant gone back to the count is the amount, and one tick after it is more.
    """
    hours = fresh()
    for amount in (0, HOUR, 4 * HOUR, -4 * HOUR):
        at = hours.back(amount)

        assert (amount, amount + 1) == (hours.count(at), hours.count(at + 1))


def test_a_negative_amount_goes_back() -> None:
    """
    Adding less than nothing in ticks is subtracting.
    """
    hours = fresh()
    friday = tick_of(datetime(2026, 3, 27, 15, tzinfo=UTC))

    assert hours.subtract(friday, 5 * HOUR) == hours.add(friday, -5 * HOUR)
    assert 5 * HOUR == hours.elapsed(hours.add(friday, -5 * HOUR), friday)
    assert friday == hours.add(friday, 0) == hours.subtract(friday, 0)


def test_reversed_instants_count_negative() -> None:
    """
    In ticks the elapsed time has a sign, also across years that are not compiled yet.
    """
    early, late = year_start(2010), year_start(2040)

    assert -fresh().elapsed(early, late) == fresh().elapsed(late, early) < 0


def test_threads_see_the_same_counts() -> None:
    """
    Eight threads that let one engine grow at once all get what it answers alone.
    """
    asked = [year_start(2000 + 5 * place) + place * DAY for place in range(12)]
    expected = [fresh().count(at) for at in asked]
    shared = fresh()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shared.count, asked))

    assert expected == found


@pytest.mark.parametrize(
    "ask",
    [
        lambda hours: hours.count(FIRST - 1),
        lambda hours: hours.count(LAST),
        lambda hours: hours.elapsed(ORIGIN, LAST + DAY),
        lambda hours: hours.add(10**30, 0),
        lambda hours: hours.is_open(-(10**30)),
        lambda hours: hours.columns(ORIGIN, LAST + 1),
    ],
)
def test_instants_outside_of_the_years_are_refused(ask: Callable[[Hours], object]) -> None:
    """
    Before 1800 and from 2200 on no calendar is compiled, and the error says so.
    """
    with pytest.raises(Invalid, match="1800 to 2200"):
        ask(fresh())


@pytest.mark.parametrize(
    "ask",
    [
        lambda hours: hours.add(ORIGIN, 10**9 * HOUR),
        lambda hours: hours.add(ORIGIN, 60_000 * 8 * HOUR),
        lambda hours: hours.subtract(ORIGIN, 10**9 * HOUR),
        lambda hours: hours.subtract(ORIGIN, 100_000 * 8 * HOUR),
    ],
)
def test_amounts_that_are_never_given_are_refused(ask: Callable[[Hours], object]) -> None:
    """
    More open time than the years hold is one error that names the calendar.
    """
    with pytest.raises(Invalid, match="The calendar calendar has no opening left"):
        ask(fresh())


def test_a_whole_calendar_is_counted_to_its_ends() -> None:
    """
    The first and the last instant of the years can be reached, and nothing beyond them.
    """
    always = Calendar.always().hours

    assert LAST - 1 - FIRST == always.elapsed(FIRST, LAST - 1)
    assert FIRST == always.reach(always.count(FIRST))
    assert LAST == always.add(ORIGIN, LAST - ORIGIN)
    with pytest.raises(Invalid):
        always.add(ORIGIN, LAST - ORIGIN + 1)
    with pytest.raises(Invalid):
        always.back(always.count(FIRST) - 1)


@pytest.mark.parametrize("turn", ["next_opening", "next_closing", "previous_opening", "previous_closing"])
@pytest.mark.parametrize("calendar", [Calendar.always(), Calendar(zone="UTC")], ids=["always", "never"])
def test_what_never_turns_is_refused(turn: str, calendar: Calendar) -> None:
    """
    A calendar that is always or never open has no opening and no closing, and says so.
    """
    with pytest.raises(Invalid, match=f"has no {turn.partition('_')[2]} there"):
        getattr(calendar.hours, turn)(ORIGIN)


def test_jumps_of_the_wall_are_reached_at_their_instant() -> None:
    """
    With wall-length days an amount inside of a gap is reached when the clocks jump.
    """
    wall = Policies(day_length="wall")
    night = Calendar(zone="Europe/Berlin", weekly={"sat": "22:00-06:00"}, policies=wall).hours
    opening = tick_of(datetime(2026, 3, 28, 21, tzinfo=UTC))
    jump = tick_of(datetime(2026, 3, 29, 1, tzinfo=UTC))

    assert [jump, jump, jump + SECOND] == [
        night.add(opening, amount) for amount in (4 * HOUR + 1, 5 * HOUR, 5 * HOUR + SECOND)
    ]


def test_reaching_into_a_jump_is_its_instant() -> None:
    """
    A count that the wall skips is reached at the jump, asked as a count too.
    """
    wall = Policies(day_length="wall")
    night = Calendar(zone="Europe/Berlin", weekly={"sat": "22:00-06:00"}, policies=wall).hours
    jump = tick_of(datetime(2026, 3, 29, 1, tzinfo=UTC))

    assert jump == night.reach(night.count(jump) - HOUR // 2)


def test_the_count_of_the_origin_was_reached_before_it() -> None:
    """
    The first instant at which nothing is left to count is the last closing before the origin.
    """
    assert tick_of(datetime(2023, 12, 31, 5, tzinfo=UTC)) == fresh().reach(0)


def test_a_date_that_is_open_throughout_closes_at_its_end() -> None:
    """
    Where hours go on for days, a working day that lands at closing lands at the end of its date.
    """
    always = Calendar(zone="UTC", weekly={"mon-sun": "00:00-24:00"}, policies=Policies(working_day="closing"))
    monday = datetime(2026, 3, 23, 12, tzinfo=UTC)

    assert datetime(2026, 3, 25, tzinfo=UTC) == (always & always).add(monday, "1 working day")


def test_a_jump_of_a_year_that_is_not_compiled_yet_is_reached_at_its_instant() -> None:
    """
    Where an engine has to grow to a count that the wall skips, it finds the jump too.
    """
    wall = Policies(day_length="wall")
    night: dict[str, Any] = {"zone": "Europe/Berlin", "weekly": {"sat": "22:00-06:00"}, "policies": wall}
    jump = tick_of(datetime(2030, 3, 31, 1, tzinfo=UTC))
    skipped = Calendar(**night).hours.count(jump) - HOUR // 2

    assert jump == Calendar(**night).hours.reach(skipped)
