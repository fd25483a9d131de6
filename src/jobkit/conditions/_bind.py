"""Checks a condition against what is declared and registered, and fits it with typed values."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

import attrs

from jobkit.conditions import _words as words
from jobkit.conditions._kinds import NUMBERS, READERS, WORDS
from jobkit.conditions._operators import COUNTS, OPERATORS, Operator, Test, loosely, point_kind
from jobkit.conditions._patterns import Pattern
from jobkit.conditions._problems import Problems
from jobkit.conditions._values import ITEM, All, Any_, Call, Count, Each, Fact, Leaf, Node, Not
from jobkit.conditions._vocabulary import FactSpec, Vocabulary
from jobkit.errors import Invalid
from jobkit.paths import Item, Step, parse, write
from jobkit.registry import Registry

Steps = tuple[Step, ...]


@attrs.frozen(kw_only=True)
class BoundLeaf:
    """A leaf with the kind its fact is read as and its value in typed form, or where to read it."""

    node: Leaf
    steps: Steps
    read: Callable[[Any], Any]
    kind: str
    item: str | None
    operator: Operator
    test: Test | None
    operand: Any = None
    other: Steps | None = None
    other_kind: str = "any"
    private: bool = False
    moves: bool = False


@attrs.frozen(kw_only=True)
class BoundCall:
    """A call with the predicate that answers it."""

    node: Call
    function: Callable[..., Any]

    @property
    def moves(self) -> bool:
        """Whether time alone may turn the answer at an instant that nobody can tell."""
        return not hasattr(self.function, "changes_at")


@attrs.frozen
class BoundGroup:
    """All or any of several bound parts."""

    every: bool
    parts: tuple["Bound", ...]


@attrs.frozen
class BoundNot:
    """The opposite of a bound part."""

    part: "Bound"


@attrs.frozen(kw_only=True)
class BoundEach:
    """A bound part for each item of a list."""

    node: Each
    steps: Steps
    part: "Bound"


Bound = BoundLeaf | BoundCall | BoundGroup | BoundNot | BoundEach

_NEVER: Final = BoundGroup(False, ())


@attrs.define
class Binder:
    """Walks a condition once; everything that does not fit is remembered in *problems*."""

    vocabulary: Vocabulary
    registry: Registry
    problems: Problems
    fields: set[str] = attrs.field(factory=set)

    def bind(self, node: Node, path: str, item: Steps = ()) -> Bound:
        """Bind one part; *item* is the list whose items are at hand within `Each`."""
        if isinstance(node, (All, Any_)):
            every = isinstance(node, All)
            name = "all" if every else "any"
            parts = [self.bind(part, f"{path}.{name}[{at}]", item) for at, part in enumerate(node.parts)]
            return BoundGroup(every, tuple(parts))
        if isinstance(node, Not):
            return BoundNot(self.bind(node.part, f"{path}.not", item))
        if isinstance(node, Each):
            return self._each(node, path, item)
        return self._call(node, path) if isinstance(node, Call) else self._leaf(node, path, item)

    def _each(self, node: Each, path: str, item: Steps) -> Bound:
        steps = parse(node.field)
        spec = self._declared(node.field, steps, f"{path}.{node.quantifier}", item)
        if spec is None:
            return _NEVER
        if spec.kind not in ("list", "map", "any"):
            return self._wrong_operator(node.quantifier, node.field, spec, path)
        part = self.bind(node.part, f"{path}.that", (*_resolved(steps, item), Item(None)))
        return BoundEach(node=node, steps=steps, part=part)

    def _call(self, node: Call, path: str) -> Bound:
        try:
            function = self.registry.find("predicate", node.name, f"{path}.call")
        except Invalid as error:
            self.problems.also(error, f"{path}.call")
            return _NEVER
        self.fields.update(getattr(function, "reads", ()))
        return BoundCall(node=node, function=function)

    def _leaf(self, node: Leaf, path: str, item: Steps) -> Bound:
        steps = parse(node.field)
        spec = self._declared(node.field, steps, f"{path}.field", item)
        if spec is None or not _is_whole(node):
            return _NEVER
        if node.quantifier == "some" and Item(None) not in steps:
            self.problems.add(words.WRONG_QUANTIFIER, path, field=node.field)
        operator = OPERATORS[node.operator]
        if not _applies(operator, spec):
            return self._wrong_operator(node.operator, node.field, spec, path)
        if isinstance(node.value, Fact):
            return self._against_fact(node, steps, spec, path, item)
        return self._against_value(node, steps, spec, path)

    def _against_value(self, node: Leaf, steps: Steps, spec: FactSpec, path: str) -> Bound:
        operator, at = OPERATORS[node.operator], f"{path}.{node.operator}"
        kind = read_as(operator, spec, node.value)
        operand = self._operand(node, operator, spec, kind, at)
        self._choices(node, spec, at)
        return _bound(node, steps, spec, kind, operand=operand)

    def _operand(self, node: Leaf, operator: Operator, spec: FactSpec, kind: str, path: str) -> Any:
        try:
            operand = typed(operator, kind, spec.item, node.value)
        except Invalid as error:
            self.problems.also(error, path)
            return None
        if operand is None:
            given = {"field": node.field, "operator": operator.name, "kind": spec.kind}
            given |= {"given": words.shown(node.value), "wanted": _takes(operator, spec)}
            self.problems.add(words.WRONG_VALUE, path, **given)
        return operand

    def _choices(self, node: Leaf, spec: FactSpec, path: str) -> None:
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        for value in values:
            if (
                spec.choices
                and isinstance(value, str)
                and node.operator != "matches"
                and value not in spec.choices
            ):
                given = words.shown(value)
                self.problems.add(words.WRONG_CHOICE, path, field=node.field, given=given, near=spec.choices)

    def _against_fact(self, node: Leaf, steps: Steps, spec: FactSpec, path: str, item: Steps) -> Bound:
        at = f"{path}.{node.operator}"
        other = parse(node.value.field)
        found = self._declared(node.value.field, other, at, item)
        operator = OPERATORS[node.operator]
        if found is None:
            return _NEVER
        wanted = spec.item if operator.takes == "item" and spec.kind == "list" else spec.kind
        if (
            operator.takes not in ("same", "item")
            or Item(None) in other
            or not _comparable(wanted, found.kind)
        ):
            given = {"field": node.field, "operator": operator.name, "kind": spec.kind}
            given |= {
                "given": f"{node.value.field}, which is of kind {found.kind},",
                "wanted": _takes(operator, spec),
            }
            self.problems.add(words.WRONG_VALUE, at, **given)
            return _NEVER
        kind, other_kind = _both(operator, spec, found)
        return attrs.evolve(
            _bound(node, steps, spec, kind, operand=None),
            other=other,
            other_kind=other_kind,
            moves=spec.moves or found.moves,
        )

    def _declared(self, field: str, steps: Steps, path: str, item: Steps) -> FactSpec | None:
        if not steps:
            return None
        resolved = _resolved(steps, item)
        spec = self.vocabulary.look_up(resolved)
        if spec is None:
            self.problems.add(words.UNKNOWN_FACT, path, field=field, near=self.vocabulary.near(field))
        else:
            self.fields.add(write(resolved).removeprefix("$."))
        return spec

    def _wrong_operator(self, operator: str, field: str, spec: FactSpec, path: str) -> Bound:
        fitting = [name for name, one in OPERATORS.items() if _applies(one, spec)]
        given = {"operator": operator, "field": field, "kind": spec.kind, "operators": fitting}
        self.problems.add(words.WRONG_OPERATOR, path, **given)
        return _NEVER


def _is_whole(node: Leaf) -> bool:
    """Whether the leaf's value could be read; what is wrong with one that could not is already told."""
    return node.value is not None and not (isinstance(node.value, tuple) and None in node.value)


