"""When a job's clocks are to be looked at again: the exact instants at which time alone changes one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from jobkit.clocks._aim import Facts
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._read import next_change, reading
from jobkit.clocks._reading import Reading
from jobkit.clocks._ticks import Calendars
from jobkit.model import ClockState
from jobkit.wakeups import Wakeup

KIND: Final = "clock"
BREACHED: Final = "breached"
TURNED: Final = "turned"


def wakeups(
    job_id: str,
    states: Mapping[str, ClockState],
    milestones: Mapping[str, Milestone],
    calendars: Calendars,
    facts: Facts,
    now: datetime,
) -> tuple[Wakeup, ...]:
    """
    Return for each of a job's clocks the first instant after *now* at which time alone changes it.

    The kind is `clock`; the name is the milestone's and what comes then: the name of a warning, `breached`,
    or `turned` when a condition starts, pauses, stops or aims the clock. A clock that nothing but an event
    can change has none, nor has one whose milestone is not given. *facts* are those that hold since the last
    event. Refused is what `reading` refuses.
    """
    found = (
        wakeup
        for name, state in states.items()
        if name in milestones
        for wakeup in _of(job_id, state, milestones[name], calendars, facts, now)
    )
    return tuple(sorted(found))


def _of(
    job_id: str, state: ClockState, milestone: Milestone, calendars: Calendars, facts: Facts, now: datetime
) -> Iterator[Wakeup]:
    at = next_change(state, milestone, calendars, facts, now)
    if at is None:
        return
    told = reading(state, milestone, calendars, facts, at)
    for point in _points(told, at) or (TURNED,):
        yield Wakeup(at=at, job_id=job_id, kind=KIND, name=f"{milestone.name}.{point}")


def _points(told: Reading, at: datetime) -> tuple[str, ...]:
    warned = tuple(warning.name for warning in told.warnings if warning.at == at)
    return (*warned, BREACHED) if told.breached_at == at else warned
