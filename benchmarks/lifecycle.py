"""The lifecycle side by side: a hand-written floor, the engine alone, the whole job, and three peers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from benchmarks._measure import Line, bytes_each, each, interleaved, rate, seconds, table
from jobkit.history import Event, FieldChange, fold, opening
from jobkit.lifecycle import (
    Definition,
    Guard,
    Lifecycle,
    StateRule,
    Transition,
    by_facet,
    move,
)
from jobkit.model import Actor, Job, State, Subject

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
_TICK = timedelta(microseconds=1_000_003)
STATES = (
    "draft",
    "submitted",
    "approved",
    "scheduled",
    "dispatched",
    "en_route",
    "in_progress",
    "on_hold",
    "completed",
    "reviewed",
    "closed",
    "cancelled",
)
WAYS = (
    ("submit", "draft", "submitted"),
    ("reject", "submitted", "draft"),
    ("approve", "submitted", "approved"),
    ("schedule", "approved", "scheduled"),
    ("unschedule", "scheduled", "approved"),
    ("dispatch", "scheduled", "dispatched"),
    ("recall", "dispatched", "scheduled"),
    ("depart", "dispatched", "en_route"),
    ("arrive", "en_route", "in_progress"),
    ("start", "dispatched", "in_progress"),
    ("hold", "in_progress", "on_hold"),
    ("resume", "on_hold", "in_progress"),
    ("complete", "in_progress", "completed"),
    ("rework", "completed", "in_progress"),
    ("review", "completed", "reviewed"),
    ("return_visit", "reviewed", "scheduled"),
    ("close", "reviewed", "closed"),
    ("reopen", "closed", "approved"),
    ("restore", "cancelled", "draft"),
    *(
        ("cancel", source, "cancelled")
        for source in ("draft", "submitted", "approved", "scheduled", "dispatched", "on_hold")
    ),
)
WALK = [
    "submit",
    "approve",
    "schedule",
    "dispatch",
    "depart",
    "arrive",
    "hold",
    "resume",
    "complete",
    "review",
    "close",
    "reopen",
    "cancel",
    "restore",
]
ENDS = {"closed": "closed", "cancelled": "cancelled"}


@attrs.frozen
class FloorState:
    """Where the hand-written machine stands."""

    state: str
    number: int
    facts: Any


@attrs.frozen
class FloorRecord:
    """What the hand-written machine writes down about one move."""

    number: int
    trigger: str
    source: str
    target: str
    at: float
    actor: Any


@attrs.frozen
class FloorVerdict:
    """What the hand-written machine says about one way on."""

    trigger: str
    target: str
    open: bool
    reasons: tuple[str, ...]


class Floor:
    """The least that answers the same questions: role, required field, guard, reasons, one frozen record."""

    roles = frozenset({"dispatcher"})
    fields = {"asset": "A1", "site": "S1"}  # noqa: RUF012

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {"asset": "A1", "ready": True}
        self.ways = {
            (source, trigger): (_floor_guard, target, frozenset({"dispatcher", "admin"}), ("asset",))
            for trigger, source, target in WAYS
        }
        self.leaving = {
            state: [(trigger, *self.ways[source, trigger]) for trigger, source, _ in WAYS if source == state]
            for state in STATES
        }

    def against(
        self, facts: Any, guard: Any, roles: frozenset[str], needs: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return every reason against one way on."""
        reasons: tuple[str, ...] = ()
        if not (self.roles & roles):
            reasons += ("role",)
        fields = self.fields
        for name in needs:
            if name not in fields:
                reasons += ("missing:" + name,)
        if not guard(facts):
            reasons += ("guard",)
        return reasons

    def fire(self, now: FloorState, trigger: str) -> tuple[FloorState, FloorRecord]:
        """Move on, or raise with the reasons."""
        state = now.state
        way = self.ways.get((state, trigger))
        if way is None:
            raise ValueError(trigger)
        reasons = self.against(now.facts, way[0], way[2], way[3])
        if reasons:
            raise ValueError(reasons)
        number = now.number + 1
        return FloorState(way[1], number, now.facts), FloorRecord(number, trigger, state, way[1], 0.0, None)

    def allowed(self, now: FloorState) -> list[str]:
        """Judge every way on, then return those that are open."""
        verdicts = []
        for trigger, guard, target, roles, needs in self.leaving[now.state]:
            reasons = self.against(now.facts, guard, roles, needs)
            verdicts.append(FloorVerdict(trigger, target, not reasons, reasons))
        return [verdict.trigger for verdict in verdicts if verdict.open]


