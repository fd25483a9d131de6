"""Promises of milestones that are built in Python: what is no such value is told where it is built."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.clocks import Milestone, Promise, Target, WarningPoint
from jobkit.durations import Working
from jobkit.errors import Invalid

EIGHT = Working(8, "hour")


@pytest.mark.parametrize("field", ["within", "before", "after"])
@pytest.mark.parametrize("value", ["8h", 8, 8.0, {"hours": 8}])
def test_a_target_takes_durations_only(field: str, value: Any) -> None:
    """
    A text or a number is no length of a target; which field it was is told.
    """
    built: Any = Target

    with pytest.raises(
        TypeError, match=f"{field} must be a timedelta or Working, not {type(value).__name__}"
    ):
        built(**{field: value})


def test_a_warning_takes_a_duration_and_a_table() -> None:
    """
    What is left is a duration, and what a host is told is a table, of a promise too.
    """
    text: Any = "1h"
    with pytest.raises(TypeError, match="left must be a timedelta"):
        WarningPoint(name="late", left=text)
    with pytest.raises(TypeError, match="data must be a mapping, not str"):
        WarningPoint(name="late", left=timedelta(hours=1), data=text)
    with pytest.raises(TypeError, match="data must be a mapping, not str"):
        Promise(starts="known(a)", data=text)


@pytest.mark.parametrize("what", ["starts", "data", "warning"])
def test_endless_data_in_a_built_promise_is_refused(what: str) -> None:
    """
    Data that nests without sane bounds ends in a typed error, wherever it stands in the value.
    """
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    changes: dict[str, dict[str, Any]] = {
        "starts": {"starts": deep},
        "data": {"data": {"a": deep}},
        "warning": {"warnings": (WarningPoint(name="w", share=0.5, data={"a": deep}),)},
    }
    sound: dict[str, Any] = {"starts": "known(a)", "targets": (Target(within=EIGHT),)}

    with pytest.raises(Invalid) as refused:
        Milestone.load("reply", Promise(**{**sound, **changes[what]}))

    assert refused.value.path.startswith("$")
