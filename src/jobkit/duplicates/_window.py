"""The time between two reports: a soft weight by age over a window that slides with the thread."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jobkit.duplicates._data import Record, Window
from jobkit.duplicates._judge import on_line
from jobkit.duplicates._match import Contribution
from jobkit.duplicates._prepare import Reader, instant_of
from jobkit.durations import write_duration
from jobkit.instants import TICK

Span = tuple[int, int]
"""From the first report of a thread to the latest, in microseconds since 1970."""


def span_reader(window: Window) -> Reader:
    """Return what reads from when to when a record was reported, None where neither instant is known."""
    opened = instant_of((window.field,))
    latest = instant_of((window.anchor or window.field,))

    def read(record: Record) -> Span | None:
        first, last = opened(record), latest(record)
        if first is None or last is None:
            known = first if last is None else last
            return None if known is None else (known, known)
        return (first, last) if first <= last else (last, first)

    return read


def gap_of(left: Span, right: Span) -> int:
    """Return the microseconds between two spans, 0 where they overlap."""
    return max(0, left[0] - right[1], right[0] - left[1])


def window_judge(window: Window) -> Callable[[Any, Any], Contribution]:
    """Return what weighs the gap between two spans."""
    missing = _told(None, window.missing, "When one of both was reported is not known.")
    steps = [
        (
            age.within // TICK,
            _told(level, age.weight, f"Reported within {_spoken(age.within)} of each other."),
        )
        for level, age in enumerate(window.ages)
    ]
    beyond = _told(len(steps), window.otherwise, _far(window))
    smooth = _smooth(window) if window.smooth and window.ages else None

    def judge(left: Span | None, right: Span | None) -> Contribution:
        if left is None or right is None:
            return missing
        gap = max(0, left[0] - right[1], right[0] - left[1])
        if smooth is not None:
            return smooth(gap)
        for within, told in steps:
            if gap <= within:
                return told
        return beyond

    return judge


def _smooth(window: Window) -> Callable[[int], Contribution]:
    points = [(-(age.within // TICK) / 1.0, age.weight) for age in window.ages]

    def weigh(gap: int) -> Contribution:
        level = sum(1 for far, _ in points if gap > -far)
        weight = on_line(points, -float(gap)) if level < len(points) else window.otherwise
        return _told(level, weight, f"Reported {gap / 86_400_000_000:.1f} days apart.")

    return weigh


def _far(window: Window) -> str:
    if not window.ages:
        return "The time between the reports is not weighed."
    return f"Reported more than {_spoken(window.ages[-1].within)} apart."


def _spoken(span: timedelta) -> str:
    return write_duration(span)


def _told(level: int | None, weight: float, said: str) -> Contribution:
    return Contribution(rule="window", level=level, similarity=None, weight=weight, said=said)
