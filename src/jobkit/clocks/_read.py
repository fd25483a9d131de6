"""Reading a clock: from a whole timeline with its derivation, or from the state that a job carries."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import attrs

from jobkit.clocks._aim import Facts
from jobkit.clocks._derivation import marks, spans
from jobkit.clocks._measure import due, if_resumed, left_at, points, used_at
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._reading import Reading, Verdict, Warned
from jobkit.clocks._step import caught_up, scene_of, step, turned_states
from jobkit.clocks._ticks import LAST, Calendars, hours_of, instant, maybe_instant, reached, tick
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import write_instant
from jobkit.mappings import EMPTY
from jobkit.model import ClockState

BACKWARDS = Template(
    "clocks.backwards",
    "The timeline runs backwards: {path} is at {instant}, before {before}.",
    "Give the moments in the order in which they occurred.",
)
LATE = Template(
    "clocks.late",
    "The clock {milestone} was folded up to {horizon}, and a change at {instant} comes before that.",
    "Fold the clock anew from the whole timeline with refold.",
)
OTHER_RULES = Template(
    "clocks.other_rules",
    "The clock {milestone} was folded under other rules or calendars than those given.",
    "Fold the clock anew from the whole timeline with refold.",
)
NOT_A_MOMENT = Template(
    "clocks.not_a_moment",
    "{path} is no moment of a timeline.",
    "Give pairs of an instant and facts; a third item tells when the moment was recorded.",
)

NO_HOURS = Template(
    "clocks.no_hours",
    "The calendar {calendar} never gives the time that the clock {milestone} takes, so it is never due.",
    "Add hours or openings to the calendar {calendar}, or choose another calendar or target for {milestone}.",
)

Moment = tuple[datetime, Facts] | tuple[datetime, Facts, datetime]
"""From this instant on these facts hold; the third item is when that was recorded."""


def read(
    timeline: Iterable[Moment],
    milestone: Milestone,
    calendars: Calendars = EMPTY,
    *,
    now: datetime,
    known_at: datetime | None = None,
) -> Reading:
    """
    Return what the clock of *milestone* says at *now*, with its derivation.

    The facts of each moment hold until the next one; moments at one instant count in the order given. With
    *known_at* only what was recorded by then counts. A timeline that runs backwards, naive instants, and a
    calendar that the milestone names and nobody gave are refused.
    """
    at = tick(now, "$.now")
    states = _replayed(timeline, milestone, calendars, at, known_at)
    told = _reading(states[-1], milestone, calendars, at)
    return attrs.evolve(
        told,
        spans=tuple(spans(states, calendars, at)),
        marks=tuple(marks(states, calendars, at)),
    )


def refold(
    timeline: Iterable[Moment],
    milestone: Milestone,
    calendars: Calendars = EMPTY,
    *,
    known_at: datetime | None = None,
) -> ClockState:
    """Return the state of the clock after the last moment of the timeline; refuses what `read` refuses."""
    return _replayed(timeline, milestone, calendars, None, known_at)[-1]


def advance(
    state: ClockState,
    milestone: Milestone,
    calendars: Calendars,
    facts_before: Facts,
    at: datetime,
    facts_after: Facts,
) -> ClockState:
    """
    Return the state after a moment at *at*: *facts_before* held until then, *facts_after* hold from then on.

    A moment before the state's horizon, and a state that other rules made, are refused: refold the clock.
    Moments at one instant count in the order of the timeline; one that comes late to it is refolded too.
    """
    moment = tick(at, "$.at")
    must_fit(state, milestone, moment)
    before = caught_up(state, milestone, calendars, facts_before, moment)
    return step(before, scene_of(milestone, calendars, moment, facts_after))


def reading(
    state: ClockState, milestone: Milestone, calendars: Calendars, facts: Facts, now: datetime
) -> Reading:
    """
    Return what a carried state says at *now*: the verdict of `read`, without the derivation.

    *facts* are those that hold since the last moment. A *now* before the state's horizon is refused.
    """
    at = tick(now, "$.now")
    must_fit(state, milestone, at)
    if state.turns is not None and state.turns <= at:
        state = caught_up(state, milestone, calendars, facts, at + 1)
    return _reading(state, milestone, calendars, at)


def next_change(
    state: ClockState, milestone: Milestone, calendars: Calendars, facts: Facts, now: datetime
) -> datetime | None:
    """
    Return the first instant after *now* at which time alone changes what the clock says, or None.

    That is the due instant, a warning, or a turn of a condition that starts, pauses, stops or aims the clock;
    what counts on meanwhile is no change. A *now* before the state's horizon is refused.
    """
    at = tick(now, "$.now")
    must_fit(state, milestone, at)
    state = caught_up(state, milestone, calendars, facts, at + 1)
    for following in turned_states(state, milestone, calendars, facts, _BEYOND):
        coming = _coming(state, milestone, calendars, at)
        turn = following.horizon
        if coming is not None and turn is not None and coming <= turn:
            return instant(coming)
        if turn is not None and _visible(following) != _visible(state):
            return instant(turn)
        state = following
    return maybe_instant(_coming(state, milestone, calendars, at))


_BEYOND = 2**62


def must_fit(state: ClockState, milestone: Milestone, at: int) -> None:
    """Refuse a state that other rules have folded, and a tick before the last moment folded."""
    if state.horizon is None:
        return
    if state.rules != milestone.seal:
        raise Invalid.of(OTHER_RULES, milestone=milestone.name)
    if at < state.horizon:
        horizon, late = write_instant(instant(state.horizon)), write_instant(instant(at))
        raise Invalid.of(LATE, milestone=milestone.name, horizon=horizon, instant=late)


def _visible(state: ClockState) -> tuple[object, ...]:
    return (
        state.phase, state.cycle, state.reason, state.target, state.due, state.choice, state.calendar,
    )  # fmt: skip


def _coming(state: ClockState, milestone: Milestone, calendars: Calendars, at: int) -> int | None:
    """Return the first tick after *at* at which the state alone says something else."""
    if not state.is_live:
        return None
    edition = milestone.edition_of(state, at)
    warned = points(state, edition, calendars) if edition is not None else ()
    limit = due(state, calendars) if state.breached is None else None
    return min((each for each in (limit, *warned) if each is not None and at < each < LAST), default=None)


def _replayed(
    timeline: Iterable[Moment],
    milestone: Milestone,
    calendars: Calendars,
    now: int | None,
    known_at: datetime | None,
) -> list[ClockState]:
    """Return the state before the first moment and after each one up to *now*."""
    known = None if known_at is None else tick(known_at, "$.known_at")
    states = [ClockState()]
    facts: Facts = EMPTY
    for at, following in _moments(timeline, known):
        if now is not None and at > now:
            break
        states += turned_states(states[-1], milestone, calendars, facts, at)
        states.append(step(states[-1], scene_of(milestone, calendars, at, following)))
        facts = following
    if now is not None:
        states += turned_states(states[-1], milestone, calendars, facts, now + 1)
    return states


def _moments(timeline: Iterable[Moment], known: int | None) -> Iterator[tuple[int, Facts]]:
    """Yield the moments that were known, refusing a timeline that runs backwards."""
    before: int | None = None
    for place, moment in enumerate(timeline):
        path = f"$.timeline[{place}]"
        if not isinstance(moment, tuple) or len(moment) not in (2, 3):
            raise Invalid.of(NOT_A_MOMENT, path=path)
        at = tick(moment[0], path)
        if before is not None and at < before:
            told = write_instant(instant(at)), write_instant(instant(before))
            raise Invalid.of(BACKWARDS, path=path, instant=told[0], before=told[1])
        before = at
        recorded = tick(moment[2], path) if len(moment) == 3 else at
        if known is None or recorded <= known:
            yield at, moment[1]


def _reading(state: ClockState, milestone: Milestone, calendars: Calendars, now: int) -> Reading:
    limit = due(state, calendars) if state.is_live else None
    resumed = if_resumed(state, calendars, now) if state.phase == "paused" else None
    reached_now = state.breached is None and limit is not None and limit <= now
    breached = limit if reached_now else state.breached
    used = used_at(state, calendars, now)
    left = _left(state, calendars, used, now)
    coming = limit if state.phase == "running" else resumed
    return Reading(
        milestone=milestone.name,
        label=milestone.label,
        version=state.edition,
        state=_verdict(state, breached),
        now=instant(now),
        cycle=state.cycle,
        elapsed=timedelta(microseconds=used),
        left=None if left is None else timedelta(microseconds=left),
        target=None if state.target is None else timedelta(microseconds=state.target),
        target_name=state.choice,
        calendar=state.calendar,
        due_at=maybe_instant(due_told(state, calendars, limit)),
        due_if_resumed=maybe_instant(resumed),
        started_at=maybe_instant(state.started),
        stopped_at=maybe_instant(state.stopped),
        breached_at=maybe_instant(breached),
        paused_for=state.reason if state.phase == "paused" else None,
        warnings=_warned(state, milestone, calendars, now),
        findings=() if coming is not None else _endless(state, milestone),
    )


def _left(state: ClockState, calendars: Calendars, used: int, now: int) -> int | None:
    if state.target is not None:
        return state.target - used
    return left_at(state, calendars, now if state.stopped is None else state.stopped)


def _endless(state: ClockState, milestone: Milestone) -> tuple[Finding, ...]:
    """Return that a clock without a due instant will never have one, as its calendar stands."""
    if not state.is_live or state.breached is not None or not (state.endless or state.target is not None):
        return ()
    params = {"calendar": state.calendar, "milestone": milestone.name}
    return (Finding.of(NO_HOURS, path=f"$.calendars[{state.calendar}]", severity="warn", **params),)


def _verdict(state: ClockState, breached: int | None) -> Verdict:
    return "breached" if breached is not None and state.is_live else state.phase


def due_told(state: ClockState, calendars: Calendars, limit: int | None = None) -> int | None:
    """
    Return the due tick: none while paused; of an ended clock the one in force when it ended.

    *limit* is where a living clock is due, if that is known already.
    """
    # A clock that ended while it was paused had no due instant.
    if state.phase == "paused" or (state.stopped is not None and state.reason is not None):
        return None
    if state.target is None:
        return state.due
    if state.phase == "running":
        limit = due(state, calendars) if limit is None else limit
        return state.breached if state.breached is not None and limit == state.since else limit
    if state.stopped is None or state.breached is not None:
        return state.breached
    hours = hours_of(calendars, state.calendar)
    left = state.target - state.used
    return reached(hours, hours.count(state.stopped) + left) if left > 0 else state.stopped


def _warned(state: ClockState, milestone: Milestone, calendars: Calendars, now: int) -> tuple[Warned, ...]:
    edition = milestone.edition_of(state, now)
    if edition is None or state.started is None:
        return ()
    rules = edition.promise.warnings
    return tuple(
        Warned(name=rule.name, at=maybe_instant(at), passed=at is not None and at <= now)
        for rule, at in zip(rules, points(state, edition, calendars), strict=True)
    )
