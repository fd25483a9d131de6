"""A transition compiled for one source state: what is asked of it, and where it leads."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.conditions import Condition
from jobkit.findings import Finding
from jobkit.lifecycle._definition import EffectRule, Guard, Transition
from jobkit.lifecycle._structure import Edge
from jobkit.model import Actor, State, entered

Facts = Mapping[str, Any]
Test = Callable[[Facts, datetime | None], bool | None]
Explain = Callable[..., tuple[Finding, ...]]


@attrs.frozen(kw_only=True)
class Option:
    """One way on from a state: the trigger, the transition behind it and the state that it leads to."""

    trigger: str
    target: str | None = None
    transition: str | None = None
    label: str | None = None

    def __str__(self) -> str:
        return self.trigger


@attrs.frozen
class Need:
    """A path that must be known, because of the transition or because of the state that it enters."""

    path: str
    condition: Condition


@attrs.frozen
class Checked:
    """A guard with its condition, and what its predicates can tell about their own no."""

    guard: Guard
    condition: Condition
    explains: tuple[Explain, ...] = ()


@attrs.frozen
class Step:
    """
    What doing a transition gives: the new state, the transition, its effects and who did it when.

    *warnings* are the findings that did not block.
    """

    state: State
    source: str
    transition: Transition
    by: Actor | None = None
    at: datetime | None = None
    reason: str | None = None
    warnings: tuple[Finding, ...] = ()

    @property
    def effects(self) -> tuple[EffectRule, ...]:
        """What the transition sets off."""
        return self.transition.effects


@attrs.frozen(kw_only=True)
class Asked:
    """A question as it was put: from where, which trigger, by whom, on which facts."""

    state: State
    trigger: str
    facts: Facts
    by: Actor | None
    reason: str | None
    at: datetime | None


@attrs.frozen(kw_only=True, eq=False)
class Rule:
    """
    One edge, ready to be asked.

    `roles` and `reasons` are None where anyone and any reason will do; `tests` are the needs and guards as
    bare functions, which a happy path runs without looking further. `landings` holds, for an edge that
    resumes, the rule for each state it can return to. `stays` says that the trigger is internal, `holds` that
    the state entered remembers where it was entered from, `carries` that an effect takes data from the move.
    `told` is what an event says of the transition.
    """

    edge: Edge
    source_id: str
    roles: frozenset[str] | None
    reasons: tuple[str, ...] | None
    tests: tuple[Test, ...]
    needs: tuple[Need, ...]
    guards: tuple[Checked, ...]
    reads_actor: bool
    landing: State
    stays: bool
    holds: bool
    carries: bool
    told: Mapping[str, Any]
    open: Answer[Option]
    landings: Mapping[str, "Rule"] | None = None

    def passes(self, facts: Facts, by: Actor | None, reason: str | None, at: datetime | None) -> bool:
        """Whether nothing at all speaks against the move; what raises speaks against it."""
        if self.roles is not None and (by is None or by.role not in self.roles):
            return False
        if self.reasons is not None and reason not in self.reasons:
            return False
        if self.reads_actor and "actor" not in facts:
            facts = {**facts, "actor": by}
        try:
            for test in self.tests:
                if test(facts, at) is not True:
                    return False
        except Exception:
            # Judged again with each guard on its own, where the failure becomes a finding.
            return False
        return True

    def enter(self, state: State, at: datetime | None, reason: str | None = None) -> State:
        """Return the state that the job is in after the move, with the reason given for it."""
        if self.stays:
            return state
        return entered(self.landing, at, (state.resume or state.name) if self.holds else None, reason)
