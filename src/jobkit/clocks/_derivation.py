"""The derivation of a reading: the stretches between moments, each with whether and why it counted."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple, Protocol

from jobkit.clocks._measure import breached_at
from jobkit.clocks._reading import Mark, Span, Why
from jobkit.clocks._ticks import (
    ALWAYS,
    Calendars,
    Counting,
    OpenHours,
    calendar_of,
    instant,
    maybe_instant,
    span_of,
    ticks,
)
from jobkit.instants import EPOCH
from jobkit.model import ClockState


class Rule(Protocol):
    """Why a calendar is open or closed, as far as derivations tell it."""

    @property
    def because(self) -> str:
        """The kind of rule that decided."""

    @property
    def name(self) -> str | None:
        """The name of that rule, such as a holiday's."""

    @property
    def effective_from(self) -> datetime | None:
        """When the edition that has the rule came into force."""


_Because = tuple[int, int, Rule]


class _Stretch(NamedTuple):
    start: int
    end: int
    state: ClockState


def spans(states: Sequence[ClockState], calendars: Calendars, now: int) -> Iterator[Span]:
    """Yield what happened between the first moment and *now*, stretch by stretch, without holes."""
    last = states[-1]
    for stretch in _merged(_stretches(states, now)):
        if stretch.state.phase == "running" and stretch.state.cycle == last.cycle:
            yield from _counted(stretch, calendars)
        else:
            yield _still(stretch, last)


def _stretches(states: Sequence[ClockState], now: int) -> Iterator[_Stretch]:
    for state, following in pairwise(states):
        if state.horizon is not None and following.horizon is not None and state.horizon < following.horizon:
            yield _Stretch(state.horizon, following.horizon, state)
    last = states[-1]
    if last.horizon is not None and last.horizon < now:
        yield _Stretch(last.horizon, now, last)


def _merged(stretches: Iterator[_Stretch]) -> Iterator[_Stretch]:
    """Join neighbours in which the clock stood alike."""
    held: _Stretch | None = None
    for stretch in stretches:
        if held is not None and _alike(held.state, stretch.state):
            held = held._replace(end=stretch.end)
            continue
        if held is not None:
            yield held
        held = stretch
    if held is not None:
        yield held


def _alike(one: ClockState, other: ClockState) -> bool:
    # What was paused or aimed elsewhere in between, if only for an instant, counts from there.
    return (one.phase, one.cycle, one.since, one.reason, *_goal(one)) == (
        other.phase, other.cycle, other.since, other.reason, *_goal(other),
    )  # fmt: skip


def _still(stretch: _Stretch, last: ClockState) -> Span:
    state = stretch.state
    why: Why = "before_start" if state.phase == "not_started" else "ended"
    if state.is_live:
        why = "paused" if state.phase == "paused" else "earlier_cycle"
    return Span(
        start=instant(stretch.start),
        end=instant(stretch.end),
        counted=False,
        why=why,
        reason=state.reason if why == "paused" else None,
        calendar=state.calendar if why == "earlier_cycle" else None,
        cycle=state.cycle,
    )


def _counted(stretch: _Stretch, calendars: Calendars) -> Iterator[Span]:
    """Split a stretch in which the clock ran where its calendar opens and closes, and by what rule."""
    start, end, state = stretch
    if state.calendar == ALWAYS:
        yield _piece(stretch, start, end, "open", end - start)
        return
    calendar = calendar_of(calendars, state.calendar)
    hours, reasons = calendar.hours, _reasons(calendar, start, end)
    for begin, finish, why in _turns(hours, start, end):
        for first, last, rule in _within(reasons, begin, finish):
            amount = hours.count(last) - hours.count(first)
            told = None if rule is None or (why, rule.because) == ("open", "hours") else rule
            yield _piece(stretch, first, last, why, amount, told)


def _turns(hours: OpenHours, start: int, end: int) -> Iterator[tuple[int, int, Why]]:
    """Yield the open and the closed parts of [start, end) in turn, without holes."""
    starts, ends, _ = hours.columns(start, end)
    first, last = bisect_right(ends, start), bisect_left(starts, end)
    at = start
    for opens, closes in zip(starts[first:last], ends[first:last], strict=True):
        begin, finish = max(opens, at), min(closes, end)
        if begin >= finish:
            continue
        if at < begin:
            yield at, begin, "closed"
        yield begin, finish, "open"
        at = finish
    if at < end:
        yield at, end, "closed"


