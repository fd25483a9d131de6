"""Laws of business time: it adds up, it turns back, and it is what a reader of the wall clock counts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings

from tests.laws._calendars import HOUR, Rules, calendar_of, open_seconds, scenes, total

Scene = tuple[Rules, int, int]


def at(second: int) -> datetime:
    """Return a second since 1970 as an instant."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)


@settings(max_examples=30)
@given(scenes(4 * HOUR))
def test_open_time_is_what_the_wall_clock_says_every_second(scene: Scene) -> None:
    """
    Round any real jump of any zone, the open time is what somebody counts who looks at the wall every second.
    """
    rules, begin, end = scene

    assert total(open_seconds(rules, begin, end)) == calendar_of(rules).elapsed(at(begin), at(end))


@given(scenes(5 * 24 * HOUR))
def test_open_time_is_what_the_wall_clock_says_every_minute(scene: Scene) -> None:
    """
    Over the days round a jump, the open time is what somebody counts who looks at the wall every minute.
    """
    rules, begin, end = scene
    walked = open_seconds(rules, begin, end, every_second=False)

    assert total(walked) == calendar_of(rules).elapsed(at(begin), at(end))
