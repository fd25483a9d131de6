"""One version of a milestone as data: when its clock runs, by which calendar, and to which target."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Literal

import attrs

from jobkit.durations import Duration, Working
from jobkit.mappings import EMPTY

Word = Literal["cancel", "stop", "reset", "start", "pause", "retarget"]
Pick = Literal["first", "last", "next"]


def _a_duration(owner: object, field: "attrs.Attribute[Any]", value: object) -> None:
    # A text would be natural to give here, and reads nowhere below like one.
    if not isinstance(value, (timedelta, Working, NoneType)):
        raise TypeError(f"{field.name} must be a timedelta or Working, not {type(value).__name__}")


def _a_table(owner: object, field: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, Mapping):
        raise TypeError(f"{field.name} must be a mapping, not {type(value).__name__}")


@attrs.frozen(kw_only=True)
class Pause:
    """While `when` is true the clock stands still; `reason` is the code that explains the delay."""

    when: Any
    reason: str = ""
    label: str | None = None


@attrs.frozen(kw_only=True)
class CalendarChoice:
    """The calendar that counts working time when `when` is true; without `when` it always fits."""

    calendar: str
    when: Any = None


@attrs.frozen(kw_only=True)
class Target:
    """
    What is promised when `when` is true: `within` a duration, or a deadline `by` a fact.

    An elapsed duration (`8h`) counts around the clock, a working one (`8 working hours`) by the calendar
    chosen. A deadline is the instant at the path `by`, moved by `before` or `after`. Where the path names
    several items (`[]`), `where` says which of them count and `pick` which instant is taken: the `first`, the
    `last`, or the `next` that is not in the past (the last one when all are).
    """

    name: str | None = None
    when: Any = None
    within: Duration | None = attrs.field(default=None, validator=_a_duration)
    by: str | None = None
    before: Duration | None = attrs.field(default=None, validator=_a_duration)
    after: Duration | None = attrs.field(default=None, validator=_a_duration)
    pick: Pick = "first"
    where: Any = None


@attrs.frozen(kw_only=True)
class WarningPoint:
    """A point on the way to the target: a `share` of it used up (between 0 and 1), or so much time `left`."""

    name: str
    share: float | None = None
    left: Duration | None = attrs.field(default=None, validator=_a_duration)
    data: Mapping[str, Any] = attrs.field(default=EMPTY, validator=_a_table)


@attrs.frozen(kw_only=True)
class Policies:
    """
    What engines decide differently, each with a name and a default.

    `retarget`: when another target or calendar is chosen while the clock lives, `keep` what was counted and
    paused, `restart` from that moment, or `clear` (the clock ends there, cancelled). `past_breach`: a breach
    that has happened is kept when the target or its date moves, or forgotten if the new one is not exceeded.
    `reopen`: when `starts` is true again after the end, `stay` ended, `resume` the count or `restart` it.
    `order`: which of several words that are true at one moment is heard first; each is heard once. It may
    name `retarget`, too: ahead of `stop`, the target that the facts of the stop choose judges it; by default
    the target in force until then does.
    """

    retarget: Literal["keep", "restart", "clear"] = "keep"
    past_breach: Literal["keep", "forget"] = "keep"
    reopen: Literal["stay", "resume", "restart"] = "stay"
    order: tuple[Word, ...] = ("cancel", "stop", "reset", "start", "pause")


@attrs.frozen(kw_only=True)
class Promise:
    """
    One version of a milestone, in force from `effective_from`: the first may leave it out.

    Conditions stand in their data form, as one line of text, or as values built in Python. The clock starts
    when `starts` is true and `stops` is not; it runs unless a pause holds, until `stops` or `cancels` is.
    `resets` begins a new cycle of a living clock when it becomes true, `repeats` one of an ended clock.
    `runs` says where the clock is meant to run; only the analysis at load looks at it.
    """

    version: str = "1"
    effective_from: datetime | None = None
    label: str | None = None
    starts: Any
    stops: Any = None
    pauses: tuple[Pause, ...] = ()
    cancels: Any = None
    resets: Any = None
    repeats: Any = None
    runs: Any = None
    calendar: str | None = None
    calendars: tuple[CalendarChoice, ...] = ()
    targets: tuple[Target, ...] = ()
    warnings: tuple[WarningPoint, ...] = ()
    policies: Policies = Policies()
    data: Mapping[str, Any] = attrs.field(default=EMPTY, validator=_a_table)
