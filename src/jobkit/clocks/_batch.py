"""Columns of (state, left, due) for many clocks at one instant, from what the jobs carry."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol

import attrs

from jobkit.clocks._ticks import Calendars, OpenHours, hours_of, instant, never, tick, ticks
from jobkit.errors import Invalid
from jobkit.model._clock import ClockState

STATES: Final = (
    "not_started",
    "running",
    "paused",
    "met",
    "breached",
    "met_late",
    "cancelled",
    "absent",
    "turned",
)
"""What the codes of a column stand for: a code is a place in this tuple."""

NONE: Final = -(2**63)
"""What stands in an array of ticks where a list has None."""

NEVER: Final = 2**63 - 1
EVER: Final = -NEVER

RUNNING, PAUSED, BREACHED, ABSENT, TURNED = (
    STATES.index(name) for name in ("running", "paused", "breached", "absent", "turned")
)
_CODES: Final = {name: code for code, name in enumerate(STATES)}


class Told(Protocol):
    """A reading, as far as columns need one."""

    @property
    def state(self) -> str:
        """One of the first seven `STATES`."""

    @property
    def left(self) -> timedelta | None:
        """How much open time is left."""

    @property
    def due_at(self) -> datetime | None:
        """When the clock is due."""


Exact = Callable[[int], Told]
"""Reads the clock of a row exactly, with its facts and milestone."""


class Row(NamedTuple):
    """One row of the columns, in the words of a reading."""

    state: str
    left: timedelta | None
    due_at: datetime | None


class Cell(NamedTuple):
    """One row in numbers: the code of its state, the open ticks left and the tick at which it is due."""

    code: int
    left: int | None
    due: int | None


class Column(Protocol):
    """A list or a numpy array, as far as rows are read from it."""

    def __len__(self) -> int:
        """How many rows there are."""

    def __getitem__(self, place: int, /) -> Any:
        """Return the value of one row."""


@attrs.frozen(kw_only=True, eq=False)
class Columns:
    """
    One code, one amount of open ticks left and one due tick for each clock, at the instant `at`.

    A tick is a microsecond, counted from 1970 in UTC. The columns are lists, with None where nothing is
    left or due, or numpy arrays with `NONE` there. Codes are places in `STATES`: the seven states of a
    reading, `absent` where a row has no clock, and `turned` where time alone may have turned a condition
    since the clock was folded, and nobody was given to read it exactly.
    """

    at: int
    codes: Column
    left: Column
    due: Column

    def __len__(self) -> int:
        return len(self.codes)

    def cell(self, place: int) -> Cell:
        """Return one row in numbers; a place beyond the rows is an IndexError."""
        return Cell(int(self.codes[place]), _number(self.left[place]), _number(self.due[place]))

    def cells(self) -> list[Cell]:
        """Return every row in numbers."""
        return [self.cell(place) for place in range(len(self))]

    def row(self, place: int) -> Row:
        """Return one row in the words of a reading; a place beyond them is an IndexError."""
        code, left, due = self.cell(place)
        return Row(
            STATES[code],
            None if left is None else timedelta(microseconds=left),
            None if due is None else instant(due),
        )


def _number(value: Any) -> int | None:
    return None if value is None or value == NONE else int(value)


Plan = tuple[int, int, int, int, int, int, int]
"""
What a clock's state comes to at any later instant: before, after, limit, goal, falls, due, turns.

It has the code *before* until the tick *limit* and *after* from then on. What is left is *goal*, less the
count at that instant where it *falls*. From the tick *turns* on only its facts can tell. A plain tuple of
numbers, as one is made for every clock of every column; `NONE` stands for nothing left and nothing due.
"""

NO_CLOCK: Final[Plan] = (ABSENT, ABSENT, NEVER, NONE, 0, NONE, NEVER)


class Meter:
    """What counts by one calendar; clocks that share where they began to count are counted once."""

    __slots__ = ("_begun", "_since", "hours", "now", "reach")

    def __init__(self, hours: OpenHours, at: int | None) -> None:
        self.hours = hours
        self.now = 0 if at is None else hours.count(at)
        self.reach = hours.reach
        self._since, self._begun = at, self.now

    def count(self, at: int) -> int:
        """Return the open ticks up to *at*."""
        if at != self._since:
            self._begun = self.hours.count(at)
            self._since = at
        return self._begun


class Meters:
    """The meters of all calendars by name, at one instant if any, each made when it is first needed."""

    __slots__ = ("_at", "_calendars", "_known")

    def __init__(self, calendars: Calendars, at: int | None = None) -> None:
        self._calendars, self._at = calendars, at
        self._known: dict[str, Meter] = {}

    def of(self, name: str) -> Meter:
        """Return the meter of a calendar; one that was not given is refused."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = Meter(hours_of(self._calendars, name), self._at)
        return found


