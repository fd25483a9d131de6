"""Comparisons of one value in JSON Schema: what makes each true, and what makes it false."""

from collections.abc import Mapping
from typing import Any, Final

from jobkit.conditions import (
    OPERATORS,
    Count,
    Fact,
    FactSpec,
    Leaf,
    may_hold_newline,
    portable_pattern,
    portable_text,
)
from jobkit.requirements._schema_parts import (
    Beyond,
    Pair,
    Schema,
    Told,
    all_of,
    any_of,
    every,
    negated,
    sized,
    some,
)

LONGEST_MATCHED: Final = 4_096
"""Whether a longer text has the form of a pattern is unknown to the library."""

ENDS_IN_LINE_FEED: Final[Mapping[str, Any]] = {"type": "string", "pattern": "\\n$"}
"""Kept out beside each pattern: Python's engine, and so its validators, let `$` match before a last one."""

_TYPES: Final[Mapping[str, str]] = {
    "text": "string",
    "code": "string",
    "reference": "string",
    "integer": "integer",
    "float": "number",
    "bool": "boolean",
}
_ORDERS: Final[Mapping[str, tuple[str, str]]] = {
    "less": ("exclusiveMaximum", "minimum"),
    "at_most": ("maximum", "exclusiveMinimum"),
    "more": ("exclusiveMinimum", "maximum"),
    "at_least": ("minimum", "exclusiveMaximum"),
}


def value_pair(leaf: Leaf, spec: FactSpec) -> Told:
    """Return what makes *leaf* true or false of one value of its fact, or why no schema can say it."""
    if isinstance(leaf.value, Fact):
        return Beyond("comparison", leaf.value.field)
    if spec.moves or OPERATORS[leaf.operator].timed is not None:
        return Beyond("time", leaf.field)
    if isinstance(leaf.value, Count):
        return _counted(leaf.value, spec.kind)
    if leaf.operator == "matches":
        return _matching(str(leaf.value))
    if leaf.operator == "contains":
        return _containing(leaf, spec)
    return _compared(leaf, spec.kind)


def of_form(pattern: str) -> dict[str, Any]:
    """Return the schema of a text that has the form of *pattern* from end to end."""
    written = portable_pattern(pattern)
    if may_hold_newline(pattern):
        return {"pattern": f"{written.removesuffix('$')}(?![\\s\\S])"}
    return {"pattern": written, "not": ENDS_IN_LINE_FEED}


def _matching(pattern: str) -> Pair:
    text: Schema = {"type": "string", "maxLength": LONGEST_MATCHED}
    form = of_form(pattern)
    return Pair({"type": "string", "maxLength": LONGEST_MATCHED, **form}, all_of((text, negated(form))))


def _counted(count: Count, kind: str) -> Pair:
    number = count.number
    least, most = {
        "is": (number, number),
        "less": (0, number - 1),
        "at_most": (0, number),
        "more": (number + 1, None),
        "at_least": (number, None),
    }[count.compare]
    fits = sized(kind, least, most)
    return Pair(fits, all_of((sized(kind, 0, None), negated(fits))))


def _compared(leaf: Leaf, kind: str) -> Told:
    if leaf.operator in _ORDERS:
        return _ordered(leaf, kind)
    wanted = list(leaf.value) if isinstance(leaf.value, tuple) else [leaf.value]
    if kind not in (*_TYPES, "any") or not _plain(wanted, kind):
        return Beyond("value", leaf.field)
    pair = _equal(wanted, kind)
    return pair.turned() if leaf.operator in ("is_not", "not_in") else pair


def _plain(wanted: list[Any], kind: str) -> bool:
    """Whether JSON tells these values apart as the library does: for a fact of any kind, 7.0 is not 7."""
    return kind != "any" or not any(isinstance(value, float) and value.is_integer() for value in wanted)


def _equal(wanted: list[Any], kind: str) -> Pair:
    one_of: Schema = {"const": wanted[0]} if len(wanted) == 1 else bool(wanted) and {"enum": wanted}
    if kind == "any":
        return Pair(one_of, {"not": {"enum": [*wanted, None]}})
    type_ = {"type": _TYPES[kind]}
    return Pair(one_of, {**type_, "not": one_of} if one_of else type_)


def _ordered(leaf: Leaf, kind: str) -> Told:
    whole = isinstance(leaf.value, int)
    if kind not in ("integer", "float", "any") or (kind == "any" and not whole):
        return Beyond("value", leaf.field)
    type_ = _TYPES.get(kind, "number")
    so, else_ = _ORDERS[leaf.operator]
    return Pair({"type": type_, so: leaf.value}, {"type": type_, else_: leaf.value})


def _containing(leaf: Leaf, spec: FactSpec) -> Told:
    wanted = leaf.value
    if spec.kind in ("text", "code", "reference"):
        return _containing_text(wanted)
    item = "any" if spec.kind == "any" else spec.item or "any"
    if item not in (*_TYPES, "any") or not _plain([wanted], item):
        return Beyond("value", leaf.field)
    same = _equal([wanted], item)
    listed = Pair(some(spec.kind, same.true), every(spec.kind, same.false))
    if spec.kind != "any":
        return listed
    text = _containing_text(wanted)
    return Pair(any_of((text.true, listed.true)), any_of((text.false, listed.false)))


def _containing_text(wanted: object) -> Pair:
    if not isinstance(wanted, str):
        return Pair(False, {"type": "string"})
    holds = {"pattern": portable_text(wanted)}
    return Pair({"type": "string", **holds}, {"type": "string", "not": holds})
