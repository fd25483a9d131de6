"""Lifecycles on whole jobs: ask, move, observe."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.documents import freeze
from jobkit.errors import NotFound, Refused
from jobkit.findings import Finding, Template, blocking
from jobkit.history import Event, FieldChange, field_change, written
from jobkit.instants import utc, write_instant
from jobkit.lifecycle._definition import EffectRule
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.lifecycle._rule import Facts, Option
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, Job, State, put_all

NO_FACET = Template(
    "lifecycle.no_facet",
    "No lifecycle moves the facet {facet}; there are: {facets}.",
    "Name one of the facets: {facets}.",
)
NO_STATE = Template(
    "lifecycle.no_state",
    "Job {job} has no state in the facet {facet}.",
    "Begin the facet {facet} in one of: {choices}.",
)
SAME_FACET = Template(
    "lifecycle.same_facet",
    "Lifecycles {first} and {second} both move the facet {facet}.",
    "Give each lifecycle of a job type a facet of its own.",
)
NOT_INITIAL = Template(
    "lifecycle.not_initial",
    "A job cannot begin in {state} of lifecycle {id}.",
    "Begin in one of its initial states: {choices}.",
)
Lifecycles = Mapping[str, Lifecycle]
"""The lifecycles of one job type by facet."""


@attrs.frozen(slots=False)
class Moved:
    """What a change of state gives: the job after it, the unsealed event, the effects to carry out."""

    job: Job
    event: Event
    effects: tuple[EffectRule, ...] = ()


def by_facet(*lifecycles: Lifecycle) -> Lifecycles:
    """Return the lifecycles of a job type by facet; two for one facet are refused."""
    found: dict[str, Lifecycle] = {}
    for lifecycle in lifecycles:
        other = found.setdefault(lifecycle.facet, lifecycle)
        if other is not lifecycle:
            raise Refused.of(SAME_FACET, first=other.digest, second=lifecycle.digest, facet=lifecycle.facet)
    return FrozenMap(found)


def initial_states(
    lifecycles: Lifecycles, chosen: Mapping[str, str] = EMPTY, *, at: datetime | None = None
) -> Mapping[str, State]:
    """
    Return the states in which a job begins, by facet: the *chosen* ones, else each lifecycle's first.

    A state that is not initial, and a facet without a lifecycle, are refused.
    """
    findings = [_no_facet(facet, lifecycles) for facet in chosen if facet not in lifecycles]
    names = {facet: chosen.get(facet, lifecycle.initial[0]) for facet, lifecycle in lifecycles.items()}
    findings += [
        _not_initial(lifecycles[facet], name)
        for facet, name in names.items()
        if name not in lifecycles[facet].initial
    ]
    if findings:
        raise Refused(findings)
    return FrozenMap({facet: lifecycles[facet].state(name, at) for facet, name in names.items()})


def _not_initial(lifecycle: Lifecycle, state: str) -> Finding:
    path = f"$.states[{lifecycle.facet}]"
    return Finding.of(
        NOT_INITIAL, path=path, state=state, id=lifecycle.definition.id, choices=list(lifecycle.initial)
    )


def _no_facet(facet: str, lifecycles: Lifecycles) -> Finding:
    return Finding.of(NO_FACET, path="$.states", facet=facet, facets=sorted(lifecycles))


def _lifecycle(lifecycles: Lifecycles, facet: str) -> Lifecycle:
    found = lifecycles.get(facet)
    if found is None:
        raise NotFound([_no_facet(facet, lifecycles)])
    return found


def _place(job: Job, lifecycles: Lifecycles, facet: str) -> tuple[Lifecycle, State]:
    lifecycle, state = lifecycles.get(facet), job.states.get(facet)
    if lifecycle is None:
        raise NotFound([_no_facet(facet, lifecycles)])
    if state is None:
        choices = list(lifecycle.initial)
        raise NotFound.of(NO_STATE, path=f"$.states[{facet}]", job=job.id, facet=facet, choices=choices)
    return lifecycle, state


def ask(
    job: Job,
    lifecycles: Lifecycles,
    trigger: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    facts: Facts = EMPTY,
    facet: str = PRIMARY,
    also: tuple[Finding, ...] = (),
) -> Answer[Option]:
    """
    Return whether *trigger* is open for the job, with everything that speaks against it.

    Guards may name job.*, actor.* and what *facts* brings; *also* are findings of other capabilities. A facet
    that the job or its rules do not have is refused.
    """
    lifecycle, state = _place(job, lifecycles, facet)
    known = {"job": job, "actor": by, **facts}
    answer = lifecycle.ask(state, trigger, facts=known, by=by, reason=reason, at=at)
    return answer.also(also) if also else answer


def options(
    job: Job,
    lifecycles: Lifecycles,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    facts: Facts = EMPTY,
    facet: str = PRIMARY,
) -> tuple[Answer[Option], ...]:
    """Return the answer about every transition that leaves the job's state in *facet*."""
    lifecycle, state = _place(job, lifecycles, facet)
    known = {"job": job, "actor": by, **facts}
    return lifecycle.options(state, facts=known, by=by, reason=reason, at=at)