def plan(state: ClockState, meter: Meter) -> Plan:
    """Return what *state* comes to from its horizon on, counted by the *meter* of its calendar."""
    phase, since, target = state.phase, state.since, state.target
    turns = NEVER if state.turns is None else state.turns
    if phase == "running" and since is not None and target is not None:
        ahead = target - state.used
        goal = meter.count(since) + ahead
        limit = since if ahead <= 0 else _reached(meter, goal)
        due = NONE if limit == NEVER else limit
        if state.breached is not None:
            return RUNNING, BREACHED, EVER, goal, 1, _kept(state, due), turns
        return RUNNING, BREACHED, limit, goal, 1, due, turns
    if since is None or phase not in ("running", "paused"):
        code = _CODES[phase]
        left, due = _ended(state, meter)
        return code, code, NEVER, left, 0, due, turns
    if target is None:
        return _deadline(state, since, meter, turns)
    limit = EVER if target <= state.used or state.breached is not None else NEVER
    return PAUSED, BREACHED, limit, target - state.used, 0, NONE, turns


def _reached(meter: Meter, amount: int) -> int:
    """Return the tick at which the count is *amount*, `NEVER` where the calendar never gives that much."""
    try:
        return meter.reach(amount)
    except Invalid as error:
        never(error)
        return NEVER


def _deadline(state: ClockState, since: int, meter: Meter, turns: int) -> Plan:
    running, late, date = state.phase == "running", state.breached is not None, state.due
    code = RUNNING if running else PAUSED
    if date is None:
        return code, BREACHED, EVER if late else NEVER, NONE, 0, NONE, turns
    limit = date if running or date <= since else NEVER
    return code, BREACHED, EVER if late else limit, meter.count(date), 1, date if running else NONE, turns


def _kept(state: ClockState, due: int) -> int:
    """Return when a clock is due: a target used up before the present run was due when it was broken."""
    return due if state.breached is None or due != state.since else state.breached


def _ended(state: ClockState, meter: Meter) -> tuple[int, int]:
    """Return what was left when a clock ended, and when it was due; nothing is due of one that was paused."""
    stopped, target, date = state.stopped, state.target, state.due
    if stopped is None:
        return NONE, NONE
    if target is not None:
        left = target - state.used
        if state.breached is not None:
            due = state.breached
        else:
            due = _reached(meter, meter.count(stopped) + left) if left > 0 else stopped
            due = NONE if due == NEVER else due
    elif date is not None:
        left, due = meter.count(date) - meter.count(stopped), date
    else:
        left, due = NONE, NONE
    return left, due if state.reason is None else NONE


def told(reading: Told) -> tuple[int, int, int]:
    """Return an exact reading as the code of its state, the ticks left and the due tick."""
    left, due = reading.left, reading.due_at
    return (
        _CODES[reading.state],
        NONE if left is None else ticks(left),
        NONE if due is None else tick(due),
    )


def columns(
    states: Iterable[ClockState | None],
    calendars: Calendars,
    now: datetime,
    *,
    exact: Exact | None = None,
) -> Columns:
    """
    Return what each clock comes to at *now*: its state, how much is left, and when it is due.

    The rows keep their order; None stands for a job without that clock. *now* is at or after the last event
    folded into each. A row whose conditions time alone may have turned by then is read by *exact*, which is
    given its place; without it the row says `turned`. A naive instant and a calendar that was not given are
    refused.

    >>> from datetime import UTC
    >>> from jobkit.model._clock import ClockState
    >>> begun = tick(datetime(2026, 3, 10, 8, tzinfo=UTC))
    >>> clock = ClockState(phase="running", started=begun, since=begun, target=8 * 3_600_000_000)
    >>> columns([clock, None], {}, datetime(2026, 3, 10, 10, tzinfo=UTC)).row(0).left
    datetime.timedelta(seconds=21600)
    """
    at = tick(now, "$.now")
    meters = Meters(calendars, at)
    codes, lefts, dues = list[int](), list[int | None](), list[int | None]()
    for place, state in enumerate(states):
        code, left, due = _AWAY if state is None else _values(state, meters, at)
        if code == TURNED and exact is not None:
            code, left, due = told(exact(place))
        codes.append(code)
        lefts.append(None if left == NONE else left)
        dues.append(None if due == NONE else due)
    return Columns(at=at, codes=codes, left=lefts, due=dues)


_AWAY: Final = (ABSENT, NONE, NONE)


def _values(state: ClockState, meters: Meters, at: int) -> tuple[int, int, int]:
    meter = meters.of(state.calendar)
    before, after, limit, goal, falls, due, turns = plan(state, meter)
    if turns <= at:
        return TURNED, NONE, NONE
    return before if at < limit else after, goal - meter.now if falls else goal, due
