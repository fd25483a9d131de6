"""What is wrong with a lifecycle before any job uses it, each finding with a witness."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, islice
from typing import Any, Final

from jobkit.findings import Finding, Severity, Template
from jobkit.lifecycle._definition import Definition, Guard, Transition
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.lifecycle._net import Hop, Net, net
from jobkit.lifecycle._structure import SYSTEM

UNREACHABLE = Template(
    "lifecycle.unreachable",
    "State {state} cannot be reached from any initial state; it is entered only from: {witness}.",
    "Lead a transition to {state} from a state that is reached, mark it initial, or remove it.",
)
DEAD_END = Template(
    "lifecycle.dead_end",
    "State {state} has no way out and is not an end; a job gets there by: {witness}.",
    "Give {state} a transition that leaves it, or an end.",
)
NO_WAY_OUT = Template(
    "lifecycle.no_way_out",
    "No end can be reached from state {state}; a job gets there by: {witness}.",
    "Lead a transition from {state}, or from a state after it, towards an end.",
)
NO_END = Template(
    "lifecycle.no_end",
    "Lifecycle {id} has no state with an end, so its jobs stay open for ever.",
    "Give at least one state the category closed and an end.",
)
INITIAL_END = Template(
    "lifecycle.initial_end",
    "State {state} is initial and already ends as {end}.",
    "Take initial from {state}, or its end.",
)
AUTOMATIC_CYCLE = Template(
    "lifecycle.automatic_cycle",
    "Time alone moves a job in a circle: {witness}.",
    "Take after from one of these transitions, or lead it elsewhere.",
)
AMBIGUOUS_ALWAYS = Template(
    "lifecycle.overlap_always",
    "In state {state} the trigger {trigger} always has more than one way: {witness}.",
    "Give the transitions an order, guards that exclude each other, or other triggers.",
)
OVERLAP = Template(
    "lifecycle.overlap",
    "In state {state} the trigger {trigger} can have more than one way open: {witness}.",
    "Give the transitions an order, or guards that exclude each other.",
)
SHADOWED = Template(
    "lifecycle.shadowed",
    "In state {state} transition {transition} never comes first, because {witness} is always open before it.",
    "Turn their order around, guard {witness}, or take {transition} out.",
)
RESUME_NOWHERE = Template(
    "lifecycle.resume_nowhere",
    "Transition {transition} returns from {state} to where a hold began, and no hold leads there: {witness}.",
    "Lead a transition from another state to {state}, or name a target.",
)
UNUSED_TRANSITION = Template(
    "lifecycle.unused_transition",
    "Transition {transition} leaves only states that no job reaches: {witness}.",
    "Reach one of these states, or take {transition} and its guards out.",
)
UNUSED_ROLE = Template(
    "lifecycle.unused_role",
    "Role {role} of lifecycle {id} may do nothing and is responsible for nothing.",
    "Name {role} in a transition or as an owner, or take it out of roles.",
)
UNUSED_FACT = Template(
    "lifecycle.unused_fact",
    "Fact {fact} of lifecycle {id} is declared, and no guard, need or field flag names it.",
    "Use {fact}, or take it out of facts.",
)
UNUSED_REASONS = Template(
    "lifecycle.unused_reasons",
    "No transition of lifecycle {id} asks for a reason from the list {reasons}.",
    "Name {reasons} as the reason of a transition, or take the list out.",
)
UNUSED_GUARD = Template(
    "lifecycle.unused_guard",
    "Guard {guard} of transition {transition} says the same as guard {witness}.",
    "Take one of the two out.",
)
WAITS_FOR_EVER = Template(
    "lifecycle.waits_for_ever",
    "State {state} may hold a job for ever: it has neither an age limit nor an automatic way out.",
    "Give {state} a limit with a queue, or a transition with after.",
)
SOLE_ROLE = Template(
    "lifecycle.sole_role",
    "Without the role {role} a job is stuck in: {states}; it gets there by: {witness}.",
    "Let another role, or time, lead from there towards an end.",
)
END_LEFT = Template(
    "lifecycle.end_left",
    "Transition {transition} leaves the end {state} without reopening the job.",
    "Nothing is needed if that is meant; else take {state} out of its sources.",
)

_SHOWN: Final = 5
_MOST_PAIRS: Final = 100


def check(lifecycle: Lifecycle) -> tuple[Finding, ...]:
    """
    Return everything that is doubtful about *lifecycle*: real defects block, smells warn, notes inform.

    Each finding carries a witness: the walk that leads there, or the pair that clashes, of which the first
    hundred are told. Nothing is refused here; a host decides what a blocking finding stops.
    """
    definition = lifecycle.definition
    walked = net(definition)
    reached = walked.reach(walked.starts)
    checks: tuple[Iterable[Finding], ...] = (
        _ends(definition, walked),
        _reach(walked, reached),
        _automatic(walked),
        islice(_overlaps(walked, reached), _MOST_PAIRS),
        _waiting(walked),
        _sole_roles(definition, walked, reached),
        _unused(definition, walked, reached),
        _left_ends(walked),
    )
    return tuple(finding for found in checks for finding in found)


def _ends(definition: Definition, walked: Net) -> Iterator[Finding]:
    if not walked.ends:
        yield Finding.of(NO_END, path="$.states", id=definition.id)
    for state in walked.starts:
        if state in walked.ends:
            yield _of_state(INITIAL_END, state, end=walked.rules[state].end)


def _reach(walked: Net, reached: Mapping[str, tuple[Hop, ...]]) -> Iterator[Finding]:
    ending = walked.ending()
    for state in walked.rules:
        if state not in reached:
            entering = [str(hop) for hop in walked.hops if hop.target == state and not hop.stays]
            yield _of_state(UNREACHABLE, state, witness=entering[:_SHOWN])
        elif state not in walked.ends and all(hop.stays for hop in walked.leaving[state]):
            yield _of_state(DEAD_END, state, witness=_walk(state, reached))
        elif state not in ending:
            yield _of_state(NO_WAY_OUT, state, witness=_walk(state, reached))
    yield from _nowhere(walked)


def _nowhere(walked: Net) -> Iterator[Finding]:
    for edge in walked.lost:
        left = list(edge.transition.sources)
        yield _of_state(
            RESUME_NOWHERE, edge.source, severity="warn", transition=edge.transition.id, witness=left
        )


def _automatic(walked: Net) -> Iterator[Finding]:
    told: set[frozenset[str]] = set()
    for hop in walked.hops:
        if hop.transition.after is None:
            continue
        back = walked.reach([hop.target], lambda other: other.transition.after is not None).get(hop.source)
        if back is None:
            continue
        circle = (hop, *back)
        states = frozenset(part.source for part in circle)
        if states not in told:
            told.add(states)
            yield _of_state(AUTOMATIC_CYCLE, hop.source, witness=[str(part) for part in circle])


def _overlaps(walked: Net, reached: Mapping[str, tuple[Hop, ...]]) -> Iterator[Finding]:
    """Yield each clashing pair once, with the first state where it clashes."""
    sources: dict[str, dict[str, None]] = {}
    ways: dict[str, dict[str, Transition]] = {}
    for hop in (hop for state in reached for hop in walked.leaving[state]):
        sources.setdefault(hop.transition.id, {})[hop.source] = None
        ways.setdefault(hop.transition.trigger, {})[hop.transition.id] = hop.transition
    for ranked in ways.values():
        for first, second in combinations(ranked.values(), 2):
            state = next((name for name in sources[first.id] if name in sources[second.id]), None)
            if state is not None:
                yield from _overlap(state, first, second)


def _overlap(state: str, first: Transition, second: Transition) -> Iterator[Finding]:
    if _exclude(first, second):
        return
    if first.order is None or second.order is None or first.order == second.order:
        always = _is_free(first) and _is_free(second)
        severity: Severity = "block" if always else "warn"
        template = AMBIGUOUS_ALWAYS if always else OVERLAP
        pair = [first.id, second.id]
        yield _of_state(template, state, severity=severity, trigger=first.trigger, witness=pair)
        return
    before, after = sorted((first, second), key=lambda way: way.order or 0)
    if _is_free(before) and _covers_roles(before, after):
        yield _of_state(SHADOWED, state, severity="warn", transition=after.id, witness=before.id)


def _exclude(first: Transition, second: Transition) -> bool:
    """Whether nobody can have both open: no common role, or a guard of one contradicts the other's."""
    if first.roles and second.roles and not set(first.roles) & set(second.roles):
        return True
    return any(_opposite(one.when, other.when) for one in first.guards for other in second.guards)


