"""Laws of business time: it is what a reader of the wall clock counts, round any jump of any zone."""

from itertools import pairwise

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws._calendars import (
    DAY,
    HOUR,
    SLOW,
    Rules,
    at,
    calendar_of,
    lasting,
    open_seconds,
    scenes,
    spans_of,
    split,
    total,
    wall_time,
)

Scene = tuple[Rules, int, int]


@SLOW
@given(scenes(2 * HOUR))
def test_open_time_is_what_the_wall_clock_says_every_second(scene: Scene) -> None:
    """
    Round any real jump of any zone, the open time is what somebody counts who looks at the wall every second.
    """
    rules, begin, end = scene

    assert total(open_seconds(rules, begin, end)) == lasting(calendar_of(rules), at(begin), at(end))


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

    assert total(walked) == lasting(calendar_of(rules), at(begin), at(end))


@SLOW
@given(scenes(2 * HOUR))
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

    assert list(zip(whole[::2], whole[1::2], strict=True)) == spans_of(calendar_of(rules), at(begin), at(end))


@SLOW
@given(scenes(DAY, years=30))
def test_wall_length_is_what_the_wall_has_shown(scene: Scene) -> None:
    """
    Under wall length, open time is what the wall showed of the shifts, and nothing that it showed again.
    """
    rules, begin, end = scene
    plain = attrs.evolve(rules, closed={}, gap="jump", fold="both")

    assert wall_time(plain, begin, end) == calendar_of(plain, day_length="wall").elapsed(at(begin), at(end))


@SLOW
@given(scenes(3 * DAY, years=20), st.data())
def test_splitting_a_shift_changes_nothing(scene: Scene, data: st.DataObject) -> None:
    """
    Shifts that are cut in two and meet again are the same hours, whatever the clock does there.
    """
    rules, begin, end = scene
    whole, cut = calendar_of(rules), calendar_of(attrs.evolve(rules, week=data.draw(split(rules.week))))

    assert whole.intervals(at(begin), at(end)) == cut.intervals(at(begin), at(end))
    assert whole.elapsed(at(begin), at(end)) == cut.elapsed(at(begin), at(end))


@SLOW
@given(scenes(3 * DAY, years=20), st.data())
def test_splitting_a_shift_of_wall_length_changes_nothing(scene: Scene, data: st.DataObject) -> None:
    """
    The parts of a shift count by the wall what the whole counts.
    """
    rules, begin, end = scene
    rules = attrs.evolve(rules, gap="jump")
    other = attrs.evolve(rules, week=data.draw(split(rules.week)))
    whole, cut = (calendar_of(one, day_length="wall") for one in (rules, other))

    assert whole.elapsed(at(begin), at(end)) == cut.elapsed(at(begin), at(end))
