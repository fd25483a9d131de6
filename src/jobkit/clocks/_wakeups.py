"""When a job's clocks are to be looked at again: the exact instants at which time alone changes one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from jobkit.clocks._aim import Facts
from jobkit.clocks._glance import Glance, glance
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._read import next_change
from jobkit.clocks._ticks import Calendars, instant, tick
from jobkit.mappings import EMPTY
from jobkit.model import ClockState
from jobkit.wakeups import Wakeup

KIND: Final = "clock"
TURNED: Final = "turned"


def wakeups(
    job_id: str,
    states: Mapping[str, ClockState],
    milestones: Mapping[str, Milestone],
    calendars: Calendars,
    facts: Facts,
    now: datetime,
    seen: Mapping[str, Glance] = EMPTY,
) -> tuple[Wakeup, ...]:
    """
    Return for each of a job's clocks the first instant after *now* at which time alone changes it.

    The kind is `clock`; the name is the milestone's and what comes then: the name of a warning, `breached`,
    or `turned` when a condition starts, pauses, stops or aims the clock. A clock that nothing but an event
    can change has none, nor has one whose milestone is not given. *facts* are those that hold since the last
    event; glances at *now* that were *seen* already are not taken again. Refused is what `reading` refuses.
    """
    found = (
        wakeup
        for name, state in states.items()
        if name in milestones
        for wakeup in _of(job_id, state, milestones[name], calendars, facts, now, seen.get(name))
    )
    return tuple(sorted(found))


def _of(
    job_id: str,
    state: ClockState,
    milestone: Milestone,
    calendars: Calendars,
    facts: Facts,
    now: datetime,
    seen: Glance | None,
) -> Iterator[Wakeup]:
    seen = seen or glance(state, milestone, calendars, facts, now)
    coming = seen.next_point(tick(now))
    if seen.state.turns is not None:
        changes = next_change(state, milestone, calendars, facts, now)
        coming = None if changes is None else tick(changes)
        seen = seen if changes is None else glance(state, milestone, calendars, facts, changes)
    if coming is not None:
        for point in (*seen.between(coming - 1, coming),) or (TURNED,):
            yield Wakeup(at=instant(coming), job_id=job_id, kind=KIND, name=f"{milestone.name}.{point}")
