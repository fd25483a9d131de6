"""Conditions in JSON Schema: what a document has to be for each to be true, and for it to be false."""

from collections.abc import Iterable
from typing import Final

import attrs

from jobkit.conditions import All, Any_, Call, Each, FactSpec, Leaf, Node, Not, Vocabulary
from jobkit.paths import Item, Step, parse
from jobkit.requirements._schema_parts import (
    NOT_NULL,
    Beyond,
    Pair,
    Told,
    all_of,
    any_of,
    at,
    every,
    negated,
    some,
)
from jobkit.requirements._schema_values import value_pair

Steps = tuple[Step, ...]

COMPUTED: Final = frozenset(
    {"id", "state", "states", "is_open", "version", "head", "pins", "clocks", "triage"}
)
"""What a job has and no request for one: given by the library, or found out in triage."""

_OF_NUMBERS: Final = frozenset({"real", "imag", "numerator", "denominator"})
_ITEM: Final = "item"
_ANY: Final = FactSpec(kind="any")


@attrs.frozen
class Place:
    """Where a path leads: its steps in the document (or the item at hand), and in full for the vocabulary."""

    steps: Steps
    full: Steps


@attrs.frozen
class Translator:
    """Puts conditions on the facts below *root* as schemas of the document that stands there."""

    root: str | None
    vocabulary: Vocabulary | None

    def told(self, node: Node, item: Steps = ()) -> Told:
        """Return what makes *node* true or false; *item* is the list whose items are at hand."""
        if isinstance(node, (All, Any_)):
            return _grouped(isinstance(node, All), (self.told(part, item) for part in node.parts))
        if isinstance(node, Not):
            inner = self.told(node.part, item)
            return inner if isinstance(inner, Beyond) else inner.turned()
        if isinstance(node, Call):
            return Beyond("predicate", node.name)
        return self._each(node, item) if isinstance(node, Each) else self._leaf(node, item)

    def _leaf(self, leaf: Leaf, item: Steps) -> Told:
        place = self._place(leaf.field, item)
        if isinstance(place, Beyond):
            return place
        head, last = _cut(place.steps)
        pair = self._last(leaf, last, place)
        return (
            pair if isinstance(pair, Beyond) else self._through(head, place, pair, leaf.quantifier == "every")
        )

    def _last(self, leaf: Leaf, names: tuple[str, ...], place: Place) -> Told:
        if leaf.operator == "known":
            present = at(names, NOT_NULL)
            pair = Pair(present, negated(present))
            return pair if leaf.value else pair.turned()
        told = value_pair(leaf, self._spec(place.full))
        return told if isinstance(told, Beyond) else Pair(at(names, told.true), at(names, told.false))

    def _each(self, node: Each, item: Steps) -> Told:
        place = self._place(node.field, item)
        if isinstance(place, Beyond):
            return place
        if Item(None) in place.steps:
            return Beyond("item", node.field)
        part = self.told(node.part, (*place.full, Item(None)))
        if isinstance(part, Beyond):
            return part
        return self._through([_cut(place.steps)[1]], place, part, node.quantifier == "every")

    def _through(self, lists: Iterable[tuple[str, ...]], place: Place, pair: Pair, all_: bool) -> Pair:
        """Ask *pair* of the items of each list in turn, the innermost first."""
        lists = list(lists)
        for depth in range(len(lists), 0, -1):
            kind = self._spec(_before(place, depth)).kind
            true, false = (every, some) if all_ else (some, every)
            names = lists[depth - 1]
            pair = Pair(at(names, true(kind, pair.true)), at(names, false(kind, pair.false)))
        return pair

    def _spec(self, full: Steps) -> FactSpec:
        return (self.vocabulary.look_up(full) if self.vocabulary is not None else None) or _ANY

    def _place(self, field: str, item: Steps) -> Place | Beyond:
        steps = parse(field)
        if any(isinstance(step, Item) and step.id is not None for step in steps):
            return Beyond("item", field)
        if not _OF_NUMBERS.isdisjoint(step for step in steps if isinstance(step, str)):
            return Beyond("outside", field)
        if item:
            at_hand = steps[:1] == (_ITEM,)
            return Place(steps[1:], (*item, *steps[1:])) if at_hand else Beyond("comparison", field)
        return self._below_root(field, steps)

    def _below_root(self, field: str, steps: Steps) -> Place | Beyond:
        if self.root is None:
            return Place(steps, steps)
        if steps[:1] != (self.root,) or (self.root == "job" and not COMPUTED.isdisjoint(steps[1:2])):
            return Beyond("outside", field)
        return Place(steps[1:], steps)


def _grouped(all_: bool, parts: Iterable[Told]) -> Told:
    told = list(parts)
    pairs = [part for part in told if isinstance(part, Pair)]
    if len(pairs) < len(told):
        return next(part for part in told if isinstance(part, Beyond))
    true, false = [pair.true for pair in pairs], [pair.false for pair in pairs]
    return Pair(all_of(true), any_of(false)) if all_ else Pair(any_of(true), all_of(false))


def _cut(steps: Steps) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """Return the names that lead to each list with `[]`, one after the other, and those after the last."""
    runs: list[tuple[str, ...]] = [()]
    for step in steps:
        if isinstance(step, Item):
            runs.append(())
        else:
            runs[-1] += (step,)
    return runs[:-1], runs[-1]


def _before(place: Place, depth: int) -> Steps:
    """Return the full steps to the list of the *depth*-th `[]`."""
    marks = [at for at, step in enumerate(place.full) if step == Item(None)]
    own = marks[len(marks) - place.steps.count(Item(None)) :]
    return place.full[: own[depth - 1]] if own else place.full
