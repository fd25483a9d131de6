"""The time between two reports: a soft weight by age over a window that slides with the thread."""

from bisect import bisect_left
from collections.abc import Callable
from datetime import timedelta

from jobkit.duplicates._data import Record, Window
from jobkit.duplicates._judge import Measure, Judge, Measured, line_through
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


def window_judge(window: Window) -> Judge:
    """Return what weighs the gap between two spans."""
    weigh, tell = _weigher(window), _teller(window)
    missing = (window.missing, None)

    def against(left: Span | None) -> Measure:
        if left is None:
            return lambda right: missing
        first, last = left

        def measure(right: Span | None) -> Measured:
            if right is None:
                return missing
            gap = max(0, first - right[1], right[0] - last)
            return weigh(gap), gap

        return measure

    return Judge(against, tell)


def _weigher(window: Window) -> Callable[[int], float]:
    """Return the weight of a gap in microseconds."""
    steps, otherwise = [(age.within // TICK, age.weight) for age in window.ages], window.otherwise
    # A line goes up to the right, and weights fall with the gap.
    line = line_through([(-within, weight) for within, weight in steps]) if window.smooth and steps else None
    end = steps[-1][0] if steps else -1

    def weigh(gap: int) -> float:
        if gap > end:
            return otherwise
        if line is not None:
            return line(-gap)
        return next(weight for within, weight in steps if gap <= within)

    return weigh


def _teller(window: Window) -> Callable[[int | None], Contribution]:
    """Return what puts a gap into words."""
    weigh = _weigher(window)
    ends = [age.within // TICK for age in window.ages]
    missing = _told(None, window.missing, "When one of both was reported is not known.")

    def tell(gap: int | None) -> Contribution:
        if gap is None:
            return missing
        level = bisect_left(ends, gap)
        if window.smooth and ends:
            said = f"Reported {gap / 86_400_000_000:.1f} days apart."
        elif level < len(ends):
            said = f"Reported within {_spoken(window.ages[level].within)} of each other."
        else:
            said = _far(window)
        return _told(level, weigh(gap), said)

    return tell


def _far(window: Window) -> str:
    if not window.ages:
        return "The time between the reports is not weighed."
    return f"Reported more than {_spoken(window.ages[-1].within)} apart."


def _spoken(span: timedelta) -> str:
    return write_duration(span)


def _told(level: int | None, weight: float, said: str) -> Contribution:
    return Contribution(rule="window", level=level, similarity=None, weight=weight, said=said)