def _reasons(calendar: Counting, start: int, end: int) -> list[_Because]:
    """Return which rule of the calendar decides when; nothing of one that cannot explain itself."""
    explain = getattr(calendar, "explain", None)
    if explain is None:
        return []
    return [
        (ticks(begin - EPOCH), ticks(finish - EPOCH), rule)
        for begin, finish, rule in explain(instant(start), instant(end))
    ]


def _within(reasons: list[_Because], start: int, end: int) -> Iterator[tuple[int, int, Rule | None]]:
    """Yield the parts of [start, end) with the rule that decides each, or all of it with none."""
    place = bisect_right(reasons, start, key=_ends)
    if place == len(reasons):
        yield start, end, None
        return
    while start < end:
        _, finish, rule = reasons[place]
        yield start, min(finish, end), rule
        start, place = finish, place + 1


def _ends(reason: _Because) -> int:
    return reason[1]


def _piece(stretch: _Stretch, start: int, end: int, why: Why, amount: int, rule: Rule | None = None) -> Span:
    return Span(
        start=instant(start),
        end=instant(end),
        counted=why == "open" or amount != 0,
        why=why,
        calendar=stretch.state.calendar,
        cycle=stretch.state.cycle,
        amount=span_of(amount),
        because=None if rule is None else rule.because,
        rule=None if rule is None else rule.name,
        edition=None if rule is None else rule.effective_from,
    )


def marks(states: Sequence[ClockState], calendars: Calendars, now: int) -> Iterator[Mark]:
    """Yield what happened to the clock, in order; a breach that is only known by *now* comes last."""
    for state, following in pairwise(states):
        yield from _breaches(state, following, calendars)
        yield from _marks(state, following)
    last = states[-1]
    breached = breached_at(last, calendars, now)
    if breached is not None and last.breached is None:
        yield _mark("breached", breached, last)


def _breaches(state: ClockState, following: ClockState, calendars: Calendars) -> Iterator[Mark]:
    """Yield the breach that became certain before *following*, and that it was forgotten there."""
    if following.horizon is None:
        return
    broken = breached_at(state, calendars, following.horizon - 1)
    if broken is not None and state.breached is None:
        yield _mark("breached", broken, state)
    if broken is not None and following.breached is None and following.cycle == state.cycle:
        yield _mark("cleared_breach", following.horizon, following)


def _marks(state: ClockState, following: ClockState) -> Iterator[Mark]:
    at = following.horizon
    if at is None:
        return
    if following.cycle != state.cycle:
        yield _mark("started" if state.cycle == 0 else "restarted", at, following)
    elif _goal(following) != _goal(state):
        moved = (state.choice, state.calendar) == (following.choice, following.calendar)
        yield _mark("moved" if moved else "retargeted", at, following)
    if following.phase == "paused" and (state.phase, state.reason) != ("paused", following.reason):
        yield _mark("paused", at, following)
    elif following.phase == "running" and state.phase == "paused" and following.cycle == state.cycle:
        yield _mark("resumed", at, following)
    elif following.phase == "running" and state.stopped is not None and following.cycle == state.cycle:
        yield _mark("reopened", at, following)
    elif following.stopped is not None and (following.stopped, following.cycle) != (
        state.stopped,
        state.cycle,
    ):
        if following.breached == at != state.breached:
            yield _mark("breached", at, following)
        yield _mark(following.phase, at, following)


def _goal(state: ClockState) -> tuple[object, ...]:
    return state.choice, state.target, state.due, state.calendar


def _mark(what: str, at: int, state: ClockState) -> Mark:
    return Mark(
        at=instant(at),
        what=what,  # type: ignore[arg-type]
        reason=state.reason if what == "paused" else None,
        choice=state.choice,
        target=None if state.target is None else span_of(state.target),
        due=maybe_instant(state.due),
        calendar=state.calendar,
    )
