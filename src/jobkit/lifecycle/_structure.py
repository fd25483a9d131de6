"""What a definition's names stand for, and the names that stand for nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, get_args

import attrs

from jobkit.durations import Duration, Working
from jobkit.findings import Template
from jobkit.lifecycle._definition import ANY, RESUME, SAME, Definition, StateRule, Transition
from jobkit.lifecycle._read import Problems, item_path, near
from jobkit.mappings import FrozenMap
from jobkit.model import Category

SYSTEM: Final = "system"
"""The role in which jobkit itself acts; every lifecycle knows it."""

UNKNOWN_NAME = Template(
    "lifecycle.unknown_name",
    "{kind} {name} at {place} is not declared.",
    "Declare {name}, or use one of: {near}.",
)
TWICE = Template(
    "lifecycle.twice", "{kind} {name} is declared twice.", "Give the second {kind} a name of its own."
)
NO_INITIAL = Template(
    "lifecycle.no_initial", "Lifecycle {id} has no initial state.", "Mark a state with initial = true."
)
PARENT_LOOP = Template(
    "lifecycle.parent_loop",
    "State {name} is its own superstate.",
    "Take parent out of one of its superstates.",
)
END_UNLIKE = Template(
    "lifecycle.end_unlike",
    "State {name} of category {category} has end {end}.",
    "Give every state of category closed an end, and no other state.",
)
TARGET_SUPERSTATE = Template(
    "lifecycle.target_superstate",
    "Transition {transition} leads to the superstate {name}.",
    "Lead to one of its states: {choices}.",
)
EMPTY_SOURCE = Template(
    "lifecycle.empty_source",
    "No state answers to the source {name} of transition {transition}.",
    "Give a state the category {name}, or take the source out.",
)
BAD_TIMER = Template(
    "lifecycle.bad_timer",
    "The time at {place} is not a number of whole seconds from one second to 100,000 days.",
    "Write a duration of whole seconds, from one second to 100,000 days.",
)
TIMER_STAYS = Template(
    "lifecycle.timer_stays",
    "Automatic transition {transition} stays in its state and would fire for ever.",
    "Lead to another state, or take after out.",
)

TIMER_REASON = Template(
    "lifecycle.timer_reason",
    "Automatic transition {transition} demands a reason, which time cannot give.",
    "Take reason out, or leave the transition to people and take after out.",
)
TOO_MANY = Template(
    "lifecycle.too_many",
    "Lifecycle {id} has {count} {things}, more than {limit}.",
    "Divide the lifecycle into facets of at most {limit} {things}.",
)

_LONGEST: Final = timedelta(days=100_000)
_CATEGORY_RANK: Final = 100
_ANY_RANK: Final = 200
_MOST: Final = FrozenMap({"states": 200, "transitions": 1_000, "guards and needs": 2_000})


@attrs.frozen(kw_only=True)
class Edge:
    """
    A transition as it leaves one concrete state; the smaller *rank*, the more specific its source.

    `target` is a concrete state or `@resume`, `targets` all concrete states it can lead to.
    """

    source: str
    transition: Transition
    target: str
    rank: int
    targets: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Structure:
    """Concrete states with what they inherit, the states below each superstate, the edges of each state."""

    states: Mapping[str, StateRule]
    children: Mapping[str, tuple[str, ...]]
    edges: Mapping[str, tuple[Edge, ...]]
    holds: frozenset[str]


def structure(definition: Definition) -> Structure:
    """Resolve superstates, categories and wildcards; names that stand for nothing are passed over."""
    named = {state.name: state for state in definition.states}
    parents = {state.parent for state in definition.states}
    states = {name: _inherited(name, named) for name in named if name not in parents}
    children = {parent: tuple(name for name in states if parent in _above(name, named)) for parent in named}
    edges = {name: _edges(name, definition, states, _above(name, named)) for name in states}
    holds = frozenset(name for name in states if any(edge.target == RESUME for edge in edges[name]))
    return Structure(
        states=FrozenMap(states),
        children=FrozenMap({name: below for name, below in children.items() if name in parents}),
        edges=FrozenMap(_with_resumed(edges, holds)),
        holds=holds,
    )


def _above(name: str, named: Mapping[str, StateRule]) -> tuple[str, ...]:
    """Return the superstates of a state, the nearest first; a loop ends where it closes."""
    found: list[str] = []
    parent = named[name].parent
    while parent is not None and parent in named and parent not in found:
        found.append(parent)
        parent = named[parent].parent
    return tuple(found)


def _inherited(name: str, named: Mapping[str, StateRule]) -> StateRule:
    rule = named[name]
    for parent in (named[above] for above in _above(name, named)):
        rule = attrs.evolve(
            rule,
            owner=rule.owner or parent.owner,
            limit=rule.limit or parent.limit,
            fields=FrozenMap({**parent.fields, **rule.fields}),
            permits=parent.permits if rule.permits is None else rule.permits,
            forbids=tuple(dict.fromkeys((*rule.forbids, *parent.forbids))),
        )
    return rule


def _edges(
    name: str, definition: Definition, states: Mapping[str, StateRule], above: tuple[str, ...]
) -> tuple[Edge, ...]:
    found = [
        _edge(name, transition, rank)
        for transition in definition.transitions
        if (rank := _rank(states[name], transition, above)) is not None
    ]
    return tuple(sorted(found, key=lambda edge: edge.rank))


def _rank(state: StateRule, transition: Transition, above: tuple[str, ...]) -> int | None:
    """Return how specific the transition's best source for *state* is, or None when it has none."""
    ranks = [
        rank for source in transition.sources if (rank := _source_rank(state, source, above)) is not None
    ]
    best = min(ranks, default=None)
    return None if best is not None and best >= _CATEGORY_RANK and transition.target == state.name else best


