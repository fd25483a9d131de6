"""Laws of counting business time: it adds up, it turns back, and no way of asking changes an answer."""

from bisect import bisect_right
from datetime import UTC, timedelta, timezone
from functools import partial
from itertools import pairwise, permutations
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
from hypothesis import given
from hypothesis import strategies as st

from jobkit.calendars import BusinessTime, Calendar
from jobkit.durations import Working
from tests.laws._calendars import (
    DAY,
    MOMENT,
    SLOW,
    ZERO,
    ZONES,
    amounts,
    at,
    fresh,
    given_or_never,
    near,
    plain_calendars,
    spans_of,
    timetables,
)

Timetable = tuple[BusinessTime, int]


@given(timetables(), st.data())
def test_elapsed_is_additive(timetable: Timetable, data: st.DataObject) -> None:
    """
    Going through a third instant, before, between or after, changes nothing.
    """
    calendar, jump = timetable
    start, middle, end = (data.draw(near(jump)) for _ in range(3))

    assert calendar.elapsed(start, end) == calendar.elapsed(start, middle) + calendar.elapsed(middle, end)


@SLOW
@given(plain_calendars(day_length=["wall"], at_closing=["closing", "next_opening"]), st.data())
def test_wall_length_is_additive(timetable: tuple[Calendar, int], data: st.DataObject) -> None:
    """
    Days of wall length add up as real ones do, also where one instant counts an hour.
    """
    calendar, jump = timetable
    start, middle, end = (data.draw(near(jump)) for _ in range(3))

    assert calendar.elapsed(start, end) == calendar.elapsed(start, middle) + calendar.elapsed(middle, end)


@SLOW
@given(timetables(), st.data())
def test_elapsed_turns_its_sign_with_its_direction(timetable: Timetable, data: st.DataObject) -> None:
    """
    The other way round is as much, less than nothing; from an instant to itself nothing passes.
    """
    calendar, jump = timetable
    start, end = data.draw(near(jump)), data.draw(near(jump))

    assert calendar.elapsed(start, end) == -calendar.elapsed(end, start)
    assert calendar.elapsed(start, start) == ZERO


@SLOW
@given(timetables(), st.data())
def test_elapsed_lies_between_nothing_and_real_time(timetable: Timetable, data: st.DataObject) -> None:
    """
    Open time is never negative and never more than the time that really passed.
    """
    calendar, jump = timetable
    start, end = sorted((data.draw(near(jump)), data.draw(near(jump))))

    assert ZERO <= calendar.elapsed(start, end) <= end - start


@given(timetables(), st.data(), amounts)
def test_elapsed_undoes_add(timetable: Timetable, data: st.DataObject, amount: timedelta) -> None:
    """
    After adding an amount exactly that amount has passed, and a moment earlier it had not.
    """
    calendar, jump = timetable
    start = data.draw(near(jump))
    end = given_or_never(lambda: calendar.add(start, amount))

    assert amount == calendar.elapsed(start, end)
    assert amount == ZERO or calendar.elapsed(start, end - MOMENT) < amount


@given(timetables(), st.data(), amounts)
def test_elapsed_undoes_subtract(timetable: Timetable, data: st.DataObject, amount: timedelta) -> None:
    """
    Since the instant that subtracting finds exactly the amount has passed, and a moment later it is less.
    """
    calendar, jump = timetable
    end = data.draw(near(jump))
    start = given_or_never(lambda: calendar.subtract(end, amount))

    assert amount == calendar.elapsed(start, end)
    assert amount == ZERO or calendar.elapsed(start + MOMENT, end) < amount


@SLOW
@given(timetables(), st.data())
def test_add_undoes_elapsed(timetable: Timetable, data: st.DataObject) -> None:
    """
    Adding what has passed between two instants leads to the second, or to where closed time before it begins.
    """
    calendar, jump = timetable
    start, end = sorted((data.draw(near(jump)), data.draw(near(jump))))
    found = calendar.add(start, calendar.elapsed(start, end))
    back = calendar.subtract(end, calendar.elapsed(start, end))

    assert start <= found <= end
    assert ZERO == calendar.elapsed(found, end)
    assert start <= back <= end
    assert ZERO == calendar.elapsed(start, back)