def _floor_guard(facts: Any) -> bool:
    return bool(facts["ready"])


def definition(prefix: str = "") -> Definition:
    """Return the same machine as data; *prefix* is where its facts stand."""
    guard = Guard(id="ready", when=f"{prefix}ready == True")
    field = f"{prefix}asset"
    if prefix:
        guard, field = Guard(id="ready", when='job.type == "repair"'), "job.subject.asset"
    return Definition(
        id="order",
        version="1",
        roles=("dispatcher", "admin"),
        facts={} if prefix else {"asset": "text", "ready": "bool"},
        states=tuple(
            StateRule(
                name=name,
                category="closed" if name in ENDS else "open",
                end=ENDS.get(name),  # type: ignore[arg-type]
                initial=name == "draft",
            )
            for name in STATES
        ),
        transitions=tuple(
            Transition(
                id=f"{trigger}:{source}",
                trigger=trigger,
                sources=(source,),
                target=target,
                roles=("dispatcher", "admin"),
                needs=(field,),
                guards=(guard,),
            )
            for trigger, source, target in WAYS
        ),
    )


def floor_walk(floor: Floor) -> None:
    """Walk once around, keeping each record as long as the next is made."""
    state = FloorState("draft", 0, floor.facts)
    for trigger in WALK:
        state, _ = floor.fire(state, trigger)


def engine_walk(order: Lifecycle, facts: dict[str, Any], by: Actor) -> None:
    """Walk once around with the engine alone."""
    state = order.state("draft", AT)
    for trigger in WALK:
        state = order.do(state, trigger, facts=facts, by=by, at=AT).state


def job_walk(lifecycles: Any, job: Job, by: Actor, clock: Iterator[datetime]) -> None:
    """Walk once around with a whole job, an event each, unsealed; every move has an instant of its own."""
    for trigger in WALK:
        job = move(job, lifecycles, trigger, event_id="e-1", by=by, at=next(clock)).job


def ticking() -> Iterator[datetime]:
    """Yield instants that no one has seen before."""
    now = AT
    while True:
        now += _TICK
        yield now


def a_job(number: int = 0) -> Job:
    """Return a job like those in a shop: a state, an asset, a site."""
    return Job(
        id=f"J-{number}",
        type="repair",
        states={"work": State(name="draft", category="open", since=AT)},
        subject=Subject(asset="A1", site="S1"),
    )


def run() -> None:
    """Measure and print."""
    floor, by = Floor(), Actor(id="u-1", role="dispatcher")
    order = Lifecycle.from_definition(definition())
    lifecycles = by_facet(Lifecycle.from_definition(definition("job.")))
    facts, job, clock = floor.facts, a_job(), ticking()
    places = [FloorState(state, 0, facts) for state in STATES]
    took = interleaved(
        [
            (lambda: floor_walk(floor), len(WALK)),
            (lambda: engine_walk(order, facts, by), len(WALK)),
            (lambda: job_walk(lifecycles, job, by, clock), len(WALK)),
            (lambda: [floor.allowed(place) for place in places], len(STATES)),
            (lambda: [order.options(state, facts=facts, by=by, at=AT) for state in STATES], len(STATES)),
        ]
    )
    base, engine, whole, allowed, options = took
    lines = [
        Line(what="floor: fire with role, field, guard and record", figure=rate(base), ratio=1.0),
        Line(what="jobkit: do, engine alone", figure=rate(engine), ratio=engine / base, limit=2),
        Line(what="jobkit: move, whole job with its event", figure=rate(whole), ratio=whole / base, limit=5),
        Line(what="floor: reasons for every way on", figure=rate(allowed), ratio=1.0),
        Line(what="jobkit: options", figure=rate(options), ratio=options / allowed, limit=2),
    ]
    lines += [
        Line(what=f"{name}: fire (writes no record)", figure=rate(took), ratio=took / base)
        for name, took in peers()
    ]
    table("Lifecycle: 12 states, 25 guarded transitions, a walk of 14", [*lines, *memory(), *folding()])


