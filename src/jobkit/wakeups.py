"""Wake-ups: the next instants at which time alone changes something about a job."""

import heapq
from collections.abc import Iterable
from datetime import datetime

import attrs


@attrs.frozen(kw_only=True, order=True)
class Wakeup:
    """At *at*, look at job *job_id* again because of *kind* *name* (an age limit, a timer, a queue)."""

    at: datetime
    job_id: str
    kind: str
    name: str


class WakeupQueue:
    """
    An engine over wake-ups: the earliest first, one entry per job, kind and name.

    Built from values and rebuildable at any time; one owner, not thread-safe.
    """

    def __init__(self, wakeups: Iterable[Wakeup] = ()) -> None:
        self._current: dict[tuple[str, str, str], Wakeup] = {}
        self._heap: list[Wakeup] = []
        for wakeup in wakeups:
            self.set(wakeup)

    def __len__(self) -> int:
        return len(self._current)

    def set(self, wakeup: Wakeup) -> None:
        """Add *wakeup*, replacing an earlier one of the same job, kind and name."""
        self._current[wakeup.job_id, wakeup.kind, wakeup.name] = wakeup
        heapq.heappush(self._heap, wakeup)

    def drop(self, job_id: str, kind: str, name: str) -> None:
        """Forget a wake-up; one that is not there is no error."""
        self._current.pop((job_id, kind, name), None)

    def next(self) -> Wakeup | None:
        """Return the earliest wake-up without taking it."""
        while self._heap and not self._is_current(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def due(self, now: datetime) -> tuple[Wakeup, ...]:
        """Take and return every wake-up at or before *now*, earliest first."""
        taken = []
        while (first := self.next()) is not None and first.at <= now:
            taken.append(heapq.heappop(self._heap))
            del self._current[first.job_id, first.kind, first.name]
        return tuple(taken)

    def _is_current(self, wakeup: Wakeup) -> bool:
        return self._current.get((wakeup.job_id, wakeup.kind, wakeup.name)) == wakeup