@SLOW
@given(timetables(), st.data(), amounts)
def test_subtract_undoes_add(timetable: Timetable, data: st.DataObject, amount: timedelta) -> None:
    """
    There and back again ends where it began, or across closed time from there.
    """
    calendar, jump = timetable
    start = data.draw(near(jump))
    there = given_or_never(lambda: calendar.add(start, amount))
    back = given_or_never(lambda: calendar.subtract(there, amount))

    assert start <= back
    assert ZERO == calendar.elapsed(start, back)


@SLOW
@given(timetables(), st.data(), amounts, amounts)
def test_add_goes_in_steps(
    timetable: Timetable, data: st.DataObject, first: timedelta, then: timedelta
) -> None:
    """
    Adding one amount and then another is adding both at once.
    """
    calendar, jump = timetable
    start = data.draw(near(jump))
    at_once = given_or_never(lambda: calendar.add(start, first + then))

    # Nothing added stays where it is, also in closed time, so only an amount can move on from a closing.
    assert at_once == calendar.add(calendar.add(start, first), then) or then == ZERO


@given(timetables(), st.data(), amounts, amounts)
def test_later_starts_and_more_time_end_no_earlier(
    timetable: Timetable, data: st.DataObject, less: timedelta, more: timedelta
) -> None:
    """
    Whoever starts later ends no earlier, more time ends no earlier, and elapsed never falls.
    """
    calendar, jump = timetable
    earlier, later = sorted((data.draw(near(jump)), data.draw(near(jump))))
    less, more = sorted((less, more))
    end = given_or_never(lambda: calendar.add(later, more))

    assert calendar.add(earlier, more) <= end
    assert calendar.add(later, less) <= end
    assert calendar.elapsed(at(jump), earlier) <= calendar.elapsed(at(jump), later)


@SLOW
@given(plain_calendars(at_closing=["next_opening"]), st.data(), amounts)
def test_a_target_at_a_closing_may_go_to_the_next_opening(
    timetable: tuple[Calendar, int], data: st.DataObject, amount: timedelta
) -> None:
    """
    Under that policy no result of adding lies in closed time, and the amount has passed all the same.
    """
    calendar, jump = timetable
    start = data.draw(near(jump))
    end = given_or_never(lambda: calendar.add(start, amount))

    assert calendar.is_open(end)
    assert amount == calendar.elapsed(start, end)


labels = st.one_of(
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from(ZONES).map(pendulum.timezone),
    st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds))),
)


@SLOW
@given(timetables(), st.data(), labels, amounts)
def test_the_zone_of_an_input_changes_nothing(
    timetable: Timetable, data: st.DataObject, label: Any, amount: timedelta
) -> None:
    """
    The same instants in other zones, of the standard library, of pendulum or fixed, give the same answers.
    """
    calendar, jump = timetable
    start, end = data.draw(near(jump)), data.draw(near(jump))
    here, there = start.astimezone(label), pendulum.instance(end).in_timezone("Asia/Kathmandu")
    added = given_or_never(lambda: calendar.add(start, amount))

    assert calendar.elapsed(start, end) == calendar.elapsed(here, there)
    assert calendar.is_open(start) is calendar.is_open(here)
    assert calendar.intervals(start, end) == calendar.intervals(here, there)
    assert (added, UTC) == (calendar.add(here, amount), added.tzinfo)