def _opposite(one: Any, other: Any) -> bool:
    return one == _negated(other) or other == _negated(one) or _differ(one, other)


def _negated(when: Any) -> Any:
    return f"not ({when})" if isinstance(when, str) else {"not": when}


def _differ(one: Any, other: Any) -> bool:
    """Whether both compare one field for being the same as two different values."""
    if isinstance(one, str) and isinstance(other, str):
        left, right = one.split(" == "), other.split(" == ")
        return len(left) == len(right) == 2 and left[0] == right[0] and _unlike_words(left[1], right[1])
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        simple = set(one) == set(other) == {"field", "is"}
        return simple and one["field"] == other["field"] and one["is"] != other["is"]
    return False


def _unlike_words(one: str, other: str) -> bool:
    """Whether two literals of condition text stand for different words."""
    quoted = all(
        text[:1] in "'\"" and text[-1:] == text[:1] and text.count(text[:1]) == 2 for text in (one, other)
    )
    return quoted and one[1:-1] != other[1:-1]


def _is_free(transition: Transition) -> bool:
    """Whether nothing about the job can keep the transition shut."""
    blocks = any(guard.severity == "block" for guard in transition.guards)
    return not (blocks or transition.needs or transition.reason)


def _covers_roles(wide: Transition, narrow: Transition) -> bool:
    return not wide.roles or (bool(narrow.roles) and set(narrow.roles) <= set(wide.roles))


