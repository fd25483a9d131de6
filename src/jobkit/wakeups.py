"""Wake-ups: the next instants at which time alone changes something about a job."""

from collections.abc import Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Final

import attrs

from jobkit.instants import utc

_STALE: Final = 64
"""So many entries that no longer hold are kept whatever is there, so that a small queue is seldom rebuilt."""


@attrs.frozen(kw_only=True, order=True)
class Wakeup:
    """
    At *at*, look at job *job_id* again because of *kind* *name* (an age limit, a timer, a clock, a queue).

    The instant is kept in UTC; a naive one is refused.
    """

    at: datetime = attrs.field(converter=utc)
    job_id: str
    kind: str
    name: str


_Key = tuple[str, str]
_Entry = tuple[datetime, str, Wakeup]


class WakeupQueue:
    """
    An engine over wake-ups: the earliest first, one entry per job, kind and name.

    A host sets one timer, for `next().at`, and polls nothing. What was replaced or dropped stays in the heap
    until it comes up, but never more of it than of what holds (and 64): then the heap is built anew, so that
    it takes room in proportion to what waits. Rebuildable from values; one owner, not thread-safe.

    >>> from datetime import UTC
    >>> eight = datetime(2026, 3, 10, 8, tzinfo=UTC)
    >>> queue = WakeupQueue([Wakeup(at=eight, job_id="J-1", kind="clock", name="response.breach")])
    >>> [(wakeup.job_id, wakeup.name) for wakeup in queue.due(eight)]
    [('J-1', 'response.breach')]
    """

    def __init__(self, wakeups: Iterable[Wakeup] = ()) -> None:
        self._jobs: dict[str, dict[_Key, Wakeup]] = {}
        self._count = 0
        self._heap: list[_Entry] = []
        for wakeup in wakeups:
            self._keep(wakeup)
        self._rebuild()

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """How many entries the heap holds, with those that no longer hold: at most twice `len` and 64."""
        return len(self._heap)

    def set(self, wakeup: Wakeup) -> None:
        """Add *wakeup*, replacing an earlier one of the same job, kind and name."""
        if self._keep(wakeup):
            heappush(self._heap, (wakeup.at, wakeup.job_id, wakeup))
            self._compact()

    def replace(self, job_id: str, wakeups: Iterable[Wakeup]) -> None:
        """
        Let *wakeups* be all that is waited for on one job; with none of them the job is forgotten.

        A wake-up of another job is a wrong argument and raises TypeError; nothing is changed then.
        """
        given = {(wakeup.kind, wakeup.name): wakeup for wakeup in wakeups}
        if any(wakeup.job_id != job_id for wakeup in given.values()):
            raise TypeError(f"every wake-up must be one of job {job_id}")
        for kind, name in self._jobs.get(job_id, {}).keys() - given.keys():
            self.drop(job_id, kind, name)
        for wakeup in given.values():
            self.set(wakeup)

    def drop(self, job_id: str, kind: str, name: str) -> None:
        """Forget a wake-up; one that is not there is no error."""
        self._forget(job_id, (kind, name))
        self._compact()

    def next(self) -> Wakeup | None:
        """Return the earliest wake-up without taking it; None when nothing is waited for."""
        while self._heap and not self._holds(self._heap[0][2]):
            heappop(self._heap)
        return self._heap[0][2] if self._heap else None

    def due(self, now: datetime) -> tuple[Wakeup, ...]:
        """Take and return every wake-up at or before *now*, earliest first; a naive instant is refused."""
        instant, heap, taken = utc(now, "$.now"), self._heap, []
        while heap and heap[0][0] <= instant:
            wakeup = heappop(heap)[2]
            if self._holds(wakeup):
                self._forget(wakeup.job_id, (wakeup.kind, wakeup.name))
                taken.append(wakeup)
        return tuple(taken)

    def _keep(self, wakeup: Wakeup) -> bool:
        """Note *wakeup* as what holds for its key, and say whether that is new."""
        own = self._jobs.setdefault(wakeup.job_id, {})
        key = wakeup.kind, wakeup.name
        before = own.get(key)
        if before is not None and before.at == wakeup.at:
            return False
        own[key] = wakeup
        self._count += before is None
        return True

    def _forget(self, job_id: str, key: _Key) -> None:
        own = self._jobs.get(job_id, {})
        if own.pop(key, None) is not None:
            self._count -= 1
        if not own:
            self._jobs.pop(job_id, None)

    def _holds(self, wakeup: Wakeup) -> bool:
        """Whether *wakeup* is the very one that holds for its key; what is equal is in the heap once."""
        own = self._jobs.get(wakeup.job_id)
        return own is not None and own.get((wakeup.kind, wakeup.name)) is wakeup

    def _compact(self) -> None:
        if len(self._heap) > 2 * self._count + _STALE:
            self._rebuild()

    def _rebuild(self) -> None:
        self._heap = [(each.at, job, each) for job, own in self._jobs.items() for each in own.values()]
        heapify(self._heap)
