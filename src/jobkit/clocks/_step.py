"""One moment of a clock's life: the words that are true are heard in order, and a new state is the answer."""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

import attrs

from jobkit.clocks._aim import Facts, Goal
from jobkit.clocks._carried import CARRIED, Start
from jobkit.clocks._edition import Edition
from jobkit.clocks._measure import due, points, used_at
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._ticks import ALWAYS, Calendars, instant, tick_within
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.model import ClockPhase, ClockState

TOO_MANY_TURNS = Template(
    "clocks.too_many_turns",
    "Time alone turns the conditions of the milestone {milestone} more than {most} times before {instant}.",
    "Mend the predicate whose changes_at comes so often, or compare with an instant.",
)

_MOST_TURNS = 10_000
_RESETS, _REPEATS, _STARTS = 1, 2, 4


_NAMES = tuple(field.name for field in attrs.fields(ClockState))
_values = attrgetter(*_NAMES)


def with_(state: ClockState, **changes: Any) -> ClockState:
    """Return the state with *changes*, in a quarter of the time of attrs.evolve."""
    return ClockState(**{**dict(zip(_NAMES, _values(state), strict=True)), **changes})


@attrs.frozen(kw_only=True)
class Scene:
    """A moment: the tick, the instant, the facts from then on, and the rules that judge."""

    milestone: Milestone
    calendars: Calendars
    at: int
    now: datetime
    facts: Facts


def step(state: ClockState, scene: Scene) -> ClockState:
    """Return the clock after the moment of *scene*, whose facts hold from then on."""
    edition = scene.milestone.edition_of(state, scene.at)
    hearing = _Hearing(scene, settled(state, scene.milestone, scene.calendars, scene.at))
    if edition is not None:
        hearing.hear(edition)
    carried = scene.facts.get(CARRIED)
    if carried is not None:
        hearing.take_over(carried.start(scene.milestone.name, scene.at))
    return with_(
        hearing.state,
        turns=_turns(hearing.state, scene),
        horizon=scene.at,
        rules=scene.milestone.seal,
    )


def settled(state: ClockState, milestone: Milestone, calendars: Calendars, at: int) -> ClockState:
    """Return the state with the breach before *at*, and the warnings up to *at*, written down."""
    if not state.is_live:
        return state
    if state.breached is None:
        limit = due(state, calendars)
        # A stop at exactly the due instant keeps the promise, so a breach is certain only after it.
        if limit is not None and limit < at:
            state = with_(state, breached=limit)
    edition = milestone.edition_of(state, at)
    if edition is None or not edition.promise.warnings:
        return state
    reached = tuple(
        point if point is not None and point <= at else None for point in points(state, edition, calendars)
    )
    return state if reached == state.warned else with_(state, warned=reached)


def caught_up(
    state: ClockState, milestone: Milestone, calendars: Calendars, facts: Facts, until: int
) -> ClockState:
    """Return the state after every moment before *until* at which time alone turned a condition."""
    for turned in turned_states(state, milestone, calendars, facts, until):
        state = turned
    return state


def turned_states(
    state: ClockState, milestone: Milestone, calendars: Calendars, facts: Facts, until: int
) -> Iterator[ClockState]:
    """
    Yield the state after each moment before *until* at which time alone turned a condition.

    More than ten thousand of them are refused.
    """
    for _ in range(_MOST_TURNS):
        at = state.turns
        if at is None or at >= until:
            return
        state = step(state, scene_of(milestone, calendars, at, facts))
        yield state
    raise Invalid.of(
        TOO_MANY_TURNS, milestone=milestone.name, most=_MOST_TURNS, instant=instant(until).isoformat()
    )


def scene_of(milestone: Milestone, calendars: Calendars, at: int, facts: Facts) -> Scene:
    """Return the moment at the tick *at*."""
    return Scene(milestone=milestone, calendars=calendars, at=at, now=instant(at), facts=facts)


def _turns(state: ClockState, scene: Scene) -> int | None:
    """Return the next tick at which time turns a condition, picks another item or brings another version."""
    edition = scene.milestone.edition_of(state, scene.at)
    coming = [scene.milestone.next_edition(scene.at) if state.edition is None else None]
    if edition is not None:
        told = (condition.changes_at(scene.facts, scene.now) for condition in edition.timed)
        coming += [None if at is None else tick_within(at) for at in told]
        coming += [aim.passes(scene.facts, scene.at) for aim in edition.aims if aim.rule.pick == "next"]
    return min((at for at in coming if at is not None and at > scene.at), default=None)


