"""Deciding what conditions imply: every combination of the values that they tell apart is tried."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import Any, Final

import attrs

from jobkit.conditions import All, Any_, Condition, FactSpec, Leaf, Node, Not, Vocabulary
from jobkit.conditions import Fact as OtherFact
from jobkit.paths import Item, parse

World = Mapping[str, Any]
Truth = bool | None
Test = Callable[[World], Truth]

MOST: Final = 40_000
OTHER: Final = "any other value"
_EQUAL: Final = frozenset({"is", "is_not", "in", "not_in", "known"})


@attrs.define
class Worlds:
    """
    The ways in which facts can stand, as far as some conditions tell them apart.

    A fact that is compared with words, or asked whether it is known, takes each of these words, any other,
    or none. Every other comparison is a question of its own that may be true, false or unknown, whatever
    the rest says: so more combinations are tried than can occur, and what holds in all of them is proven.
    """

    vocabulary: Vocabulary | None = None
    values: dict[str, list[Any]] = attrs.field(factory=dict)
    questions: set[str] = attrs.field(factory=set)

    def test(self, condition: Condition | None) -> Test:
        """Return the condition as a question to a world; one that is not there is never true."""
        return _never if condition is None else self._test(condition.node)

    def _test(self, node: Node) -> Test:
        if isinstance(node, (All, Any_)):
            return _group(tuple(map(self._test, node.parts)), every=isinstance(node, All))
        if isinstance(node, Not):
            return _negation(self._test(node.part))
        return self._leaf(node) if isinstance(node, Leaf) and _is_told(node) else self._question(node)

    def _leaf(self, leaf: Leaf) -> Test:
        field = spelt(leaf.field)
        values = self.values.setdefault(field, [])
        wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        if leaf.operator == "known":
            return lambda world: (world[field] is not None) is leaf.value
        values += [value for value in wanted if value not in values]
        positive = leaf.operator in ("is", "in")
        return lambda world: None if world[field] is None else (world[field] in wanted) is positive

    def _question(self, node: Node) -> Test:
        asked = Condition.load(node).to_text()
        self.questions.add(asked)
        return lambda world: world[asked]

    def all(self, settled: Mapping[str, Any], most: int = MOST) -> Iterator[World] | None:
        """Yield every world in which *settled* facts stand as told; None if there are more than *most*."""
        domains = {field: self._domain(field, values) for field, values in self.values.items()}
        domains |= {field: (value,) for field, value in settled.items() if field in domains}
        domains |= dict.fromkeys(sorted(self.questions), (True, False, None))
        if prod(map(len, domains.values())) > most:
            return None
        return (dict(zip(domains, combination, strict=True)) for combination in product(*domains.values()))

    def _domain(self, field: str, values: list[Any]) -> tuple[Any, ...]:
        spec: FactSpec | None = None if self.vocabulary is None else self.vocabulary.find(field)
        if spec is not None and spec.choices:
            return (*spec.choices, *(value for value in values if value not in spec.choices), None)
        if values and all(isinstance(value, bool) for value in values):
            return (True, False, None)
        return (*values, OTHER, None)


def _never(world: World) -> Truth:
    return False


def _is_told(leaf: Leaf) -> bool:
    """Whether the leaf compares one fact with words, or with true and false."""
    wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    plain = all(isinstance(value, (str, bool)) and not isinstance(value, OtherFact) for value in wanted)
    return leaf.operator in _EQUAL and plain and Item(None) not in parse(leaf.field)


def spelt(field: str) -> str:
    """
    Return a path in the one spelling by which facts are compared here.

    >>> spelt("$.job.states[work].name")
    'job.states.work.name'
    """
    return ".".join(step if isinstance(step, str) else str(step.id) for step in parse(field))


def _group(parts: tuple[Test, ...], *, every: bool) -> Test:
    def test(world: World) -> Truth:
        told = [part(world) for part in parts]
        if (not every) in told:
            return not every
        return None if None in told else every

    return test


def _negation(part: Test) -> Test:
    def test(world: World) -> Truth:
        told = part(world)
        return None if told is None else not told

    return test


def told_of(world: World, fields: Iterable[str]) -> str:
    """Return the values of *fields* as a sentence tells them."""
    parts = (f"{field} is {'unknown' if world[field] is None else world[field]}" for field in sorted(fields))
    return " and ".join(parts) or "nothing else is asked"
