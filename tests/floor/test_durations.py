"""Promises of durations: elapsed and working time never mix, and months have no length."""

from datetime import timedelta

import pytest

from jobkit.durations import Working, read_duration, read_elapsed, write_duration
from jobkit.errors import Invalid


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8h", 28_800),
        ("90min", 5_400),
        ("1h 30min", 5_400),
        ("2w", 1_209_600),
        ("PT8H", 28_800),
        ("P1DT2H3M4S", 93_784),
        ("P2W", 1_209_600),
        ("0s", 0),
        ("48 h", 172_800),
    ],
)
def test_elapsed_time_is_read(text: str, seconds: int) -> None:
    """
    Short and ISO forms say the same.
    """
    assert timedelta(seconds=seconds) == read_duration(text)


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("8 working hours", Working(8, "hour")),
        ("1 working day", Working(1, "day")),
        ("30 working minutes", Working(30, "minute")),
    ],
)
def test_working_time_is_another_type(text: str, working: Working) -> None:
    """
    Working time waits for a calendar and is never taken for elapsed time.
    """
    assert working == read_duration(text)
    assert text == write_duration(working)
    with pytest.raises(Invalid):
        read_elapsed(text)


@pytest.mark.parametrize("text", ["P1M", "P1Y", "1 month", "2 years", "3mo", "1y"])
def test_months_and_years_are_refused(text: str) -> None:
    """
    What has no fixed length is refused with a word of its own.
    """
    with pytest.raises(Invalid) as refused:
        read_duration(text, "$.limit")
    assert ("durations.months", "$.limit") == (refused.value.code, refused.value.path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "8",
        "h",
        "-8h",
        "8 hours of work",
        "1.5h",
        "1e9h",
        "99999999h",
        "8h" * 40,
        "P1D2H",
        "٣h",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """
    A text that is not a duration shows the forms that are.
    """
    with pytest.raises(Invalid) as refused:
        read_duration(text)
    assert "8 working hours" in refused.value.unblock


@pytest.mark.parametrize("duration", [timedelta(microseconds=1), timedelta(seconds=-1)])
def test_what_cannot_be_read_back_is_not_written(duration: timedelta) -> None:
    """
    A fraction of a second or a negative duration has no stored form and is refused.
    """
    with pytest.raises(Invalid):
        write_duration(duration)