class _Hearing:
    """Hears the words of one moment, each once, in the declared order."""

    __slots__ = ("blocked", "fresh", "scene", "state")

    def __init__(self, scene: Scene, state: ClockState) -> None:
        self.scene = scene
        self.state = state
        self.blocked = False
        self.fresh = False

    def hear(self, edition: Edition) -> None:
        reason = edition.pausing(self.scene.facts, self.scene.now)
        self._words(edition, reason)
        self._retarget()
        if self.fresh and self.state.edition != edition.promise.version:
            # A cycle that begins under another version is judged by that version from its first moment on.
            self._new_edition()
        elif self.state.is_live:
            self._run_or_pause(reason)

    def take_over(self, start: Start | None) -> None:
        """Go on from where the same promise stood elsewhere, if that is further; a kept one stays kept."""
        if start is not None and self.state.phase == "not_started":
            self._begin()
        edition = self.scene.milestone.edition_of(self.state, self.scene.at)
        if start is None or edition is None or not self.state.is_live:
            return
        state = _anchored(self.state, self.scene)
        if (start.used, state.started or 0) > (state.used, start.started):
            self.state = with_(state, started=start.started, used=start.used)
            self._keep(_aim_of(self.state, edition, self.scene), edition)
            self._still_broken(start)
        self._run_or_pause(edition.pausing(self.scene.facts, self.scene.now))

    def _still_broken(self, start: Start) -> None:
        limit = due(self.state, self.scene.calendars)
        if start.breached is not None and limit is not None and limit <= self.scene.at:
            self.state = with_(self.state, breached=start.breached)

    def _words(self, edition: Edition, reason: str | None) -> None:
        for word in edition.promise.policies.order:
            if word == "pause":
                self.blocked |= reason is not None
            elif word == "start":
                self._start(edition)
            elif word == "reset":
                self._reset(edition)
            elif word == "retarget":
                self._retarget()
            elif self._says(edition, word):
                self.blocked = True
                self._end("cancelled" if word == "cancel" else "met")

    def _new_edition(self) -> None:
        edition = self.scene.milestone.edition_of(self.state, self.scene.at)
        if edition is not None:
            self.blocked = False
            self.hear(edition)

    def _says(self, edition: Edition, word: str) -> bool:
        return edition.says(word, self.scene.facts, self.scene.now)

    def _start(self, edition: Edition) -> None:
        if self.state.phase == "not_started":
            if not self.blocked and self._says(edition, "start"):
                self._begin()
        elif not self.state.is_live:
            self._start_again(edition)

    def _start_again(self, edition: Edition) -> None:
        if self._becomes(edition, "repeat", _REPEATS):
            self._begin()
            return
        reopen = edition.promise.policies.reopen
        if reopen == "stay" or not self._becomes(edition, "start", _STARTS):
            return
        if reopen == "restart":
            self._begin()
        else:
            # Like a clock that begins, one that goes on does not take a reset that holds already for news.
            held = self.state.held & ~_RESETS | self._held(edition, {"reset": _RESETS})
            self.state = with_(self.state, phase="running", since=self.scene.at, stopped=None, held=held)

    def _reset(self, edition: Edition) -> None:
        if self.state.is_live and self._becomes(edition, "reset", _RESETS):
            self._begin()

    def _becomes(self, edition: Edition, word: str, bit: int) -> bool:
        """Whether *word* is true and was not at the last moment; what is blocked now may still come."""
        held = self.state.held
        says = self._holds(edition, word)
        comes = says and not held & bit and not self.blocked
        kept = held | bit if comes else held if says else held & ~bit
        if kept != held:
            self.state = with_(self.state, held=kept)
        return comes

    def _begin(self, breached: int | None = None) -> None:
        """Begin a cycle at this moment, under the version in force now."""
        scene = self.scene
        edition = scene.milestone.edition_at(scene.at)
        if edition is None:
            return
        blank = ClockState(phase="running", cycle=self.state.cycle + 1, started=scene.at, since=scene.at)
        held = self._held(edition, {"reset": _RESETS})
        begun = with_(blank, held=held, breached=breached, edition=edition.promise.version)
        self.fresh = True
        self.state = _aimed(begun, goal_of(begun, edition, scene))

    def _end(self, phase: ClockPhase) -> None:
        if not self.state.is_live:
            return
        if phase == "met":
            self.state = broken(self.state)
        edition = self.scene.milestone.edition_of(self.state, self.scene.at)
        late = phase == "met" and self.state.breached is not None
        self.state = with_(
            _anchored(self.state, self.scene),
            phase="met_late" if late else phase,
            stopped=self.scene.at,
            held=0 if edition is None else self._held(edition, {"repeat": _REPEATS, "start": _STARTS}),
        )

    def _held(self, edition: Edition, bits: dict[str, int]) -> int:
        """Return the bits of the words that hold at this moment."""
        return sum(bit for word, bit in bits.items() if self._holds(edition, word))

    def _holds(self, edition: Edition, word: str) -> bool:
        """Whether *word* is true; an ended clock is not started again while it would be ended again."""
        if word == "start" and (self._says(edition, "stop") or self._says(edition, "cancel")):
            return False
        return self._says(edition, word)

    def _retarget(self) -> None:
        state, scene = self.state, self.scene
        edition = scene.milestone.edition_of(state, scene.at) if state.is_live else None
        if edition is None:
            return
        goal = goal_of(state, edition, scene)
        if goal == (state.choice, state.target, state.due, state.calendar, state.endless):
            return
        policies = edition.promise.policies
        moved = (goal.choice, goal.calendar) == (state.choice, state.calendar)
        if moved or policies.retarget == "keep":
            self._keep(goal, edition)
        elif policies.retarget == "clear":
            self._end("cancelled")
        else:
            self._begin(state.breached if policies.past_breach == "keep" else None)

    def _keep(self, goal: Goal, edition: Edition) -> None:
        """Aim at *goal* from here on, with all that was counted and paused."""
        scene = self.scene
        state = _aimed(_anchored(self.state, scene), goal)
        state = with_(state, warned=self._still_warned(state, edition))
        limit = due(state, scene.calendars)
        exceeded = limit is not None and limit <= scene.at
        if edition.promise.policies.past_breach == "forget" and not exceeded:
            state = with_(state, breached=None)
        self.state = state

    def _still_warned(self, state: ClockState, edition: Edition) -> tuple[int | None, ...]:
        """Return the warnings that were reached and still are; one that lies ahead again comes again."""
        anew = points(with_(state, warned=()), edition, self.scene.calendars)
        return tuple(
            old if point is not None and point <= self.scene.at else None
            for old, point in zip(state.warned, anew, strict=False)
        )

    def _run_or_pause(self, reason: str | None) -> None:
        state = self.state
        if reason == state.reason and (state.phase == "paused") is (reason is not None):
            return
        phase: ClockPhase = "running" if reason is None else "paused"
        if state.phase == phase:
            self.state = with_(state, reason=reason)
        else:
            used = used_at(state, self.scene.calendars, self.scene.at)
            self.state = with_(state, phase=phase, reason=reason, used=used, since=self.scene.at)


