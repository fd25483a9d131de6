"""Laws of business time: it adds up, it turns back, and it is what a reader of the wall clock counts."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import pairwise, permutations
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pendulum
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jobkit.calendars import BusinessTime, Calendar, Edition, Editions, load_calendar
from jobkit.calendars import closures as closed_in
from jobkit.durations import Working
from jobkit.errors import Invalid
from tests.laws._calendars import (
    DAY,
    HOUR,
    ZONES,
    Rules,
    amounts,
    at,
    calendar_of,
    holidays,
    near,
    open_seconds,
    plain_calendars,
    scenes,
    split,
    timetables,
    total,
    wall_time,
)

Scene = tuple[Rules, int, int]
Timetable = tuple[BusinessTime, int]
ZERO = timedelta()
# What walks the clock or compiles many calendars draws two fifths of the profile's examples.
SLOW = settings(max_examples=settings().max_examples * 2 // 5)
NEVER = ("calendars.never_open", "calendars.no_turn", "calendars.no_workday")


def given_or_never(act: Callable[[], datetime]) -> datetime:
    """Return what a calendar answers; an example in which it never opens again is passed over."""
    try:
        return act()
    except Invalid as error:
        assume(error.code not in NEVER)
        raise


@SLOW
@given(scenes(4 * HOUR))
def test_open_time_is_what_the_wall_clock_says_every_second(scene: Scene) -> None:
    """
    Round any real jump of any zone, the open time is what somebody counts who looks at the wall every second.
    """
    rules, begin, end = scene

    assert total(open_seconds(rules, begin, end)) == calendar_of(rules).elapsed(at(begin), at(end))


@SLOW
@given(scenes(4 * DAY))
def test_open_time_is_what_the_wall_clock_says_every_minute(scene: Scene) -> None:
    """
    Over the days round a jump, the open time is what somebody counts who looks at the wall every minute.
    """
    rules, begin, end = scene
    # What is moved out of a gap need not begin at a whole minute; the law of every second looks at that.
    rules = attrs.evolve(rules, gap="jump")
    walked = open_seconds(rules, begin, end, every_second=False)

    assert total(walked) == calendar_of(rules).elapsed(at(begin), at(end))


@SLOW
@given(scenes(4 * HOUR))
def test_open_seconds_are_those_that_the_wall_clock_opens(scene: Scene) -> None:
    """
    Not only how much but which seconds are open: the intervals are the seconds somebody saw, put together.
    """
    rules, begin, end = scene
    seen = [(at(second), at(second + length)) for second, length in open_seconds(rules, begin, end)]
    edges = [
        edge for (_, closes), (opens, _) in pairwise(seen) if closes != opens for edge in (closes, opens)
    ]
    whole = [seen[0][0], *edges, seen[-1][1]] if seen else []

    assert tuple(zip(whole[::2], whole[1::2], strict=True)) == calendar_of(rules).intervals(
        at(begin), at(end)
    )


@given(scenes(DAY))
def test_wall_length_is_what_the_wall_has_shown(scene: Scene) -> None:
    """
    Under wall length, open time is what the wall showed of the shifts, and nothing that it showed again.
    """
    rules, begin, end = scene
    plain = attrs.evolve(rules, closed={}, gap="jump", fold="both")

    assert wall_time(plain, begin, end) == calendar_of(plain, day_length="wall").elapsed(at(begin), at(end))


@given(timetables(), st.data())
def test_elapsed_is_additive(timetable: Timetable, data: st.DataObject) -> None:
    """
    Going through a third instant, before, between or after, changes nothing.
    """
    calendar, jump = timetable
    start, middle, end = (data.draw(near(jump)) for _ in range(3))

    assert calendar.elapsed(start, end) == calendar.elapsed(start, middle) + calendar.elapsed(middle, end)


@given(plain_calendars(day_length=["wall"], at_closing=["closing", "next_opening"]), st.data())
def test_wall_length_is_additive(timetable: tuple[Calendar, int], data: st.DataObject) -> None:
    """
    Days of wall length add up as real ones do, also where one instant counts an hour.
    """
    calendar, jump = timetable
    start, middle, end = (data.draw(near(jump)) for _ in range(3))

    assert calendar.elapsed(start, end) == calendar.elapsed(start, middle) + calendar.elapsed(middle, end)


@given(timetables(), st.data())
def test_elapsed_turns_its_sign_with_its_direction(timetable: Timetable, data: st.DataObject) -> None:
    """
    The other way round is as much, less than nothing; from an instant to itself nothing passes.
    """
    calendar, jump = timetable
    start, end = data.draw(near(jump)), data.draw(near(jump))

    assert calendar.elapsed(start, end) == -calendar.elapsed(end, start)
    assert calendar.elapsed(start, start) == ZERO


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
    assert amount == ZERO or calendar.elapsed(start, end - timedelta(microseconds=1)) < amount


@given(timetables(), st.data(), amounts)
def test_elapsed_undoes_subtract(timetable: Timetable, data: st.DataObject, amount: timedelta) -> None:
    """
    Since the instant that subtracting finds exactly the amount has passed, and a moment later it is less.
    """
    calendar, jump = timetable
    end = data.draw(near(jump))
    start = given_or_never(lambda: calendar.subtract(end, amount))

    assert amount == calendar.elapsed(start, end)
    assert amount == ZERO or calendar.elapsed(start + timedelta(microseconds=1), end) < amount


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


@given(scenes(3 * DAY, years=60), st.data())
def test_splitting_a_shift_changes_nothing(scene: Scene, data: st.DataObject) -> None:
    """
    Shifts that are cut in two and meet again are the same hours, whatever the clock does there.
    """
    rules, begin, end = scene
    whole, cut = calendar_of(rules), calendar_of(attrs.evolve(rules, week=data.draw(split(rules.week))))

    assert whole.intervals(at(begin), at(end)) == cut.intervals(at(begin), at(end))
    assert whole.elapsed(at(begin), at(end)) == cut.elapsed(at(begin), at(end))


@SLOW
@given(scenes(3 * DAY, years=60), st.data())
def test_splitting_a_shift_of_wall_length_changes_nothing(scene: Scene, data: st.DataObject) -> None:
    """
    The parts of a shift count by the wall what the whole counts.
    """
    rules, begin, end = scene
    rules = attrs.evolve(rules, gap="jump")
    other = attrs.evolve(rules, week=data.draw(split(rules.week)))
    whole, cut = (calendar_of(one, day_length="wall") for one in (rules, other))

    assert whole.elapsed(at(begin), at(end)) == cut.elapsed(at(begin), at(end))


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
    moment = timedelta(microseconds=1)
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
        assert (opens, not opens) == (calendar.is_open(turn), calendar.is_open(turn - moment))
    assert calendar.is_open(here) is (closing < opening) is (opened > closed)
    assert calendar.elapsed(here, min(opening, closing)) == (closing - here if closing < opening else ZERO)


@SLOW
@given(plain_calendars(), plain_calendars(), st.data())
def test_sets_count_like_sets(
    one: tuple[Calendar, int], two: tuple[Calendar, int], data: st.DataObject
) -> None:
    """
    Both and either together count what the two count, and a difference is what is left.
    """
    (a, jump), (b, _) = one, two
    start, end = data.draw(near(jump)), data.draw(near(jump))

    def counted(calendar: BusinessTime) -> timedelta:
        return calendar.elapsed(start, end)

    assert counted(a | b) + counted(a & b) == counted(a) + counted(b)
    assert counted(a - b) + counted(a & b) == counted(a)
    assert counted((a - b) & b) == counted(a - a) == ZERO
    assert counted(Calendar.always() - a) == (end - start) - counted(a)


@SLOW
@given(plain_calendars(), plain_calendars(), plain_calendars(), st.data())
def test_sets_follow_the_laws_of_sets(
    one: tuple[Calendar, int], two: tuple[Calendar, int], three: tuple[Calendar, int], data: st.DataObject
) -> None:
    """
    Order and grouping do not matter, either distributes over both, and not both is either not.
    """
    (a, jump), (b, _), (c, _) = one, two, three
    always = Calendar.always()
    start, end = sorted((data.draw(near(jump)), data.draw(near(jump))))

    def spans(calendar: BusinessTime) -> object:
        return calendar.intervals(start, end)

    assert spans(a & b) == spans(b & a)
    assert spans(a | b) == spans(b | a)
    assert spans((a & b) & c) == spans(a & (b & c))
    assert spans((a | b) | c) == spans(a | (b | c))
    assert spans(a & (b | c)) == spans((a & b) | (a & c))
    assert spans(always - (a & b)) == spans((always - a) | (always - b))
    assert spans(a - b) == spans(a & (always - b))
    assert spans(a & a) == spans(a | a) == spans(a & always) == spans(a)


@SLOW
@given(plain_calendars(), plain_calendars(), st.data())
def test_an_edit_never_rewrites_what_was(
    old: tuple[Calendar, int], new: tuple[Calendar, int], data: st.DataObject
) -> None:
    """
    Before its effective date an edited calendar counts, opens and adds as the old one, after it as the new.
    """
    (before, jump), (after, _) = old, new
    turn, start, end = (data.draw(near(jump)) for _ in range(3))
    original = Editions(id="c", editions=[Edition(calendar=before)])
    edited = original.edited(after, effective_from=turn)
    one, two = min(start, turn), min(end, turn)
    three, four = max(start, turn), max(end, turn)

    assert original.elapsed(one, two) == edited.elapsed(one, two) == before.elapsed(one, two)
    assert original.intervals(one, two) == edited.intervals(one, two) == before.intervals(one, two)
    assert after.elapsed(three, four) == edited.elapsed(three, four)
    assert edited.elapsed(one, four) == before.elapsed(one, turn) + after.elapsed(turn, four)


@SLOW
@given(st.lists(plain_calendars(day_length=["real", "wall"]), min_size=2, max_size=4), st.data())
def test_what_was_known_stays_known(calendars: list[tuple[Calendar, int]], data: st.DataObject) -> None:
    """
    Whatever is recorded later, the calendar as known at an instant gives the verdicts that it gave then.
    """
    (first, jump), *rest = calendars
    first = attrs.evolve(first, policies=attrs.evolve(first.policies, gap="jump"))
    asked = [(data.draw(near(jump)), data.draw(near(jump))) for _ in range(3)]
    current = Editions(id="c", editions=[Edition(calendar=first)])
    past = []
    for step, (calendar, _) in enumerate(rest):
        past.append((at(jump + step), current, [current.elapsed(*span) for span in asked]))
        known = at(jump + step + 1)
        current = current.edited(
            calendar, effective_from=data.draw(near(jump)), known_from=known, backdated=True
        )

    for instant, then, verdicts in past:
        assert then == current.known_at(instant)
        assert verdicts == [current.known_at(instant).elapsed(*span) for span in asked]


@given(timetables())
def test_calendars_read_back(timetable: Timetable) -> None:
    """
    What is dumped is read back to an equal value with the same hash, whatever it is made of.
    """
    calendar, _ = timetable
    again = load_calendar(calendar.dump())

    assert (calendar, calendar.digest, calendar.dump()) == (again, again.digest, again.dump())


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


def fresh(calendar: BusinessTime) -> BusinessTime:
    """Return an equal calendar that has compiled nothing yet."""
    return load_calendar(calendar.dump())


@given(plain_calendars(day_length=["real", "wall"]), st.data())
def test_counts_are_those_of_the_engine(timetable: tuple[Calendar, int], data: st.DataObject) -> None:
    """
    The columns that batch code reads give the counts that the engine gives, tick by tick.
    """
    calendar, jump = timetable
    low, high = sorted((data.draw(near(jump)), data.draw(near(jump))))
    ticks = [(one - at(0)) // timedelta(microseconds=1) for one in (low, high)]
    starts, ends, counts = calendar.hours.columns(ticks[0], ticks[1] + 1)

    for tick in ticks:
        place = bisect_right(starts, tick) - 1
        assert counts[place] - max(0, ends[place] - tick) == calendar.hours.count(tick)


@given(st.lists(holidays, max_size=6), st.integers(1900, 2100))
def test_a_holiday_closes_in_its_year_only(rules: list[Any], year: int) -> None:
    """
    Closures of a year lie in it, do not depend on the order of the rules, and leave weekends where they must.
    """
    found = closed_in(rules, year)
    turned = closed_in(rules[::-1], year)

    assert {year} >= {day.year for day in found}
    assert list(found) == sorted(found) == list(turned)
    moved = {one.name for one in rules if one.observed in ("monday", "friday", "nearest_weekday")}
    assert not [
        closure
        for day, closures in found.items()
        for closure in closures
        if day.weekday() > 4 and closure.name in moved
    ]


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
    assert calendar.is_open(there) or calendar.is_open(there - timedelta(microseconds=1))
    assert calendar.is_open(back) or calendar.is_open(back - timedelta(microseconds=1))
    assert there <= calendar.add(start, Working(count + 1, "day"))
    assert back >= calendar.subtract(start, Working(count + 1, "day"))