def _source_rank(state: StateRule, source: str, above: tuple[str, ...]) -> int | None:
    if source == state.name:
        return 0
    if source in above:
        return 1 + above.index(source)
    if source == f"@{state.category}":
        return _CATEGORY_RANK
    return _ANY_RANK if source == ANY and state.end is None else None


def _edge(source: str, transition: Transition, rank: int) -> Edge:
    target = source if transition.target == SAME else transition.target
    return Edge(source=source, transition=transition, target=target, rank=rank, targets=(target,))


def _with_resumed(
    edges: Mapping[str, tuple[Edge, ...]], holds: frozenset[str]
) -> dict[str, tuple[Edge, ...]]:
    resumed = {name: _resumed(name, edges, holds) for name in holds}
    return {
        name: tuple(
            attrs.evolve(edge, targets=resumed[name]) if edge.target == RESUME else edge for edge in leaving
        )
        for name, leaving in edges.items()
    }


def _resumed(hold: str, edges: Mapping[str, tuple[Edge, ...]], holds: frozenset[str]) -> tuple[str, ...]:
    """Return the states from which *hold* is entered, straight or through other holds."""
    entered, left = {hold}, [hold]
    while left:
        target = left.pop()
        for name in holds - entered:
            if any(edge.target == target for edge in edges[name]):
                entered.add(name)
                left.append(name)
    return tuple(
        name
        for name, leaving in edges.items()
        if name not in holds and any(edge.target in entered for edge in leaving)
    )


def check_names(definition: Definition, problems: Problems) -> None:
    """Add every name that is declared twice or stands for nothing, and states that contradict themselves."""
    _check_size(definition, problems)
    named = {state.name: state for state in definition.states}
    _check_twice("State", (state.name for state in definition.states), problems)
    _check_twice("Transition", (transition.id for transition in definition.transitions), problems)
    supers = {state.parent for state in definition.states}
    if not any(state.initial and state.name not in supers for state in definition.states):
        problems.add(NO_INITIAL, "$.states", id=definition.id)
    for state in definition.states:
        _check_state(state, named, definition, problems)
    found = structure(definition)
    for transition in definition.transitions:
        _check_transition(transition, found, definition, problems)


