"""The same columns on numpy arrays: built once, kept up to date row by row, read at any instant."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import attrs

from jobkit.clocks._batch import NO_CLOCK, NONE, TURNED, Columns, Exact, Meters, plan, told
from jobkit.clocks._ticks import Calendars, hours_of, tick
from jobkit.errors import Unsupported
from jobkit.findings import Template
from jobkit.model._clock import ClockState

if TYPE_CHECKING:
    from numpy import int8, int64
    from numpy.typing import NDArray

NO_NUMPY = Template(
    "clocks.no_numpy",
    "{module} is not installed, and arrays of clocks need it.",
    "Install jobkit with the extra batch: pip install 'jobkit[batch]'.",
)

_ROOM: Final = 16
_WIDTH: Final = len(NO_CLOCK) + 1


@attrs.frozen(kw_only=True, eq=False)
class ArrayColumns(Columns):
    """Columns as numpy arrays, with `NONE` where nothing is left or due."""

    codes: "NDArray[int8]"
    left: "NDArray[int64]"
    due: "NDArray[int64]"


class Arrays:
    """
    An engine over many clocks: one column of numbers for each, in one numpy table.

    `columns` gives what `jobkit.clocks.columns` gives for the same states, at any instant from the last event
    on, without looking at the states again. Built from values and rebuildable at any time; one owner, not
    thread-safe. Needs numpy; without it making one is refused.
    """

    __slots__ = ("_calendars", "_count", "_names", "_np", "_table")

    def __init__(self, calendars: Calendars) -> None:
        self._np = _numpy()
        self._calendars = calendars
        self._names: dict[str, int] = {}
        self._count = 0
        self._table: NDArray[Any] = self._np.zeros((_WIDTH, _ROOM), dtype=self._np.int64)

    @classmethod
    def of(cls, states: Iterable[ClockState | None], calendars: Calendars) -> "Arrays":
        """
        Return arrays of the clocks in *states*, in their order; None stands for a job without that clock.

        A calendar that was not given is refused, and so is a missing numpy.
        """
        arrays = cls(calendars)
        np, meters, flat = arrays._np, Meters(calendars), list[int]()
        for state in states:
            flat += arrays._numbers(state, meters)
        table = np.array(flat, dtype=np.int64).reshape(-1, _WIDTH).T
        arrays._table, arrays._count = np.ascontiguousarray(table), len(flat) // _WIDTH
        return arrays

    def __len__(self) -> int:
        return self._count

    def set(self, place: int, state: ClockState | None) -> None:
        """Let row *place* hold *state* from now on; a place beyond the rows is an IndexError."""
        if not 0 <= place < self._count:
            raise IndexError(f"there is no row {place} among {self._count}")
        self._table[:, place] = self._numbers(state, Meters(self._calendars))

    def append(self, state: ClockState | None) -> int:
        """Add a row and return its place; a calendar that was not given is refused."""
        place, room = self._count, self._table.shape[1]
        numbers = self._numbers(state, Meters(self._calendars))
        if place == room:
            self._table = self._np.pad(self._table, ((0, 0), (0, max(room, _ROOM))))
        self._table[:, place] = numbers
        self._count = place + 1
        return place

    def columns(self, now: datetime, *, exact: Exact | None = None) -> ArrayColumns:
        """
        Return what each clock comes to at *now*, as arrays with `NONE` where a list has None.

        The arrays are the caller's own. Rows whose conditions time alone may have turned are read by *exact*;
        without it they say `turned`. A naive instant is refused.
        """
        np, at = self._np, tick(now, "$.now")
        before, after, limit, goal, falls, due, turns, calendar = self._table[:, : self._count]
        counts = [hours_of(self._calendars, name).count(at) for name in self._names] or [0]
        left = goal - np.array(counts, dtype=np.int64)[calendar] * falls
        codes = np.where(at < limit, before, after).astype(np.int8)
        due = due.copy()
        turned = np.flatnonzero(turns <= at)
        codes[turned], left[turned], due[turned] = TURNED, NONE, NONE
        if exact is not None:
            for place in turned.tolist():
                codes[place], left[place], due[place] = told(exact(place))
        return ArrayColumns(at=at, codes=codes, left=left, due=due)

    def _numbers(self, state: ClockState | None, meters: Meters) -> tuple[int, ...]:
        if state is None:
            return (*NO_CLOCK, 0)
        name = state.calendar
        return (*plan(state, meters.of(name)), self._names.setdefault(name, len(self._names)))


def _numpy() -> Any:
    try:
        import numpy
    except ImportError as error:
        raise Unsupported.of(NO_NUMPY, module="numpy") from error
    return numpy
