"""The lifecycle: a checked definition that answers what is open, tells what is not, and moves."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jobkit.answers import Answer
from jobkit.conditions import Vocabulary
from jobkit.errors import NotFound, Refused
from jobkit.findings import Finding
from jobkit.history import canonical
from jobkit.instants import utc
from jobkit.lifecycle._compile import Rules, compiled
from jobkit.lifecycle._definition import Definition, StateRule
from jobkit.lifecycle._judge import Judge
from jobkit.lifecycle._load import read_definition
from jobkit.lifecycle._read import Problems
from jobkit.lifecycle._rule import Asked, Facts, Option, Rule, Step
from jobkit.lifecycle._structure import Edge, Structure, check_names, structure
from jobkit.lifecycle._vocabulary import words_of
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Actor, State
from jobkit.registry import Registry

_NO_REGISTRY: Final = Registry()


class Lifecycle:
    """
    A configurable state machine for one facet of a job, shared by every job that follows it.

    >>> door = Lifecycle.load({
    ...     "id": "door", "version": "1",
    ...     "states": {"shut": {"category": "open", "initial": True}, "ajar": {"category": "active"}},
    ...     "transitions": [{"trigger": "push", "from": "shut", "to": "ajar"}],
    ... })
    >>> door.do("shut", "push").state.name
    'ajar'
    >>> print(door.ask("ajar", "push").findings[0].message)
    push does not lead out of ajar; it works from: shut.
    """

    __slots__ = (
        "_fast",
        "_judge",
        "_plain",
        "_simple",
        "_structure",
        "definition",
        "fields_read",
        "hash",
        "path",
        "seal",
        "text",
    )

    definition: Definition
    """The data it was built from."""
    hash: str
    """SHA-256 over `text`."""
    text: str
    """The definition as canonical JSON, whatever order a file lists states and transitions in."""
    seal: Mapping[str, str]
    """What an event says of the rules that judged it: the facet's lifecycle by hash."""
    path: str
    """Where a job keeps the state that this lifecycle moves."""
    fields_read: frozenset[str]
    """The path of every fact that its guards ask and its transitions need."""

    def __init__(self, definition: Definition, found: Structure, rules: Rules) -> None:
        """Take parts that fit together, as `load` and `from_definition` make them."""
        self.definition = definition
        self.text = canonical(_in_order(definition)).decode()
        self.hash = hashlib.sha256(self.text.encode()).hexdigest()
        self.seal = FrozenMap({f"lifecycle.{definition.facet}": self.hash})
        self.path = f"$.states[{definition.facet}]"
        self.fields_read = frozenset(_fields(rules))
        self._structure = found
        self._judge = Judge(definition.id, definition.facet, rules)
        self._plain = {name: _state(rule) for name, rule in found.states.items()}
        self._simple = {
            name: own for name, own in rules.items() if all(_is_simple(rule, own) for rule in own)
        }
        self._fast = {
            (name, rule.open.subject.trigger): rule
            for name, own in rules.items()
            for rule in own
            if _is_simple(rule, own)
        }

    @classmethod
    def load(
        cls,
        source: str | Path | Mapping[str, Any],
        *,
        registry: Registry = _NO_REGISTRY,
        vocabulary: Vocabulary | None = None,
    ) -> "Lifecycle":
        """
        Load from a TOML or JSON file, from TOML or JSON text, or from tables.

        *registry* holds the predicates that guards may call, *vocabulary* further facts that they may name.
        Whatever is wrong raises one `Invalid` with every problem and its path.
        """
        problems = Problems()
        return cls._built(read_definition(source, problems), problems, registry, vocabulary)

    @classmethod
    def from_definition(
        cls,
        definition: Definition,
        *,
        registry: Registry = _NO_REGISTRY,
        vocabulary: Vocabulary | None = None,
    ) -> "Lifecycle":
        """Build from a definition made in Python; refuses what `load` refuses."""
        return cls._built(definition, Problems(), registry, vocabulary)

    @classmethod
    def _built(
        cls, definition: Definition, problems: Problems, registry: Registry, vocabulary: Vocabulary | None
    ) -> "Lifecycle":
        check_names(definition, problems)
        found = structure(definition)
        rules = compiled(definition, found, words_of(definition, vocabulary, problems), registry, problems)
        return cls(definition, found, rules)

    def __repr__(self) -> str:
        return f"Lifecycle({self.digest})"

    @property
    def digest(self) -> str:
        """Its name, version and the beginning of its hash, for people: order@1 (3f2a90c1)."""
        return f"{self.definition.id}@{self.definition.version} ({self.hash[:8]})"

    @property
    def facet(self) -> str:
        """The facet of a job whose state it moves."""
        return self.definition.facet

    @property
    def states(self) -> Mapping[str, StateRule]:
        """The concrete states by name, each with what it inherits from its superstates."""
        return self._structure.states

    @property
    def initial(self) -> tuple[str, ...]:
        """The states in which a job may begin."""
        return tuple(name for name, rule in self.states.items() if rule.initial)

    def edges(self, state: str) -> tuple[Edge, ...]:
        """Return the transitions leaving a concrete state, the most specific source first."""
        return self._structure.edges.get(state, ())

    def children(self, name: str) -> tuple[str, ...]:
        """Return the concrete states below a superstate; none for any other name."""
        return self._structure.children.get(name, ())

    def state(self, name: str, since: datetime | None = None) -> State:
        """Return the value of being in the state *name*; an unknown state is refused."""
        rule = self.states.get(name)
        if rule is None:
            raise NotFound([self._judge.unknown_state(name)])
        return State(name=name, category=rule.category, end=rule.end, since=since and utc(since))

    def ask(
        self,
        state: State | str,
        trigger: str,
        *,
        facts: Facts = EMPTY,
        by: Actor | None = None,
        reason: str | None = None,
        at: datetime | None = None,
    ) -> Answer[Option]:
        """
        Return whether *trigger* is open from *state*, with everything that speaks against it.

        Asking changes nothing. Only a naive *at* is refused; all other trouble is in the findings.
        """
        name = state if isinstance(state, str) else state.name
        at = at and utc(at, "$.at")
        rule = self._fast.get((name, trigger))
        if rule is not None and rule.passes(facts, by, reason, at):
            return rule.open
        return self._judge.one(self._asked(state, trigger, facts, by, reason, at))[0]

    def options(
        self,
        state: State | str,
        *,
        facts: Facts = EMPTY,
        by: Actor | None = None,
        reason: str | None = None,
        at: datetime | None = None,
    ) -> tuple[Answer[Option], ...]:
        """
        Return the answer about every transition that leaves *state*, the most specific source first.

        An open one is exactly what doing its trigger would do. An unknown state is refused.
        """
        name = state if isinstance(state, str) else state.name
        at = at and utc(at, "$.at")
        simple = self._simple.get(name)
        if simple is not None:
            return tuple(
                [
                    rule.open
                    if rule.passes(facts, by, reason, at)
                    else self._judge.one(
                        self._asked(state, rule.open.subject.trigger, facts, by, reason, at)
                    )[0]
                    for rule in simple
                ]
            )
        if name not in self.states:
            raise NotFound([self._judge.unknown_state(name)])
        return self._judge.all(self._asked(state, "", facts, by, reason, at))

    def do(
        self,
        state: State | str,
        trigger: str,
        *,
        facts: Facts = EMPTY,
        by: Actor | None = None,
        reason: str | None = None,
        at: datetime | None = None,
    ) -> Step:
        """
        Move on from *state* by *trigger*; succeeds exactly when the same `ask` is open.

        Raises `Refused` with the findings that asking would have told.
        """
        at = at and utc(at, "$.at")
        if isinstance(state, str):
            state = self._plain.get(state) or State(name=state, category="open")
        rule, warnings = self.way(state, trigger, facts, by, reason, at)
        return Step(rule.enter(state, at, reason), state.name, rule.edge.transition, by, at, reason, warnings)

    def way(
        self,
        state: State,
        trigger: str,
        facts: Facts,
        by: Actor | None,
        reason: str | None,
        at: datetime | None,
    ) -> tuple[Rule, tuple[Finding, ...]]:
        """Return the rule that *trigger* follows, with its warnings; raises `Refused` when it is not open."""
        rule = self._fast.get((state.name, trigger))
        if rule is not None and rule.passes(facts, by, reason, at):
            return rule, ()
        answer, chosen = self._judge.one(self._asked(state, trigger, facts, by, reason, at))
        if chosen is None:
            raise Refused(answer.findings)
        return chosen, answer.findings

    def _asked(
        self,
        state: State | str,
        trigger: str,
        facts: Facts,
        by: Actor | None,
        reason: str | None,
        at: datetime | None,
    ) -> Asked:
        if isinstance(state, str):
            state = self._plain.get(state) or State(name=state, category="open")
        return Asked(state=state, trigger=trigger, facts=facts, by=by, reason=reason, at=at)


def _in_order(definition: Definition) -> dict[str, Any]:
    data = definition.to_data()
    return {**data, "transitions": sorted(data["transitions"], key=lambda transition: str(transition["id"]))}


def _state(rule: StateRule) -> State:
    return State(name=rule.name, category=rule.category, end=rule.end)


def _fields(rules: Rules) -> Iterator[str]:
    for rule in {id(each): each for own in rules.values() for each in own}.values():
        asked = [*(need.condition for need in rule.needs), *(guard.condition for guard in rule.guards)]
        yield from (field for condition in asked for field in condition.fields_read)


def _is_simple(rule: Rule, beside: Sequence[Rule]) -> bool:
    """Whether the rule's own checks decide alone: no other way for its trigger, no memory, no timer."""
    trigger = rule.open.subject.trigger
    alone = sum(each.open.subject.trigger == trigger for each in beside) == 1
    return alone and rule.landings is None and rule.edge.transition.after is None
