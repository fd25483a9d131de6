"""The time between two reports: a soft weight by age over a window that slides with the thread."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import timedelta

from jobkit.duplicates._data import Record, Window
from jobkit.duplicates._judge import Judge, Measured, line_through
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
    first, last = left
    return first - right[1] if first > right[1] else right[0] - last if right[0] > last else 0


def window_judge(window: Window) -> Judge:
    """Return what weighs the gap between two spans."""
    weigh = _weigher(window)
    missing = (window.missing, None)

    def measure(left: Span | None, rights: Sequence[Span | None]) -> list[Measured]:
        if left is None:
            return [missing] * len(rights)
        gaps = [None if right is None else gap_of(left, right) for right in rights]
        return [missing if gap is None else (weigh(gap), gap) for gap in gaps]

    return Judge(measure, _teller(window, weigh))


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


def _teller(window: Window, weigh: Callable[[int], float]) -> Callable[[int | None], Contribution]:
    """Return what puts a gap into words."""
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
