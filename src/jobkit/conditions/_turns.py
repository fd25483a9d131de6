"""When time alone turns a condition: the exact next instant."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.conditions._bind import Bound, BoundCall, BoundEach, BoundGroup, BoundLeaf, BoundNot
from jobkit.conditions._compile import Compiled
from jobkit.conditions._operators import turns
from jobkit.conditions._reach import find_values, listed, reach
from jobkit.conditions._values import ITEM
from jobkit.instants import utc
from jobkit.registry import guarded

_MOST_STEPS: Final = 10_000


def timed(bound: Bound) -> Bound | None:
    """Return of *bound* only what time can turn: what compares with now, or tells when it turns."""
    if isinstance(bound, BoundGroup):
        parts = tuple(part for part in map(timed, bound.parts) if part is not None)
        return attrs.evolve(bound, parts=parts) if parts else None
    if isinstance(bound, (BoundNot, BoundEach)):
        part = timed(bound.part)
        return None if part is None else attrs.evolve(bound, part=part)
    return bound if _may_turn(bound) else None


def _may_turn(part: Bound) -> bool:
    if isinstance(part, BoundLeaf):
        return part.operator.timed is not None
    return isinstance(part, BoundCall) and hasattr(part.function, "changes_at")


def next_turn(bound: Bound, test: Compiled, facts: Any, now: datetime) -> datetime | None:
    """
    Return the first instant after *now* at which *test* answers otherwise while the facts stay as they are.

    *bound* is what is `timed` of the condition behind *test*. Only instants at which some leaf turns are
    tried, in order; between two of them nothing changes.
    """
    at, before = now, test(facts, now)
    fixed = sorted(instant for instant in set(_fixed(bound, facts)) if instant > at)
    for _ in range(_MOST_STEPS):
        coming = [*fixed[:1], *(turn for turn in _told(bound, facts, at) if turn > at)]
        if not coming:
            return None
        at = min(coming)
        fixed = [instant for instant in fixed[:1] if instant > at] + fixed[1:]
        if test(facts, at) is not before:
            return at
    return at


def _fixed(bound: Bound, facts: Any) -> Iterator[datetime]:
    """Yield the instants at which a timed leaf turns."""
    for part, known in _leaves(bound, facts):
        if isinstance(part, BoundLeaf):
            yield from _of_leaf(part, known)


def _of_leaf(leaf: BoundLeaf, facts: Any) -> Iterator[datetime]:
    for value in find_values(facts, leaf.steps):
        instant = leaf.read(value)
        if instant is not None and leaf.operand is not None:
            yield from turns(leaf.operator.name, instant, leaf.operand)


def _told(bound: Bound, facts: Any, now: datetime) -> Iterator[datetime]:
    """Yield the next instants that predicates tell of themselves."""
    for part, known in _leaves(bound, facts):
        tell = getattr(part.function, "changes_at", None) if isinstance(part, BoundCall) else None
        if tell is not None and isinstance(part, BoundCall):
            name = part.node.name
            told = guarded("predicate", name, tell, known, now, **part.node.arguments)
            if told is not None:
                yield utc(told, name)


def _leaves(bound: Bound, facts: Any) -> Iterator[tuple[BoundLeaf | BoundCall, Any]]:
    if isinstance(bound, (BoundLeaf, BoundCall)):
        yield bound, facts
    elif isinstance(bound, BoundGroup):
        for part in bound.parts:
            yield from _leaves(part, facts)
    elif isinstance(bound, BoundNot):
        yield from _leaves(bound.part, facts)
    elif isinstance(bound, BoundEach):
        for _, item in listed(reach(bound.steps)(facts)) or ():
            yield from _leaves(bound.part, {**facts, ITEM: item})