def _check_size(definition: Definition, problems: Problems) -> None:
    rules = [len(each.guards) + len(each.needs) for each in definition.transitions]
    sizes = {
        "states": len(definition.states),
        "transitions": len(definition.transitions),
        "guards and needs": sum(rules),
    }
    over = {things: count for things, count in sizes.items() if count > _MOST[things]}
    for things, count in over.items():
        problems.add(TOO_MANY, "$", id=definition.id, count=count, things=things, limit=_MOST[things])
    if over:
        # Checking the names of so many things is what the limit is there to prevent.
        problems.check()


def _check_twice(kind: str, names: Iterable[str], problems: Problems) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            problems.add(TWICE, item_path(f"$.{kind.lower()}s", name), kind=kind, name=name)


def _check_state(
    state: StateRule, named: Mapping[str, StateRule], definition: Definition, problems: Problems
) -> None:
    path = item_path("$.states", state.name)
    _check_known("State", [state.parent] if state.parent else (), f"{path}.parent", named, problems)
    _check_known("Role", [state.owner] if state.owner else (), f"{path}.owner", _roles(definition), problems)
    if state.name in _above(state.name, named):
        problems.add(PARENT_LOOP, f"{path}.parent", name=state.name)
    if state.category in get_args(Category) and (state.category == "closed") != (state.end is not None):
        problems.add(END_UNLIKE, path, name=state.name, category=state.category, end=state.end or "none")
    if state.limit is not None and not _can_pass(state.limit.after):
        problems.add(BAD_TIMER, f"{path}.limit.after")


def _check_known(
    kind: str, names: Iterable[str], path: str, known: Iterable[str], problems: Problems
) -> None:
    listed = tuple(known)
    for name in names:
        if name not in listed:
            problems.add(UNKNOWN_NAME, path, kind=kind, name=name, near=near(name, listed))


def _roles(definition: Definition) -> tuple[str, ...]:
    return (*definition.roles, SYSTEM)


def _can_pass(duration: Duration) -> bool:
    if isinstance(duration, Working):
        return duration.amount > 0
    return timedelta(0) < duration <= _LONGEST and duration.microseconds == 0


def _check_transition(
    transition: Transition, found: Structure, definition: Definition, problems: Problems
) -> None:
    path = item_path("$.transitions", transition.id)
    _check_sources(transition, found, path, problems)
    _check_target(transition, found, path, problems)
    _check_known("Role", transition.roles, f"{path}.roles", _roles(definition), problems)
    reasons = [transition.reason] if transition.reason else []
    _check_known("Reason list", reasons, f"{path}.reason", definition.reasons, problems)
    helpers = [guard.who for guard in transition.guards if guard.who]
    _check_known("Role", helpers, f"{path}.guards", _roles(definition), problems)
    for name, times in Counter(guard.id for guard in transition.guards).items():
        if times > 1:
            problems.add(TWICE, item_path(f"{path}.guards", name), kind="Guard", name=name)


def _check_sources(transition: Transition, found: Structure, path: str, problems: Problems) -> None:
    known = {**found.states, **found.children}
    categories = {f"@{state.category}" for state in found.states.values()}
    for source in transition.sources:
        if source.removeprefix("@") in get_args(Category) and source.startswith("@"):
            if source not in categories:
                problems.add(EMPTY_SOURCE, f"{path}.from", name=source, transition=transition.id)
        elif source != ANY:
            _check_known("State", [source], f"{path}.from", known, problems)


def _check_target(transition: Transition, found: Structure, path: str, problems: Problems) -> None:
    target = transition.target
    if target in found.children:
        below = list(found.children[target])
        problems.add(TARGET_SUPERSTATE, f"{path}.to", transition=transition.id, name=target, choices=below)
    elif target not in (RESUME, SAME):
        _check_known("State", [target], f"{path}.to", found.states, problems)
    if transition.after is not None and not _can_pass(transition.after):
        problems.add(BAD_TIMER, f"{path}.after")
    if transition.after is not None and target == SAME:
        problems.add(TIMER_STAYS, f"{path}.after", transition=transition.id)
    if transition.after is not None and transition.reason is not None:
        problems.add(TIMER_REASON, f"{path}.after", transition=transition.id)