def memory() -> Iterator[Line]:
    """Yield what one job's lifecycle state takes; the limit is 400 bytes."""
    names = {"work": None}
    taken = bytes_each(lambda number: {**names, "work": _state(number)})
    yield Line(what="bytes of lifecycle state per job", figure=f"{taken:,.0f} B", ratio=taken / 400, limit=1)


def _state(number: int) -> State:
    return State(name="scheduled", category="scheduled", since=AT + timedelta(seconds=number))


def folding() -> Iterator[Line]:
    """Yield the fold of long histories: ten times the events may take about ten times as long."""
    short, long = tuple(_history(100_000)), tuple(_history(1_000_000))
    small, large = seconds(lambda: fold(short), 3), seconds(lambda: fold(long), 1)
    yield Line(what="fold, events of a history of 100,000", figure=rate(small / len(short)))
    yield Line(
        what="fold, events of a history of 1,000,000",
        figure=rate(large / len(long)),
        ratio=large / small / (len(long) / len(short)),
        limit=1.3,
    )


def _history(count: int) -> Iterator[Event]:
    by = Actor(id="u-1", role="dispatcher")
    states = [{"name": name, "category": "open"} for name in ("approved", "scheduled")]
    yield Event(
        id="e-0",
        job_id="J-0",
        kind="created",
        actor=by,
        occurred_at=AT,
        recorded_at=AT,
        changes=opening(a_job()),
    )
    for number in range(1, count):
        change = FieldChange("$.states[work]", states[number % 2], states[(number + 1) % 2])
        yield Event(
            id="e", job_id="J-0", kind="moved", actor=by, occurred_at=AT, recorded_at=AT, changes=(change,)
        )


def peers() -> Iterator[tuple[str, float]]:
    """Yield the peers that are installed, with the time one transition takes."""
    for name, build in (
        ("transitions", _transitions),
        ("python-statemachine", _statemachine),
        ("django-fsm-2", _django),
    ):
        try:
            walk = build()
        except ImportError:
            print(f"({name} is not installed; `make bench` installs it)")
            continue
        yield name, each(walk, len(WALK))


class Guarded:
    """A model whose one guard always passes."""

    ok = True

    def ready(self, *args: Any, **kwargs: Any) -> bool:
        """Answer the guard."""
        return self.ok


def _transitions() -> Callable[[], None]:
    from transitions import Machine

    ways = [{"trigger": way, "source": a, "dest": b, "conditions": "ready"} for way, a, b in WAYS]
    machine: Any = Machine(
        model=None, states=list(STATES), transitions=ways, initial="draft", auto_transitions=False
    )
    model: Any = Guarded()
    machine.add_model(model)
    return lambda: [model.trigger(trigger) for trigger in WALK] and None


def _statemachine() -> Callable[[], None]:
    import statemachine

    states = {name: statemachine.State(initial=name == "draft", value=name) for name in STATES}
    events: dict[str, Any] = {}
    for trigger, source, target in WAYS:
        way = states[source].to(states[target], cond="ready")
        events[trigger] = events[trigger] | way if trigger in events else way
    names = {"__module__": __name__, "ready": Guarded.ready, "ok": True, **states, **events}
    machine = type(statemachine.StateMachine)("Order", (statemachine.StateMachine,), names)()
    return lambda: [machine.send(trigger) for trigger in WALK] and None


def _django() -> Callable[[], None]:
    import django
    from django.conf import settings

    if not settings.configured:
        engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        settings.configure(DATABASES={"default": engine})
        django.setup()
    from django.db import models
    from django_fsm import FSMField, transition

    field = FSMField(default="draft")
    names: dict[str, Any] = {
        "__module__": __name__,
        "state": field,
        "Meta": type("Meta", (), {"app_label": "bench"}),
    }
    for trigger in dict.fromkeys(trigger for trigger, _, _ in WAYS):
        names[trigger] = _django_way(field, transition, trigger)
    order = type("Order", (models.Model,), names)()
    return lambda: [getattr(order, trigger)() for trigger in WALK] and None


def _django_way(field: Any, transition: Any, trigger: str) -> Any:
    def fired(self: Any) -> None:
        """Do nothing: django-fsm sets the state."""

    fired.__name__ = trigger
    for _, source, target in (way for way in WAYS if way[0] == trigger):
        fired = transition(field=field, source=source, target=target, conditions=[_always])(fired)
    return fired


def _always(model: Any) -> bool:
    return True