def _resolved(steps: Steps, item: Steps) -> Steps:
    """Return where *steps* lead from the facts: within `Each`, `item` stands for its list's items."""
    return (*item, *steps[1:]) if item and steps[:1] == (ITEM,) else steps


def _applies(operator: Operator, spec: FactSpec) -> bool:
    if operator.name == "contains" and spec.kind == "list":
        return spec.item is not None
    return spec.kind in operator.kinds


def _takes(operator: Operator, spec: FactSpec) -> str:
    kind = spec.item if operator.takes == "item" and spec.item else spec.kind
    return {
        "same": f"a value or a fact of kind {kind}",
        "item": f"a value or a fact of kind {kind}",
        "list": f"a list of values of kind {kind}",
        "pattern": "a pattern as text",
        "truth": "true or false",
        "elapsed": "an elapsed time such as 8h or 2d",
        "count": "a number of items such as count = { at_least = 2 }",
    }[operator.takes]


def _comparable(one: str | None, other: str | None) -> bool:
    if one is None or other in ("group", "list", "map"):
        return False
    families = (WORDS, NUMBERS)
    return one == other or "any" in (one, other) or any(one in kinds and other in kinds for kinds in families)


def _both(operator: Operator, spec: FactSpec, found: FactSpec) -> tuple[str, str]:
    """Return the kinds to read two facts as: one of any kind is read as the other one is."""
    if operator.takes == "item":
        return spec.kind, (spec.item or spec.kind) if found.kind == "any" else found.kind
    kind = found.kind if spec.kind == "any" else spec.kind
    if kind == "any" and operator.name in ("before", "after"):
        kind = "instant"
    return kind, kind if found.kind == "any" else found.kind