def _waiting(walked: Net) -> Iterator[Finding]:
    for state, rule in walked.rules.items():
        timed = any(hop.transition.after is not None for hop in walked.leaving[state])
        if rule.category == "waiting" and rule.limit is None and not timed:
            yield _of_state(WAITS_FOR_EVER, state, severity="warn")


def _sole_roles(
    definition: Definition, walked: Net, reached: Mapping[str, tuple[Hop, ...]]
) -> Iterator[Finding]:
    ending = walked.ending()
    for role in definition.roles:
        without = walked.ending(_passable_without(role))
        stuck = [state for state in reached if state in ending and state not in without]
        if stuck:
            path, walk = f"$.roles[{role}]", _walk(stuck[0], reached)
            yield Finding.of(SOLE_ROLE, path=path, severity="warn", role=role, states=stuck, witness=walk)


def _passable_without(role: str) -> Callable[[Hop], bool]:
    def passable(hop: Hop) -> bool:
        return hop.transition.after is not None or set(hop.transition.roles) != {role}

    return passable


def _unused(definition: Definition, walked: Net, reached: Mapping[str, tuple[Hop, ...]]) -> Iterator[Finding]:
    live = {hop.transition.id for hop in walked.hops if hop.source in reached}
    for transition in definition.transitions:
        path = f"$.transitions[{transition.id}]"
        if transition.id not in live:
            left = list(transition.sources)
            yield Finding.of(
                UNUSED_TRANSITION, path=path, severity="warn", transition=transition.id, witness=left
            )
        yield from _repeated_guards(transition, path)
    yield from _unused_roles(definition)
    yield from _unused_reasons(definition)
    yield from _unused_facts(definition)


def _repeated_guards(transition: Transition, path: str) -> Iterator[Finding]:
    said: dict[str, str] = {}
    for guard in transition.guards:
        first = said.setdefault(repr(guard.when), guard.id)
        if first != guard.id:
            named = {"guard": guard.id, "transition": transition.id, "witness": first}
            yield Finding.of(UNUSED_GUARD, path=f"{path}.guards[{guard.id}]", severity="warn", **named)


def _unused_roles(definition: Definition) -> Iterator[Finding]:
    used = Counter(role for transition in definition.transitions for role in transition.roles)
    used.update(state.owner for state in definition.states if state.owner)
    used.update(guard.who for way in definition.transitions for guard in way.guards if guard.who)
    for role in definition.roles:
        if role not in used and role != SYSTEM:
            yield Finding.of(
                UNUSED_ROLE, path=f"$.roles[{role}]", severity="warn", role=role, id=definition.id
            )


def _unused_reasons(definition: Definition) -> Iterator[Finding]:
    used = {transition.reason for transition in definition.transitions}
    for reasons in definition.reasons:
        if reasons not in used:
            path = f"$.reasons[{reasons}]"
            yield Finding.of(UNUSED_REASONS, path=path, severity="warn", reasons=reasons, id=definition.id)


def _unused_facts(definition: Definition) -> Iterator[Finding]:
    guards = [guard for transition in definition.transitions for guard in transition.guards]
    named = [need for transition in definition.transitions for need in transition.needs]
    named += [path for state in definition.states for path in state.fields]
    said = "\n".join([*named, *map(_said, guards)])
    for fact in definition.facts:
        if not re.search(rf"(?<![\w]){re.escape(fact)}(?![\w])", said):
            yield Finding.of(
                UNUSED_FACT, path=f"$.facts[{fact}]", severity="warn", fact=fact, id=definition.id
            )


def _said(guard: Guard) -> str:
    """Return the guard's condition as text, only to see which names stand in it."""
    return guard.when if isinstance(guard.when, str) else repr(guard.when)


def _of_state(template: Template, state: str, *, severity: Severity = "block", **params: Any) -> Finding:
    return Finding.of(template, path=f"$.states[{state}]", severity=severity, state=state, **params)


def _walk(state: str, reached: Mapping[str, tuple[Hop, ...]]) -> list[str]:
    return [str(hop) for hop in reached[state]] or ["it is initial"]


def _left_ends(walked: Net) -> Iterator[Finding]:
    for hop in walked.hops:
        if hop.source in walked.ends and hop.target in walked.ends:
            named = {"transition": hop.transition.id}
            yield _of_state(END_LEFT, hop.source, severity="info", **named)
