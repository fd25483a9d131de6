"""From a definition to rules that can be asked fast: conditions checked, roles and fields resolved, once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.conditions import All, Any_, Call, Condition, Each, Node, Not, Vocabulary
from jobkit.documents import freeze, thaw
from jobkit.errors import Invalid
from jobkit.lifecycle._definition import RESUME, SAME, Definition, StateRule, Transition
from jobkit.lifecycle._read import Problems, item_path
from jobkit.lifecycle._rule import Checked, Explain, Need, Option, Rule, Test
from jobkit.lifecycle._structure import SYSTEM, Edge, Structure
from jobkit.mappings import FrozenMap
from jobkit.model import State
from jobkit.registry import Registry

Rules = Mapping[str, tuple[Rule, ...]]


@attrs.frozen(kw_only=True)
class Conditions:
    """Every condition of a definition, loaded once: by path for needs, by transition for guards."""

    known: Mapping[str, Condition]
    guards: Mapping[str, tuple[Checked, ...]]


def compiled(
    definition: Definition,
    structure: Structure,
    vocabulary: Vocabulary,
    registry: Registry,
    problems: Problems,
) -> Rules:
    """Return the rules leaving each concrete state; conditions that do not load go to *problems*."""
    loader = _Loader(vocabulary, registry, problems)
    conditions = Conditions(
        known=FrozenMap(dict(loader.known(definition))),
        guards=FrozenMap({each.id: loader.guards(each) for each in definition.transitions}),
    )
    problems.check()
    maker = _Maker(definition, structure, conditions)
    return FrozenMap({name: tuple(map(maker.rule, edges)) for name, edges in structure.edges.items()})


@attrs.frozen
class _Loader:
    vocabulary: Vocabulary
    registry: Registry
    problems: Problems

    def known(self, definition: Definition) -> Iterator[tuple[str, Condition]]:
        """Yield each path that something needs, with the condition that it is known."""
        for path, place in _needed(definition):
            condition = self.load({"field": path, "known": True}, place)
            if condition is not None:
                yield path, condition

    def guards(self, transition: Transition) -> tuple[Checked, ...]:
        """Return the transition's guards with their conditions."""
        base = item_path("$.transitions", transition.id)
        loaded = [
            (guard, self.load(thaw(guard.when), f"{item_path(f'{base}.guards', guard.id)}.when"))
            for guard in transition.guards
        ]
        return tuple(
            Checked(guard, condition, tuple(self.explains(condition)))
            for guard, condition in loaded
            if condition is not None
        )

    def load(self, when: Any, path: str) -> Condition | None:
        """Return the condition, or None after adding what is wrong with it."""
        try:
            return Condition.load(when, self.vocabulary, self.registry, path)
        except Invalid as error:
            self.problems.take(error)
            return None

    def explains(self, condition: Condition) -> Iterator[Explain]:
        """Yield what the condition's predicates offer to explain their no."""
        for call in _calls(condition.node):
            explain = getattr(self.registry.find("predicate", call.name), "explain", None)
            if callable(explain):
                yield _bound(explain, call)


def _calls(node: Node) -> Iterator[Call]:
    if isinstance(node, Call):
        yield node
    elif isinstance(node, (All, Any_)):
        for part in node.parts:
            yield from _calls(part)
    elif isinstance(node, (Not, Each)):
        yield from _calls(node.part)


def _bound(explain: Any, call: Call) -> Explain:
    return lambda facts, now: tuple(explain(facts, now, **thaw(call.arguments)))


def _needed(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield every fact's path that is named outside a guard, with its place in the document."""
    for state in definition.states:
        for path in state.fields:
            yield path, item_path(f"{item_path('$.states', state.name)}.fields", path)
    for transition in definition.transitions:
        for path in transition.needs:
            yield path, f"{item_path('$.transitions', transition.id)}.needs"


@attrs.frozen
class _Maker:
    definition: Definition
    structure: Structure
    conditions: Conditions

    def rule(self, edge: Edge) -> Rule:
        """Return the rule of an edge; one that resumes gets a rule for each state that has not ended."""
        if edge.target != RESUME:
            return self._landing(edge, self.structure.states[edge.target])
        open_states = [state for state in self.structure.states.values() if state.end is None]
        landings = {state.name: self._landing(edge, state) for state in open_states}
        unknown = StateRule(name=RESUME, category="open")
        return attrs.evolve(self._landing(edge, unknown), landings=FrozenMap(landings))

    def _landing(self, edge: Edge, target: StateRule) -> Rule:
        transition = edge.transition
        stays = transition.target == SAME
        needs = tuple(self._needs(transition, target, stays))
        guards = self.conditions.guards[transition.id]
        return Rule(
            edge=edge,
            source_id=f"{self.definition.id}@{self.definition.version}/{transition.id}",
            roles=_roles(transition),
            reasons=self.definition.reasons[transition.reason] if transition.reason else None,
            tests=_tests(needs, guards),
            needs=needs,
            guards=guards,
            reads_actor=any(_reads_actor(checked.condition) for checked in guards),
            landing=State(name=target.name, category=target.category, end=target.end),
            stays=stays,
            holds=target.name in self.structure.holds,
            carries=any("carries" in effect.data for effect in transition.effects),
            told=_told(transition),
            open=Answer(option(edge, target.name)),
        )

    def _needs(self, transition: Transition, target: StateRule, stays: bool) -> Iterator[Need]:
        entered = () if stays else (path for path, flag in target.fields.items() if flag == "required")
        for path in dict.fromkeys((*transition.needs, *entered)):
            yield Need(path, self.conditions.known[path])


def option(edge: Edge, target: str) -> Option:
    """Return the option that an edge is, leading to *target*."""
    transition = edge.transition
    return Option(trigger=transition.trigger, target=target, transition=transition.id, label=transition.label)


def _told(transition: Transition) -> Mapping[str, Any]:
    effects = [effect.name for effect in transition.effects]
    told: Mapping[str, Any] = freeze(
        {"transition": transition.id, **({"effects": effects} if effects else {})}
    )
    return told


def _roles(transition: Transition) -> frozenset[str] | None:
    if transition.after is not None:
        return frozenset((*transition.roles, SYSTEM))
    return frozenset(transition.roles) or None


def _tests(needs: Iterable[Need], guards: Iterable[Checked]) -> tuple[Test, ...]:
    conditions = [*(need.condition for need in needs), *(checked.condition for checked in guards)]
    return tuple(condition.compile() for condition in conditions)


def _reads_actor(condition: Condition) -> bool:
    return any(field.startswith("actor.") for field in condition.fields_read)
