"""A clock at a glance, in ticks: where it stands, when it is due, and the points behind and ahead of it."""

from collections.abc import Iterator
from datetime import datetime

import attrs

from jobkit.clocks._aim import Facts
from jobkit.clocks._measure import due, points
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._read import due_told, must_fit
from jobkit.clocks._step import caught_up
from jobkit.clocks._ticks import Calendars, tick
from jobkit.model import ClockState

BREACHED = "breached"


@attrs.frozen(kw_only=True)
class Glance:
    """
    What a host that has many clocks asks of each: a Reading without its lengths of time.

    `state` is the clock after all that time alone turned. `due` is that of a living clock, `breach` when the
    promise is or will be broken, `breached` when it was; `points` are the warnings, by name. All are ticks.
    """

    state: ClockState
    due: int | None = None
    breach: int | None = None
    breached: int | None = None
    points: tuple[tuple[str, int], ...] = ()

    def between(self, after: int, until: int) -> Iterator[str]:
        """Yield the points later than *after* and not later than *until*: warnings, and `breached`."""
        for name, at in self.points:
            if after < at <= until:
                yield name
        if self.breach is not None and after < self.breach <= until:
            yield BREACHED

    def passed(self, now: int) -> Iterator[str]:
        """Yield every point of the present cycle that was reached by *now*."""
        if self.breached is not None:
            yield BREACHED
        yield from (name for name, at in self.points if at <= now)

    def next_point(self, after: int) -> int | None:
        """Return the first tick later than *after* at which a living clock warns or is breached."""
        ahead = [at for _, at in self.points if at > after]
        if self.breach is not None and self.breach > after:
            ahead.append(self.breach)
        return min(ahead, default=None)


def glance(
    state: ClockState, milestone: Milestone, calendars: Calendars, facts: Facts, now: datetime
) -> Glance:
    """Return what a carried state comes to at *now*; refuses what `reading` refuses."""
    at = tick(now, "$.now")
    must_fit(state, milestone, at)
    if state.turns is not None and state.turns <= at:
        state = caught_up(state, milestone, calendars, facts, at + 1)
    edition = milestone.edition_of(state, at)
    if state.started is None or edition is None:
        return Glance(state=state)
    named = zip(edition.promise.warnings, points(state, edition, calendars), strict=True)
    limit = due(state, calendars) if state.is_live and state.breached is None else state.breached
    return Glance(
        state=state,
        due=due_told(state, calendars) if state.is_live else None,
        breach=limit,
        breached=limit if limit is not None and limit <= at else None,
        points=tuple((rule.name, point) for rule, point in named if point is not None),
    )
