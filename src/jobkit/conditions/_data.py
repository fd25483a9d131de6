"""The data form of a condition: read from what TOML and JSON give, written back without loss."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from typing import Any, Final

from jobkit.conditions import _words as words
from jobkit.conditions._kinds import READERS, kind_of, wire
from jobkit.conditions._operators import COUNTS, OPERATORS
from jobkit.conditions._problems import MOST, Problems
from jobkit.conditions._values import All, Any_, Call, Count, Each, Fact, Leaf, Node, Not, Quantifier
from jobkit.conditions._vocabulary import is_plain_name, is_plain_root
from jobkit.documents import Limits
from jobkit.errors import Invalid
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, Step, parse, write

NEVER: Final = Any_(())
"""Stands in for a part that could not be read, while the other problems are looked for."""

_HALF: Final = re.compile("[\ud800-\udfff]")
_FORMS: Final = ("field", "all", "any", "not", "every", "some", "call")


class DataReader:
    """Reads one condition from data and gathers every problem on the way."""

    def __init__(self, problems: Problems, limits: Limits = words.LIMITS) -> None:
        self.problems = problems
        self.most = limits.items
        self.deepest = min(limits.depth, words.DEEPEST)
        self.parts = 0

    def node(self, data: object, path: str, depth: int = 0) -> Node:
        """Read one part; what is wrong with it is remembered, and `NEVER` returned in its place."""
        self.parts += 1
        if depth > self.deepest:
            return self._refuse(words.TOO_DEEP, path, most=self.deepest)
        if self.parts > self.most or len(self.problems.findings) >= MOST:
            self._too_many(path)
            return NEVER
        if isinstance(data, bool):
            return All(()) if data else NEVER
        if isinstance(data, (All, Any_, Not, Each, Leaf, Call)):
            data = _opened(data)
        if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
            return self._refuse(words.NOT_A_CONDITION, path, given=words.shown(data))
        form = next((one for one in _FORMS if one in data), None)
        if form is None:
            keys = ", ".join(words.shown(key) for key in list(data)[:5])
            return self._refuse(words.NOT_A_CONDITION, path, given=f"A table with the keys {keys or 'none'}")
        return self._form(form, data, path, depth)

    def _form(self, form: str, data: Mapping[str, Any], path: str, depth: int) -> Node:
        if form == "field":
            return self._leaf(data, path)
        if form == "call":
            return self._call(data, path)
        if form in ("every", "some"):
            return self._each(form, data, path, depth)
        self._only(data, (form,), path)
        if form == "not":
            return Not(self.node(data["not"], f"{path}.not", depth + 1))
        return self._group(form, data[form], f"{path}.{form}", depth)

    def _group(self, form: str, parts: object, path: str, depth: int) -> Node:
        if not isinstance(parts, (list, tuple)):
            return self._refuse(words.NOT_A_CONDITION, path, given=words.shown(parts))
        read = []
        for at, part in enumerate(parts):
            if self.parts > self.most:
                break
            read.append(self.node(part, f"{path}[{at}]", depth + 1))
        # One part alone says the same, and then text and data have one form each.
        return read[0] if len(read) == 1 else All(read) if form == "all" else Any_(read)

    def _each(self, form: str, data: Mapping[str, Any], path: str, depth: int) -> Node:
        self._only(data, (form, "that"), path)
        field = self.field(data[form], f"{path}.{form}")
        part = self.node(data.get("that"), f"{path}.that", depth + 1)
        return Each(field=field, part=part, quantifier="every" if form == "every" else "some")

    def _leaf(self, data: Mapping[str, Any], path: str) -> Node:
        given = [name for name in OPERATORS if name in data]
        self._only(data, ("field", "some", *OPERATORS), path)
        field = self.field(data["field"], f"{path}.field")
        if len(given) != 1:
            what = {"field": field, "count": len(given), "operators": list(OPERATORS)}
            return self._refuse(words.NO_OPERATOR, path, **what)
        value = self._operand(given[0], data[given[0]], f"{path}.{given[0]}")
        return Leaf(field=field, operator=given[0], value=value, quantifier=self._quantifier(data, path))

    def _quantifier(self, data: Mapping[str, Any], path: str) -> Quantifier:
        some = data.get("some", False)
        if not isinstance(some, bool):
            self.problems.add(words.BAD_NUMBER, f"{path}.some", given=words.shown(some))
        return "some" if some is True else "every"

    def _operand(self, operator: str, value: object, path: str) -> Any:
        if value is None:
            self.problems.add(words.NOTHING, path, operator=operator)
            return None
        if isinstance(value, (Fact, Count)):
            value = operand_data(value)
        if operator == "count":
            return self._count(value, path)
        if isinstance(value, Mapping):
            self._only(value, ("field",), path)
            return Fact(self.field(value.get("field"), f"{path}.field"))
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._list(value, path)
        return self.scalar(value, path)

    def _list(self, values: Any, path: str) -> tuple[Any, ...]:
        if len(values) > self.most:
            self.problems.add(words.TOO_LARGE, path, why=f"a list has {len(values)} values")
            return ()
        return tuple(self.scalar(value, f"{path}[{at}]") for at, value in enumerate(values))

    def _count(self, value: object, path: str) -> Any:
        if isinstance(value, Mapping) and len(value) == 1:
            name, number = next(iter(value.items()))
            if name in COUNTS and isinstance(number, int) and not isinstance(number, bool):
                return Count(name, self.scalar(number, f"{path}.{name}"))
        given = {"field": "The size of a list", "kind": "integer", "operator": "count"}
        wanted = f"a whole number under one of: {', '.join(COUNTS)}"
        self.problems.add(words.WRONG_VALUE, path, given=words.shown(value), wanted=wanted, **given)
        return None

    def _call(self, data: Mapping[str, Any], path: str) -> Node:
        self._only(data, ("call", "with"), path)
        name, given = data["call"], data.get("with", {})
        if not isinstance(name, str) or not _is_sound(name) or not isinstance(given, Mapping):
            return self._refuse(words.NOT_A_CONDITION, path, given=f"a call of {words.shown(name)}")
        at = f"{path}.with"
        named = {key: value for key, value in given.items() if self._is_argument(key, name, at)}
        return Call(
            name=name, arguments=FrozenMap({key: self.plain(value, at) for key, value in named.items()})
        )

    def _is_argument(self, key: object, name: str, path: str) -> bool:
        if isinstance(key, str) and is_plain_name(key):
            return True
        self.problems.add(words.BAD_ARGUMENT, path, given=words.shown(key), name=name)
        return False

    def plain(self, value: object, path: str, depth: int = 0) -> Any:
        """Read an argument of a predicate: a plain value, or lists and tables of them."""
        self.parts += 1
        holds = len(value) if isinstance(value, (Mapping, list, tuple)) else 0
        if depth > self.deepest or self.parts + holds > 2 * self.most:
            self.problems.add(words.TOO_LARGE, path, why="an argument nests too deep or holds too much")
            return None
        if isinstance(value, Mapping):
            items = [(key, self.plain(one, path, depth + 1)) for key, one in value.items()]
            if not all(isinstance(key, str) and _is_sound(key) for key, _ in items):
                self.problems.add(words.BAD_NUMBER, path, given="a table whose keys are not text")
            return FrozenMap({key: one for key, one in items if isinstance(key, str)})
        if isinstance(value, (list, tuple)):
            return tuple(self.plain(one, path, depth + 1) for one in value)
        return None if value is None else self.scalar(value, path)

    def scalar(self, value: object, path: str) -> Any:
        """Read one value into wire form; NaN, huge numbers, half characters and other types are refused."""
        if isinstance(value, (Decimal, datetime, date, timedelta)):
            value = _written(value)
        if isinstance(value, (bool, str, int, float)) and _is_sound(value):
            return value
        self.problems.add(words.BAD_NUMBER, path, given=words.shown(value))
        return None

    def field(self, given: object, path: str) -> str:
        """Read a fact's path into its one normal spelling."""
        if not isinstance(given, str):
            self.problems.add(words.BAD_FIELD, path, given=words.shown(given))
            return ""
        try:
            steps = parse(given)
        except Invalid:
            steps = ()
        if not steps or not is_reachable(steps):
            self.problems.add(words.BAD_FIELD, path, given=words.shown(given))
            return ""
        return write(normal(steps)).removeprefix("$.")

    def _only(self, data: Mapping[str, Any], keys: tuple[str, ...], path: str) -> None:
        for key in data:
            if len(self.problems.findings) >= MOST:
                break
            if key not in keys:
                near = get_close_matches(words.shown(key)[:40], keys, n=3, cutoff=0.5) or list(keys)
                self.problems.add(words.EXTRA_KEY, path, key=words.shown(key), near=near)

    def _too_many(self, path: str) -> None:
        if self.parts == self.most + 1:
            self.problems.add(words.TOO_LARGE, path, why=f"it has more than {self.most} parts")

    def _refuse(self, template: Any, path: str, **params: Any) -> Node:
        self.problems.add(template, path, **params)
        return NEVER


