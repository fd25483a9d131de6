"""A lifecycle learned from what was seen: states and moves of past cases, no wildcards."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from jobkit.lifecycle import Definition, StateRule, Transition
from jobkit.replay._mapping import LogMapping, StateHint

_UNNAMED = StateHint(category="open")


def hint(mapping: LogMapping, state: str) -> StateHint:
    """Return what *mapping* says of a logged state; one it does not name is open."""
    return mapping.states.get(state, _UNNAMED)


def learn(
    cases: Iterable[Sequence[str]],
    mapping: LogMapping,
    *,
    name: str = "learned",
    also: Iterable[str] = (),
) -> Definition:
    """
    Build a lifecycle from sequences of logged states.

    Each state that was seen becomes a state, the first of a case an initial one, and each pair of
    neighbours a move; a trigger is named by the state it leads to. Staying is a move only if it was seen.
    States named in *also* are known too, and no move leads to them.
    """
    states: dict[str, None] = {}
    initial: set[str] = set()
    sources: dict[str, dict[str, None]] = {}
    for path in cases:
        initial.add(path[0])
        states |= dict.fromkeys(path)
        for before, after in pairwise(path):
            sources.setdefault(after, {})[before] = None
    states |= dict.fromkeys(also)
    return Definition(
        id=name,
        version="1",
        states=tuple(_state(state, state in initial, mapping) for state in states),
        transitions=tuple(
            Transition(id=target, trigger=target, sources=tuple(befores), target=target)
            for target, befores in sources.items()
        ),
    )


def _state(name: str, initial: bool, mapping: LogMapping) -> StateRule:
    known = hint(mapping, name)
    return StateRule(name=name, category=known.category, end=known.end, initial=initial)
