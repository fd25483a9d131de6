"""Writes a condition as one line that reads back to the same condition."""

import json
from collections.abc import Mapping
from typing import Any

from jobkit.conditions._operators import OPERATORS
from jobkit.conditions._values import All, Any_, Call, Count, Each, Fact, Leaf, Node, Not
from jobkit.paths import parse


def to_text(node: Node) -> str:
    """Return *node* as one line of text."""
    if isinstance(node, (All, Any_)):
        return _group(node)
    if isinstance(node, Not):
        return f"not {_negated(node.part)}"
    if isinstance(node, Each):
        return f"{node.quantifier}({field_text(node.field)}, {to_text(node.part)})"
    if isinstance(node, Call):
        given = [f"{name}={value_text(value)}" for name, value in node.arguments.items()]
        return f"call({', '.join([value_text(node.name), *given])})"
    return _quantified(node)


def _group(node: All | Any_) -> str:
    if not node.parts:
        return "true" if isinstance(node, All) else "false"
    return (" and " if isinstance(node, All) else " or ").join(map(_inner, node.parts))


def _inner(node: Node) -> str:
    """Return a part of a group, in brackets if it is a group itself."""
    return f"({to_text(node)})" if isinstance(node, (All, Any_)) and node.parts else to_text(node)


def _negated(node: Node) -> str:
    """Return what follows `not`, in brackets unless it is a single word or function."""
    return f"({to_text(node)})" if isinstance(node, Not) or _is_infix(node) else _inner(node)


def _is_infix(node: Node) -> bool:
    if not isinstance(node, Leaf) or node.quantifier == "some" or "[]" in node.field:
        return False
    return bool(OPERATORS[node.operator].symbol) or node.operator in ("contains", "count")


def _quantified(leaf: Leaf) -> str:
    text = leaf_text(leaf.field, leaf.operator, leaf.value)
    if leaf.quantifier == "some":
        return f"some({text})"
    return f"every({text})" if "[]" in leaf.field else text


def leaf_text(field: str, operator: str, value: Any) -> str:
    """Return one comparison as text."""
    fact = field_text(field)
    if operator == "contains":
        return f"{value_text(value)} in {fact}"
    if operator == "known":
        return f"{'known' if value else 'unknown'}({fact})"
    if isinstance(value, Count):
        return f"count({fact}) {OPERATORS[value.compare].symbol} {value.number}"
    symbol = OPERATORS[operator].symbol
    return f"{fact} {symbol} {value_text(value)}" if symbol else f"{operator}({fact}, {value_text(value)})"


def field_text(field: str) -> str:
    """Return a fact's path as text: ids in quotes, `[...]` for every item."""
    head, *tail = parse(field)
    return str(head) + "".join(
        f".{step}" if isinstance(step, str) else "[...]" if step.id is None else f"[{value_text(step.id)}]"
        for step in tail
    )


def value_text(value: Any) -> str:
    """Return a value in wire form as text."""
    if isinstance(value, Fact):
        return field_text(value.field)
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # JSON's escapes are all Python's too.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{value_text(key)}: {value_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(value_text, value)) + "]"
    return repr(value)