@given(timetables(), st.data())
def test_intervals_are_all_that_is_open(timetable: Timetable, data: st.DataObject) -> None:
    """
    Open intervals are in order, apart from each other, open inside, closed outside, and add up to elapsed.
    """
    calendar, jump = timetable
    start, end = sorted((data.draw(near(jump)), data.draw(near(jump))))
    spans = calendar.intervals(start, end)
    probes = [data.draw(near(jump)) for _ in range(5)] + [edge for span in spans for edge in span]

    assert list(spans) == spans_of(calendar, start, end)
    assert calendar.elapsed(start, end) == sum((closes - opens for opens, closes in spans), ZERO)
    assert all(opens < closes for opens, closes in spans)
    assert all(closes < opens for (_, closes), (opens, _) in pairwise(spans))
    assert all(
        calendar.is_open(probe) is any(opens <= probe < closes for opens, closes in spans)
        for probe in probes
        if start <= probe < end
    )


@given(timetables(), st.data())
def test_turns_are_where_is_open_changes(timetable: Timetable, data: st.DataObject) -> None:
    """
    The next opening is the first instant that is open after one that is not; likewise the other three.
    """
    calendar, jump = timetable
    here = data.draw(near(jump))
    turns = (
        calendar.next_opening,
        calendar.next_closing,
        calendar.previous_opening,
        calendar.previous_closing,
    )
    opening, closing, opened, closed = (given_or_never(partial(turn, here)) for turn in turns)

    assert opened <= here < opening
    assert closed <= here < closing
    for turn, opens in ((opening, True), (closing, False), (opened, True), (closed, False)):
        assert (opens, not opens) == (calendar.is_open(turn), calendar.is_open(turn - MOMENT))
    assert calendar.is_open(here) is (closing < opening) is (opened > closed)
    assert calendar.elapsed(here, min(opening, closing)) == (closing - here if closing < opening else ZERO)


@SLOW
@given(timetables(), st.data())
def test_the_order_of_questions_changes_nothing(timetable: Timetable, data: st.DataObject) -> None:
    """
    An engine that grows by years to both sides in any order gives the same counts as one that grew otherwise.
    """
    calendar, jump = timetable
    years = [at(jump + 365 * DAY * data.draw(st.integers(-12, 12))) for _ in range(3)]
    asked = [(years[0], years[1]), (years[1], years[2]), (years[2], at(jump))]
    answers = [
        {span: fresh(calendar).elapsed(*span) for span in asked},
        *(
            {span: one.elapsed(*span) for span in order}
            for order in permutations(asked)
            for one in [fresh(calendar)]
        ),
    ]

    assert [answers[0]] * len(answers) == answers


@given(plain_calendars(day_length=["real", "wall"]), st.data())
def test_counts_are_those_of_the_engine(timetable: tuple[Calendar, int], data: st.DataObject) -> None:
    """
    The columns that batch code reads give the counts that the engine gives, tick by tick.
    """
    calendar, jump = timetable
    low, high = sorted((data.draw(near(jump)), data.draw(near(jump))))
    ticks = [(one - at(0)) // MOMENT for one in (low, high)]
    starts, ends, counts = calendar.hours.columns(ticks[0], ticks[1] + 1)

    for tick in ticks:
        place = bisect_right(starts, tick) - 1
        assert counts[place] - max(0, ends[place] - tick) == calendar.hours.count(tick)


@SLOW
@given(timetables(), st.data(), st.integers(1, 6))
def test_working_days_go_one_by_one(timetable: Timetable, data: st.DataObject, count: int) -> None:
    """
    Working days are added and taken away one at a time or all at once, and a later start ends no earlier.
    """
    calendar, jump = timetable
    start = data.draw(near(jump))
    days = Working(count, "day")
    there = given_or_never(partial(calendar.add, start, days))
    back = given_or_never(partial(calendar.subtract, start, days))

    assert back < start < there
    assert calendar.is_open(there) or calendar.is_open(there - MOMENT)
    assert calendar.is_open(back) or calendar.is_open(back - MOMENT)
    assert there <= calendar.add(start, Working(count + 1, "day"))
    assert back >= calendar.subtract(start, Working(count + 1, "day"))
