"""What a clock remembers between two events: plain numbers and words, so that a job's document holds it."""

from typing import Literal

import attrs

ClockPhase = Literal["not_started", "running", "paused", "met", "met_late", "cancelled"]


@attrs.frozen(kw_only=True)
class ClockState:
    """
    One clock of a job as it stood after the last event folded into it.

    Instants are ticks: whole microseconds since 1970 in UTC. `used` is the open time counted up to `since`,
    the tick from which the present run or pause counts. A clock has a `target` (open ticks), a `due` tick (a
    deadline by a fact), or neither. `breached` is written down once it lies in the past; whether a living
    clock is breached now follows from now. `warned` holds the tick of each warning that was reached. `turns`
    is the next tick at which time alone turns a condition, `horizon` the tick of the last moment folded,
    `rules` the seal of the milestone that judged, and `told` the tick up to which its warnings and its breach
    have been told to the outside. A clock is `endless` where its calendar never gives the working days or
    hours that its target takes.
    """

    phase: ClockPhase = "not_started"
    cycle: int = 0
    started: int | None = None
    since: int | None = None
    used: int = 0
    target: int | None = None
    due: int | None = None
    calendar: str = "always"
    choice: str | None = None
    reason: str | None = None
    stopped: int | None = None
    breached: int | None = None
    warned: tuple[int | None, ...] = ()
    held: int = 0
    turns: int | None = None
    horizon: int | None = None
    rules: str = ""
    edition: str | None = None
    told: int | None = None
    endless: bool = False

    @property
    def is_live(self) -> bool:
        """Whether the clock runs or is paused."""
        return self.phase in ("running", "paused")
