"""Laws of the desk, on random walks through the after-sales preset."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.catalog import Catalog
from jobkit.desk import AsyncDesk, Desk
from jobkit.errors import Conflict, Invalid, NotFound, Refused
from jobkit.findings import Finding
from jobkit.history import digest, fold, verify, write_line
from jobkit.model import Actor, Job, Permit, SignOff, Task, Window
from jobkit.stores import MemoryStore
from tests.desk.building import (
    NOW,
    VISIT,
    AsyncStore,
    approved,
    closed,
    completed,
    confirmed,
    counted,
    on_site,
    scheduled,
    submitted,
)

PRESET = Catalog.preset("after-sales")
_RULES = [each.definition for each in PRESET.rules("warranty-repair").lifecycles.values()]
TRIGGERS = sorted({way.trigger for rules in _RULES for way in rules.transitions})
REASONS = sorted({code for rules in _RULES for codes in rules.reasons.values() for code in codes})
ROLES = ("dealer", "triage", "planner", "technician", "supervisor", "finance", None)
VALUES: tuple[dict[str, Any], ...] = (
    {},
    {"$.outcome.notes": "Valve replaced.", "$.outcome.cause": "wear"},
    {"$.outcome.accepted": True, "$.evidence.labour[l1]": {"id": "l1", "person": "tom", "hours": "2"}},
    {"$.outcome.next_action": "Order the seal."},
    {"$.links.merged_into": "J-2"},
    {"$.safety.signal": "near_miss"},
    {"$.safety.signal": None},
    {"$.states[work]": {"name": "closed", "category": "closed"}},
    {"$.work.crew_size": "two"},
    {"$.subject.site": "pit"},
)


@attrs.frozen(kw_only=True)
class Step:
    """One command of a walk, and how often it is delivered."""

    verb: str
    trigger: str = ""
    role: str | None = "planner"
    reason: str | None = None
    values: Mapping[str, Any] = attrs.field(factory=dict)
    facet: str = "work"
    hours: int = 1
    times: int = 1


moves = st.builds(
    Step,
    verb=st.just("fire"),
    trigger=st.sampled_from(TRIGGERS),
    role=st.sampled_from(ROLES),
    reason=st.none() | st.sampled_from(REASONS),
    values=st.sampled_from(VALUES),
    facet=st.sampled_from(("work", "work", "work", "parts", "billing", "paint")),
    hours=st.integers(0, 60),
    times=st.integers(1, 5),
)
forwards = st.builds(Step, verb=st.just("forward"), hours=st.integers(0, 30), times=st.integers(1, 5))
words = st.builds(
    Step,
    verb=st.sampled_from(("note", "amend", "plan", "sign", "assign", "accept", "task", "end", "advance")),
    values=st.sampled_from(VALUES),
    hours=st.integers(0, 60),
    times=st.integers(1, 5),
)
Start = Callable[[Any], Job]
STARTS: tuple[Start, ...] = (submitted, approved, scheduled, confirmed, on_site, completed, closed)
starts = st.sampled_from(STARTS)
walks = st.lists(moves | forwards | forwards | words, min_size=1, max_size=25)


class Walk:
    """A desk on which a walk is made; every command has a key of its own."""

    def __init__(self, start: Start, desk: Any, store: MemoryStore) -> None:
        self.desk, self.store = desk, store
        self.keys, self.key = count(1), ""
        self.outcomes: list[str] = []
        self.chosen: dict[str, Step] = {}
        self.id = start(desk).id
        self.now = VISIT.end if self.job.visits else NOW

    @property
    def job(self) -> Job:
        """The job as it is stored."""
        found: Job = self.desk.job(self.id)
        return found

    def go(self, step: Step) -> None:
        """Make one step, as often as it is delivered, and note how it came out."""
        self.now += timedelta(hours=step.hours)
        self.key = f"k{next(self.keys)}"
        for _ in range(step.times):
            self.deliver(step, self.key)

    def deliver(self, step: Step, key: str) -> None:
        """Deliver one command."""
        try:
            getattr(self, f"_{step.verb}")(step, key)
            self.outcomes.append("done")
        except (Refused, Invalid, NotFound, Conflict) as error:
            self.outcomes.append(f"{error.kind} {error.code}")

    def arguments(self, step: Step) -> dict[str, Any]:
        """Return what is asked and fired alike."""
        late = self.now + timedelta(days=2)
        return {
            "by": Actor(id="u", role=step.role),
            "at": self.now,
            "reason": step.reason,
            "values": step.values,
            "facet": step.facet,
            "data": {"new_window": Window(late, late + timedelta(hours=2))},
        }

    def _fire(self, step: Step, key: str) -> None:
        self.desk.fire(self.id, step.trigger, command_key=key, **self.arguments(step))

    def _forward(self, step: Step, key: str) -> None:
        """Take the first way on that is open, as one who may take it, with the reason it asks for."""
        chosen = self.chosen.get(key) or next(filter(self._is_open, self._ways(step)), None)
        if chosen is not None:
            self.chosen[key] = chosen
            self._fire(chosen, key)

    def _ways(self, step: Step) -> Iterator[Step]:
        work = PRESET.rules("warranty-repair").lifecycles["work"]
        for edge in work.edges(self.job.state.name):
            way = edge.transition
            reasons = work.definition.reasons.get(way.reason or "", (None,))
            told: dict[str, Any] = {"role": next(iter(way.roles), None), "reason": reasons[0]}
            if edge.target != self.job.state.name:
                yield attrs.evolve(step, trigger=way.trigger, **told)

    def _is_open(self, step: Step) -> bool:
        try:
            return bool(self.desk.ask(self.id, step.trigger, **self.arguments(step)).open)
        except NotFound:
            return False

    def _note(self, step: Step, key: str) -> None:
        self.desk.note(self.id, "Frieda called.", by=self._planner, at=self.now, command_key=key)

    def _amend(self, step: Step, key: str) -> None:
        self.desk.amend(self.id, step.values, by=self._planner, at=self.now, command_key=key)

    def _plan(self, step: Step, key: str) -> None:
        late = self.now + timedelta(days=2)
        window, permit = Window(late, late + timedelta(hours=2)), Permit(id="p", kind="gate", granted=True)
        told = {"by": self._planner, "at": self.now, "command_key": key, "permits_needed": (permit,)}
        self.desk.plan_visit(self.id, window, **told)

    def _sign(self, step: Step, key: str) -> None:
        window = Window(NOW, self.now + timedelta(days=30))
        given = SignOff(id=key, party="site", window=window, by="Frieda", at=NOW, site="quarry")
        self.desk.sign_off((self.id,), given, by=self._planner, at=self.now, command_key=key)

    def _assign(self, step: Step, key: str) -> None:
        self.desk.assign(self.id, "tom", by=self._planner, at=self.now, command_key=key)

    def _accept(self, step: Step, key: str) -> None:
        last = self.job.assignments[-1].id if self.job.assignments else "none"
        self.desk.accept(self.id, last, by=self._planner, at=self.now, command_key=key)

    def _task(self, step: Step, key: str) -> None:
        added = Task(id=key, title="Call", owner="u", due=self.now)
        self.desk.add_task(self.id, added, by=self._planner, at=self.now, command_key=key)

    def _end(self, step: Step, key: str) -> None:
        visit = self.job.visits[-1].id if self.job.visits else "none"
        self.desk.record_visit(self.id, visit, "done", by=self._planner, at=self.now, command_key=key)

    def _advance(self, step: Step, key: str) -> None:
        self.desk.advance(self.now)

    @property
    def _planner(self) -> Actor:
        return Actor(id="p", role="planner")


def fresh(start: Start) -> Walk:
    """Return the beginning of a walk on a desk that answers at once."""
    store = MemoryStore()
    return Walk(start, Desk(PRESET, store, **counted()), store)


def state_of(store: MemoryStore) -> str:
    """Return a digest over every event, effect, scope and wake-up that a store holds."""
    events = [write_line(event) for event in store.feed("", limit=10_000).events]
    effects = [[effect.event_id, effect.number, effect.name] for effect in store.outbox("", limit=10_000)]
    wakeups = [f"{each.at}{each.name}" for each in store.due("", datetime.max.replace(tzinfo=NOW.tzinfo))]
    return digest([events, effects, wakeups])


@given(starts, walks, moves)
def test_ask_is_open_exactly_when_fire_succeeds(start: Start, walk: list[Step], last: Step) -> None:
    """
    After any walk, asking about a move changes nothing, and it is open exactly when firing it succeeds.
    """
    way = fresh(start)
    for step in walk:
        way.go(step)
    before = state_of(way.store)

    try:
        answer = way.desk.ask(way.id, last.trigger, **way.arguments(last))
        told = answer.open, () if answer.open else answer.findings
    except NotFound as error:
        told = False, error.findings

    assert before == state_of(way.store)
    assert told == fired(way, last)


def fired(way: Walk, last: Step) -> tuple[bool, tuple[Finding, ...]]:
    """Fire a move; return whether it was made and, if not, every finding."""
    try:
        done = way.desk.fire(way.id, last.trigger, **way.arguments(last))
    except (Refused, NotFound) as error:
        return False, error.findings
    return bool(done.events), ()


@given(starts, walks)
def test_stored_job_is_what_its_history_makes(start: Start, walk: list[Step]) -> None:
    """
    After every command the stored job is the fold of its history, and the history verifies.
    """
    way = fresh(start)
    for step in walk:
        way.go(step)
        history = way.desk.history(way.id)
        assert way.job == fold(history.events)
        assert verify(history.events, history.head).ok


@given(starts, walks)
def test_repeated_commands_change_nothing(start: Start, walk: list[Step]) -> None:
    """
    However often a command arrives, done or refused, only its first delivery changes anything.
    """
    way = fresh(start)
    for step in walk:
        way.go(attrs.evolve(step, times=1))
        before = state_of(way.store)

        for _ in range(step.times - 1):
            way.deliver(step, way.key)
        assert before == state_of(way.store)


@given(starts, walks)
def test_both_desks_come_to_the_same(start: Start, walk: list[Step]) -> None:
    """
    AsyncDesk does, refuses and stores exactly what Desk does.
    """
    plain, store = fresh(start), MemoryStore()
    with asyncio.Runner() as runner:
        awaited = Walk(start, _Run(AsyncDesk(PRESET, AsyncStore(store), **counted()), runner), store)
        for step in walk:
            plain.go(step)
            awaited.go(step)

        assert plain.outcomes == awaited.outcomes
        assert state_of(plain.store) == state_of(store)


class _Run:
    """An AsyncDesk in one event loop."""

    def __init__(self, desk: AsyncDesk, runner: asyncio.Runner) -> None:
        self.desk, self.runner = desk, runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        verb = getattr(self.desk, name)
        return lambda *args, **options: self.runner.run(verb(*args, **options))


@given(starts, walks, st.integers(1, 20))
def test_advancing_in_steps_comes_to_the_same_states(start: Start, walk: list[Step], days: int) -> None:
    """
    Looking at time once or day by day makes the same automatic moves at the same instants.
    """
    once, daily = fresh(start), fresh(start)
    for step in walk:
        once.go(attrs.evolve(step, times=1))
        daily.go(attrs.evolve(step, times=1))
    for each in (once, daily):
        while each.desk.due(each.now):
            each.desk.advance(each.now)

    once.desk.advance(once.now + timedelta(days=days))
    for day in range(1, days + 1):
        daily.desk.advance(daily.now + timedelta(days=day))

    assert {facet: (state.name, state.since) for facet, state in once.job.states.items()} == {
        facet: (state.name, state.since) for facet, state in daily.job.states.items()
    }
