"""Measuring: CPU time, the best of several runs, ratios to a floor; one table per benchmark."""

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

_RUNS = 5
_LONG_ENOUGH = 0.15


@attrs.frozen(kw_only=True)
class Line:
    """One figure: what was measured, how many a second or how many bytes, and its ratio to the floor."""

    what: str
    figure: str
    ratio: float | None = None
    limit: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the ratio keeps to its limit."""
        if self.ratio is None or self.limit is None:
            return ""
        return "ok" if self.ratio <= self.limit else "OVER"


def seconds(task: Callable[[], Any], runs: int = _RUNS) -> float:
    """Return the CPU seconds of the best of several runs."""
    best = float("inf")
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        task()
        best = min(best, time.process_time() - start)
    return best


def each(task: Callable[[], Any], count: int = 1) -> float:
    """Return the CPU seconds that one of the *count* things takes which *task* does."""
    return interleaved([(task, count)], _RUNS)[0]


def interleaved(tasks: Sequence[tuple[Callable[[], Any], int]], rounds: int = 7) -> list[float]:
    """
    Return the CPU seconds per thing of several tasks measured in turns.

    Taking turns lets a machine that slows down or speeds up touch all of them alike, so that ratios hold.
    """
    batches = [_batch(task) for task, _ in tasks]
    best = [float("inf")] * len(tasks)
    for _ in range(rounds):
        for place, (task, times) in enumerate(batches):
            best[place] = min(best[place], _seconds_of(task, times) / times)
    return [took / count for took, (_, count) in zip(best, tasks, strict=True)]


def _batch(task: Callable[[], Any]) -> tuple[Callable[[], Any], int]:
    """Find how often a task is to be repeated so that the clock can tell its time."""
    times = 1
    while _seconds_of(task, times) < _LONG_ENOUGH:
        times *= 2
    return task, times


def _seconds_of(task: Callable[[], Any], times: int) -> float:
    return seconds(lambda: _repeat(task, times), 1)


def _repeat(task: Callable[[], Any], times: int) -> None:
    for _ in range(times):
        task()


def bytes_each(make: Callable[[int], Any], count: int = 2_000) -> float:
    """Return how many bytes one of *count* things takes, beside what they share."""
    make(0)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = [make(number) for number in range(count)]
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0] - before
        del kept
    finally:
        tracemalloc.stop()
    return taken / count


def rate(took: float) -> str:
    """Return a duration as things per second."""
    return f"{1 / took:,.0f}/s"


def table(title: str, lines: Iterable[Line]) -> None:
    """Print the figures of one benchmark."""
    print(f"\n{title}")
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:6.2f}x"
        limit = "" if line.limit is None else f"limit {line.limit:g}x"
        print(f"  {line.what:<58}{line.figure:>16}  {ratio:>8}  {limit:<12}{line.verdict}")
