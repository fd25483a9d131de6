"""Facts on which rules of order are tried: the values that their conditions tell apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any, Final

from jobkit.conditions import All, Any_, Count, Fact, Leaf, Node, Not
from jobkit.durations import Duration, Working, read_duration
from jobkit.errors import Invalid
from jobkit.instants import read_instant
from jobkit.paths import Item, parse, write
from jobkit.priority._asked import Asked

MOMENT: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
"""The instant at which rules are tried; instants are tried around it, so that any other would do."""

OTHER: Final = "any other value"

_NEXT: Final = timedelta(seconds=1)
_FAR: Final = timedelta(days=1_000)


def samples(asked: Iterable[Asked]) -> dict[str, list[Any]]:
    """Return each fact that the tests compare, with values on every side of what it is compared with."""
    found: dict[str, list[Any]] = {}
    for one in asked:
        for leaf in () if one.condition is None else _leaves(one.condition.node):
            _gather(found, leaf.field, _of_leaf(leaf))
        for near in one.within:
            _gather(found, near.due, _around(MOMENT, _length(near.left)))
    return found


def contexts(known: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield every choice of some of the facts with a value each, those with the fewest facts first."""
    for size in range(len(known) + 1):
        for fields in combinations(known, size):
            for values in product(*(known[field] for field in fields)):
                yield dict(zip(fields, values, strict=True))


def placed(known: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return facts that have *known* values at their paths, None where one is part of another."""
    facts: dict[str, Any] = {}
    for field in sorted(known, key=len):
        *way, last = (step.id if isinstance(step, Item) else step for step in parse(field))
        here: Any = facts
        for name in way:
            here = here.setdefault(name, {}) if isinstance(here, dict) else None
        if not isinstance(here, dict):
            return None
        here[last] = known[field]
    return facts


def spelt(field: str) -> str:
    """Return a path in the one spelling that conditions have."""
    return write(parse(field)).removeprefix("$.")


def _gather(found: dict[str, list[Any]], field: str, values: Iterable[Any]) -> None:
    if Item(None) in parse(field):
        return
    there = found.setdefault(spelt(field), [])
    # True equals 1, and is told apart by conditions.
    there += [value for value in values if (type(value), value) not in [(type(old), old) for old in there]]


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, (All, Any_)):
        for part in node.parts:
            yield from _leaves(part)
    elif isinstance(node, Not):
        yield from _leaves(node.part)


def _of_leaf(leaf: Leaf) -> Iterator[Any]:
    value = leaf.value
    if leaf.operator == "known":
        yield from (OTHER, MOMENT)
    elif leaf.operator == "contains":
        yield from ([value], [])
    elif isinstance(value, Count):
        yield from ([{}] * size for size in range(max(0, value.number - 1), min(value.number, 20) + 2))
    elif leaf.operator in ("older_than", "younger_than", "within"):
        span = _length(read_duration(value))
        yield from _around(MOMENT, span if leaf.operator == "within" else -span)
    elif not isinstance(value, Fact):
        for one in value if isinstance(value, tuple) else (value,):
            yield from _near(one)


def _near(value: Any) -> Iterator[Any]:
    """Yield a value, and what lies beside it."""
    if isinstance(value, bool):
        yield from (value, not value)
    elif isinstance(value, str):
        yield from (value, OTHER, *_moments(value))
    else:
        yield from (value - 1, value, value + 1)


def _moments(text: str) -> Iterator[Any]:
    """Yield what lies around a text that is an instant or a duration."""
    try:
        yield from _around(read_instant(text))
    except Invalid:
        try:
            span = _length(read_duration(text))
        except Invalid:
            return
        yield from (span - _NEXT, span, span + _NEXT)


def _around(at: datetime, span: timedelta = timedelta(0)) -> Iterator[datetime]:
    """Yield the instants about *span* after *at*, and some that are far off; none where years end."""
    for shift in (span - _NEXT, span, span + _NEXT):
        with suppress(OverflowError):
            yield at + shift
    yield from (MOMENT - _FAR, MOMENT, MOMENT + _NEXT, MOMENT + _FAR)


def _length(duration: Duration) -> timedelta:
    if not isinstance(duration, Working):
        return duration
    return timedelta(**{f"{duration.unit}s": duration.amount})