def broken(state: ClockState) -> ClockState:
    """Return a state that ends now, broken if past a target or a date that counts since this very instant."""
    if state.breached is not None or state.since is None:
        return state
    past = state.due is not None and state.due < state.since
    if past or (state.target is not None and state.used > state.target):
        return with_(state, breached=state.since)
    return state


def _anchored(state: ClockState, scene: Scene) -> ClockState:
    """Return the state with what was counted up to this moment, counting on from here."""
    return with_(state, used=used_at(state, scene.calendars, scene.at), since=scene.at)


def _aimed(state: ClockState, goal: Goal) -> ClockState:
    choice, target, limit, calendar, endless = goal
    return with_(state, choice=choice, target=target, due=limit, calendar=calendar, endless=endless)


def goal_of(state: ClockState, edition: Edition, scene: Scene) -> Goal:
    """Return the target and the calendar that the facts of this moment choose."""
    calendar = edition.calendar(scene.facts, scene.now)
    aim = edition.aim(scene.facts, scene.now)
    if aim is None:
        return Goal(None, None, None, calendar)
    counting = calendar if aim.counts else ALWAYS
    if aim.rule.within is not None and (state.choice, state.calendar) == (aim.name, counting):
        # A length comes to the same as long as the same calendar counts it.
        return Goal(state.choice, state.target, None, state.calendar, state.endless)
    return _aim_of(state, edition, scene)


def _aim_of(state: ClockState, edition: Edition, scene: Scene) -> Goal:
    """Return what the target chosen now comes to, counted from where the clock started."""
    calendar = edition.calendar(scene.facts, scene.now)
    aim = edition.aim(scene.facts, scene.now)
    if aim is None:
        return Goal(None, None, None, calendar)
    started = scene.at if state.started is None else state.started
    return aim.goal(scene.facts, scene.at, started, scene.calendars, calendar)