def normal(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return *steps* with every name that cannot stand after a dot in text as a step by id."""
    head, *tail = steps or ("",)
    return (head, *(Item(one) if isinstance(one, str) and not is_plain_name(one) else one for one in tail))


def is_reachable(steps: tuple[Step, ...]) -> bool:
    """Whether a condition may name these steps; names that begin with an underscore stay out of reach."""
    return is_plain_root(steps) and all(
        not step.startswith("_") if isinstance(step, str) else step.id is None or _is_sound(step.id)
        for step in steps
    )


def _is_sound(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= words.LIMITS.characters and not _HALF.search(value)
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, bool) or (isinstance(value, int) and abs(value) <= words.LARGEST)


def _written(value: Decimal | datetime | date | timedelta) -> Any:
    text = wire(value)
    read = READERS[kind_of(value)](text)
    return text if read is not None and read == READERS[kind_of(value)](value) else value


def to_data(node: Node) -> Any:
    """Return the data form of *node*: what TOML and JSON can hold."""
    if isinstance(node, (All, Any_)):
        return {name: [to_data(part) for part in parts] for name, parts in _opened(node).items()}
    if isinstance(node, Not):
        return {"not": to_data(node.part)}
    if isinstance(node, Each):
        return {node.quantifier: node.field, "that": to_data(node.part)}
    return _opened(node)


def _opened(node: Node) -> dict[str, Any]:
    """Return the data form of the outermost part alone; what it holds stays as it is."""
    if isinstance(node, (All, Any_)):
        return {"all" if isinstance(node, All) else "any": node.parts}
    if isinstance(node, Not):
        return {"not": node.part}
    if isinstance(node, Each):
        return {node.quantifier: node.field, "that": node.part}
    if isinstance(node, Call):
        given = {"with": _thawed(node.arguments)} if node.arguments else {}
        return {"call": node.name, **given}
    some = {"some": True} if node.quantifier == "some" else {}
    return {"field": node.field, node.operator: operand_data(node.value), **some}


def operand_data(value: Any) -> Any:
    """Return the data form of a leaf's value."""
    if isinstance(value, Fact):
        return {"field": value.field}
    return {value.compare: value.number} if isinstance(value, Count) else _thawed(value)


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(one) for key, one in value.items()}
    return [_thawed(one) for one in value] if isinstance(value, tuple) else value