def read_as(operator: Operator, spec: FactSpec, value: Any) -> str:
    """Return the kind a fact is read as: its own, or for one of any kind what the operator needs."""
    if spec.kind != "any":
        return spec.kind
    if operator.name in ("before", "after"):
        return point_kind(value)
    by_takes = {"pattern": "text", "elapsed": "instant", "count": "list"}
    return by_takes.get(operator.takes, "any")


def typed(operator: Operator, kind: str, item: str | None, value: Any) -> Any:
    """
    Return a leaf's value as it is compared, or None if it is of the wrong kind.

    Patterns outside the allow-list are refused.
    """
    if operator.takes == "list":
        return _typed_list(kind, value)
    if operator.takes == "item":
        return _scalar(item or ("any" if kind in ("any", "list") else kind), value)
    if operator.takes == "pattern":
        return Pattern.load(value) if isinstance(value, str) else None
    if operator.takes == "truth":
        return READERS["bool"](value)
    if operator.takes == "elapsed":
        span = READERS["duration"](value)
        return span if isinstance(span, timedelta) and span >= timedelta(0) else None
    if operator.takes == "count":
        return value if isinstance(value, Count) else None
    return _amount(value) if kind == "any" and "text" not in operator.kinds else _scalar(kind, value)


def _typed_list(kind: str, value: Any) -> tuple[Any, ...] | None:
    if not isinstance(value, tuple):
        return None
    read = tuple(_scalar(kind, one) for one in value)
    return None if any(one is None for one in read) else read


def _scalar(kind: str, value: Any) -> Any:
    return None if isinstance(value, (tuple, Count)) else READERS[kind](value)


def _amount(value: Any) -> Any:
    """Keep an amount for a fact of any kind as it is written: the fact decides how it is read."""
    readable = any(_scalar(kind, value) is not None for kind in (*NUMBERS, "duration"))
    return value if readable else None


def _bound(node: Leaf, steps: Steps, spec: FactSpec, kind: str, *, operand: Any) -> BoundLeaf:
    operator = OPERATORS[node.operator]
    if operator.takes == "count" and isinstance(operand, Count):
        test: Test | None = counted(operand)
    else:
        test = comparison(operator, kind, spec.item)
    return BoundLeaf(
        node=node, steps=steps, read=reader(kind, spec.item), kind=kind, item=spec.item, operator=operator,
        test=test, operand=operand, private=spec.private, moves=spec.moves,
    )  # fmt: skip


def comparison(operator: Operator, kind: str, item: str | None) -> Test | None:
    """Return the comparison of *operator* for facts of *kind*."""
    loose = "any" in (kind, item) and operator.takes in ("same", "list", "item")
    if operator.test is None or not loose:
        return operator.test
    return loosely(operator.name, operator.test)


def counted(count: Count) -> Test:
    """Return the comparison of a list's size."""
    compare = COUNTS[count.compare]
    return lambda items, wanted: compare(len(items), wanted.number)


def reader(kind: str, item: str | None) -> Callable[[Any], Any]:
    """Return what reads a fact of *kind*; the items of a typed list are read one by one."""
    if kind != "list" or item is None:
        return READERS[kind]
    each = READERS[item]

    def read(value: Any) -> Any:
        items = READERS["list"](value)
        return None if items is None else tuple(each(one) for one in items)

    return read


def bound_parts(bound: Bound) -> Iterable[Bound]:
    """Yield *bound* and every part below it."""
    yield bound
    inner: tuple[Bound, ...] = ()
    if isinstance(bound, BoundGroup):
        inner = bound.parts
    elif isinstance(bound, (BoundNot, BoundEach)):
        inner = (bound.part,)
    for part in inner:
        yield from bound_parts(part)