def move(
    job: Job,
    lifecycles: Lifecycles,
    trigger: str,
    *,
    event_id: str,
    by: Actor,
    at: datetime,
    recorded_at: datetime | None = None,
    reason: str | None = None,
    note: str | None = None,
    facts: Facts = EMPTY,
    facet: str = PRIMARY,
    changes: tuple[FieldChange, ...] = (),
    data: Mapping[str, Any] = EMPTY,
    acknowledged: Iterable[str] = (),
    also: tuple[Finding, ...] = (),
) -> Moved:
    """
    Move the job by *trigger* and return it with the unsealed event; succeeds exactly when `ask` is open.

    *changes* are further fields that the same event changes, *data* what it and its effects carry;
    *acknowledged* names warnings (code or source) that the actor has seen. It is recorded at *at* unless
    *recorded_at* says otherwise. Raises `Refused` with the findings that asking would have told.
    """
    lifecycle, state = _place(job, lifecycles, facet)
    if also and blocking(also):
        ask(job, lifecycles, trigger, by=by, at=at, reason=reason, facts=facts, facet=facet, also=also).must()
    at = utc(at, "$.at")
    known = {"job": job, "actor": by, **facts}
    rule, warnings = lifecycle.way(state, trigger, known, by, reason, at)
    entered = rule.enter(state, at, reason)
    told, effects = rule.told, rule.edge.transition.effects
    if rule.carries:
        effects = _carrying(effects, {"reason": reason, "note": note, **data})
    if data or warnings or also:
        told = FrozenMap({**freeze(data), **told, **_heeded((*warnings, *also), tuple(acknowledged))})
    event = written(
        {
            "id": event_id,
            "job_id": job.id,
            "kind": "moved",
            "name": trigger,
            "actor": by,
            "occurred_at": at,
            "recorded_at": at if recorded_at is None else utc(recorded_at, "$.recorded_at"),
            "reason": reason,
            "note": note,
            "changes": _entering(lifecycle.path, state, entered) + changes,
            "data": told,
            "rules": lifecycle.seal,
        }
    )
    return Moved(_changed(job, facet, entered, changes), event, effects)


def _entering(path: str, old: State | None, new: State) -> tuple[FieldChange, ...]:
    """Return the change of state; an internal trigger has none."""
    if old is new:
        return ()
    return (field_change(path, None if old is None else state_wire(old), state_wire(new)),)


def state_wire(state: State) -> dict[str, Any]:
    """Return the state as events record it."""
    wire: dict[str, Any] = {"name": state.name, "category": state.category}
    if state.end is not None:
        wire["end"] = state.end
    if state.since is not None:
        wire["since"] = write_instant(state.since)
    if state.resume is not None:
        wire["resume"] = state.resume
    if state.reason is not None:
        wire["reason"] = state.reason
    return wire


def _changed(job: Job, facet: str, state: State, changes: tuple[FieldChange, ...]) -> Job:
    """Return the job as folding the event would: the state entered, then the further changes."""
    # Every value but the state was in a job before, so one dict is copied and nothing checked again.
    moved = object.__new__(Job)
    moved.__dict__.update(job.__dict__, states=FrozenMap({**job.states, facet: state}))
    return put_all(moved, ((change.path, change.new) for change in changes)) if changes else moved


def _carrying(effects: tuple[EffectRule, ...], said: Mapping[str, Any]) -> tuple[EffectRule, ...]:
    """Give each effect what it asks for in `carries`, as far as the move says it."""
    return tuple(_loaded(effect, said) for effect in effects)


def _loaded(effect: EffectRule, said: Mapping[str, Any]) -> EffectRule:
    wanted = effect.data.get("carries", ())
    found = {name: said[name] for name in wanted if said.get(name) is not None}
    return attrs.evolve(effect, data={**effect.data, **found})


def _heeded(warnings: tuple[Finding, ...], acknowledged: tuple[str, ...]) -> dict[str, list[str]]:
    """Return which warnings there were, and which of them the actor had acknowledged."""
    names = {finding.code: finding.source or finding.code for finding in warnings}
    seen = [name for code, name in names.items() if {code, name} & set(acknowledged)]
    return {key: found for key, found in (("warnings", [*names.values()]), ("acknowledged", seen)) if found}


def observe(
    job: Job,
    lifecycles: Lifecycles,
    state: str,
    *,
    event_id: str,
    by: Actor,
    at: datetime,
    recorded_at: datetime | None = None,
    reason: str | None = None,
    note: str | None = None,
    facet: str = PRIMARY,
    name: str = "",
    changes: tuple[FieldChange, ...] = (),
    data: Mapping[str, Any] = EMPTY,
) -> Moved:
    """
    Record that the job was seen in *state*, whatever the lifecycle would have said to a move there.

    For logs and other systems whose word is taken as it is. A state the lifecycle does not know is refused.
    """
    lifecycle = _lifecycle(lifecycles, facet)
    at = utc(at, "$.at")
    entered = lifecycle.state(state, at)
    event = Event(
        id=event_id,
        job_id=job.id,
        kind="observed",
        name=name,
        actor=by,
        occurred_at=at,
        recorded_at=at if recorded_at is None else utc(recorded_at, "$.recorded_at"),
        reason=reason,
        note=note,
        changes=(*_entering(lifecycle.path, job.states.get(facet), entered), *changes),
        data=freeze(data),
        rules=lifecycle.seal,
    )
    return Moved(_changed(job, facet, entered, changes), event)
