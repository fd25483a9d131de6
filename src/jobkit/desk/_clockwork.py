"""The clocks that a job carries: moved on with every event, folded anew when a word comes late."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from jobkit.catalog import BREACHED, Catalog
from jobkit.clocks import CARRIED, Milestone, advance, glance, reading
from jobkit.desk import _steps
from jobkit.desk._draft import Draft
from jobkit.desk._escalations import Reached, announced, passed, with_tidings
from jobkit.desk._moments import ADOPTED, Facts, Moment, facts_of, moments
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.desk._touched import concerned
from jobkit.history import UNMERGED
from jobkit.instants import instant_of, tick_of
from jobkit.mappings import FrozenMap
from jobkit.model import ClockState, Job

_TICK: Final = timedelta(microseconds=1)
_LIVED_BEFORE: Final = frozenset({ADOPTED, "replayed"})
_MOST_TURNS: Final = 10_000


@attrs.frozen
class _Walk:
    """One clock walked on over some moments: where it stands, and the points that it reached on the way."""

    milestone: Milestone
    state: ClockState
    reached: frozenset[Reached] = frozenset()
    stays: bool = False


def clocked(office: Office, draft: Draft, now: datetime) -> Steps[Draft]:
    """
    Move the clocks of a draft's job on, and add what is to be told of the points that they reached by *now*.

    A clock goes on from what the job carries; a moment before its last one folds it anew from the history.
    Every point is told once, by whichever command comes first after it. Of a job that lived elsewhere before,
    and of promises that are new to it, what was reached until then is not told.
    """
    milestones = office.catalog.clocks_of(draft.job.type)
    if not milestones:
        return draft
    if draft.before is None:
        walks, reached = _born(office.catalog, milestones, draft, now)
    else:
        walks, reached = yield from _continued(office, milestones, draft, draft.before, now)
    job = attrs.evolve(draft.job, clocks=FrozenMap(_carried(draft, walks, now)))
    ordered = sorted(reached, key=lambda each: (each.at, each.clock, each.point))
    return with_tidings(office, attrs.evolve(draft, job=job), ordered, now)


def _carried(draft: Draft, walks: Iterable[_Walk], now: datetime) -> dict[str, ClockState]:
    """Return the new states; a host whose clock is behind takes nothing back of what was told."""
    before: Mapping[str, ClockState] = {} if draft.before is None else draft.before.clocks
    known = {name: state.told for name, state in before.items() if state.told is not None}
    at = tick_of(now)
    return {
        walk.milestone.name: walk.state
        if walk.stays
        else attrs.evolve(walk.state, told=max(at, known.get(walk.milestone.name, at)))
        for walk in walks
    }


def _born(
    catalog: Catalog, milestones: Sequence[Milestone], draft: Draft, now: datetime
) -> tuple[list[_Walk], set[Reached]]:
    told = moments(draft.events)
    walks = [_walked(catalog, each, ClockState(), {}, told, now) for each in milestones]
    return walks, set() if draft.events[0].name in _LIVED_BEFORE else _of_all(walks)


def _continued(
    office: Office, milestones: Sequence[Milestone], draft: Draft, before: Job, now: datetime
) -> Steps[tuple[list[_Walk], set[Reached]]]:
    told = _new_moments(draft, before)
    undone = any(event.kind == UNMERGED for event in draft.events)
    if told and (undone or any(_is_late(state, told[0][0]) for state in before.clocks.values())):
        return (yield from _refolded(office, milestones, draft, before, told[0][0], now))
    changed = [change.path for event in draft.events for change in event.changes]
    walks = [_next(office.catalog, each, before, told, changed, now) for each in milestones]
    return walks, _of_all(walks)


def _next(
    catalog: Catalog,
    milestone: Milestone,
    before: Job,
    told: Sequence[Moment],
    changed: Sequence[str],
    now: datetime,
) -> _Walk:
    """Walk one clock on; if it reads nothing of what changed and reached no point meanwhile, it stays."""
    state, facts = before.clocks[milestone.name], {"job": before}
    taking = any(CARRIED in facts for _, facts in told)
    concerning = told if taking or concerned(milestone, changed) else ()
    if not concerning and _is_quiet(catalog, milestone, state, facts, now):
        return _Walk(milestone, state, stays=True)
    walk = _walked(catalog, milestone, state, facts, concerning, now)
    if not walk.reached:
        return walk
    return attrs.evolve(walk, reached=walk.reached - _known(catalog, milestone, state, facts, now))


def _is_quiet(catalog: Catalog, milestone: Milestone, state: ClockState, facts: Facts, now: datetime) -> bool:
    """Whether time alone has brought nothing since the clock was last looked at."""
    end = tick_of(now)
    if state.told is None or (state.turns is not None and state.turns <= end):
        return False
    # A host whose clock was set back looks at a job before what was told of it.
    if not state.is_live or end <= state.told:
        return True
    seen = glance(state, milestone, catalog.calendars, facts, now)
    return not any(seen.between(state.told, end))


def _new_moments(draft: Draft, before: Job) -> tuple[Moment, ...]:
    changing = [event for event in draft.events if event.changes]
    if len(changing) == 1:
        at = changing[0].occurred_at
        return ((at, facts_of(draft.job, changing[0], at)),)
    return moments(changing, start=before)


def _is_late(state: ClockState, at: datetime) -> bool:
    return state.horizon is not None and tick_of(at) < state.horizon


def _refolded(
    office: Office,
    milestones: Sequence[Milestone],
    draft: Draft,
    before: Job,
    since: datetime,
    now: datetime,
) -> Steps[tuple[list[_Walk], set[Reached]]]:
    """Fold every clock anew, and tell what follows from the late word and was not told before."""
    events = yield from _steps.history(office.tenant, before.id)
    whole = moments((*events, *draft.events))
    walks = [_walked(office.catalog, each, ClockState(), {}, whole, now) for each in milestones]
    told = [state.told for state in before.clocks.values() if state.told is not None]
    if not told:
        return walks, set()
    first = min(since, instant_of(min(told)) + _TICK)
    known = announced(events)
    return walks, {point for point in _of_all(walks) if point.at >= first and point.key not in known}


def _of_all(walks: Iterable[_Walk]) -> set[Reached]:
    return {point for walk in walks for point in walk.reached}


def _walked(
    catalog: Catalog,
    milestone: Milestone,
    state: ClockState,
    facts: Facts,
    told: Iterable[Moment],
    now: datetime,
) -> _Walk:
    reached: set[Reached] = set()
    for at, following in told:
        met_at_last = _reached(catalog, milestone, state, facts, at)
        # A clock that stops at exactly the due instant has kept its promise.
        reached |= {point for point in met_at_last if point.at < at or point.point != BREACHED}
        state = advance(state, milestone, catalog.calendars, facts, at, following)
        facts = following
    return _Walk(milestone, state, frozenset(reached | _reached(catalog, milestone, state, facts, now)))


def _reached(
    catalog: Catalog, milestone: Milestone, state: ClockState, facts: Facts, until: datetime
) -> set[Reached]:
    """Return the points that a clock reaches by *until* by time alone, those before its last moment too."""
    end, found = tick_of(until), set[Reached]()
    if state.horizon is None or end < state.horizon:
        return found
    for _ in range(_MOST_TURNS):
        if state.turns is None or state.turns > end:
            break
        turn = instant_of(state.turns)
        found.update(passed(reading(state, milestone, catalog.calendars, facts, turn - _TICK)))
        state = advance(state, milestone, catalog.calendars, facts, turn, facts)
    if state.is_live:
        found.update(passed(reading(state, milestone, catalog.calendars, facts, until)))
    return found


def _known(
    catalog: Catalog, milestone: Milestone, state: ClockState, facts: Facts, now: datetime
) -> set[Reached]:
    """Return the points that were told when the job was last looked at; of new promises all until now."""
    until = now if state.told is None else instant_of(state.told)
    return _reached(catalog, milestone, state, facts, until)
