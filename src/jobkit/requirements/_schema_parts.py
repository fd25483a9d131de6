"""The parts of JSON Schema that an export is put together from, and what of a rule cannot be put so."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import attrs

from jobkit.mappings import FrozenMap

Schema = bool | dict[str, Any]
"""A JSON Schema: true takes everything, false nothing."""

Beyond_ = Literal[
    "outside", "time", "predicate", "comparison", "item", "value", "kind", "severity", "waiver", "spelling"
]

SAYINGS: Final[Mapping[Beyond_, str]] = FrozenMap(
    {
        "outside": "it reads {what}, which the document does not hold",
        "time": "{what} turns with time",
        "predicate": "the registered predicate {what} is asked",
        "comparison": "it compares with {what}, and a schema compares no two places",
        "item": "{what} names an item by its id, and a schema finds items only by place",
        "value": "{what} is compared by value, and a schema sees only how it is written",
        "kind": "the registered kind {what} asks it in code",
        "severity": "it does not block: its severity is {what}",
        "waiver": "a waiver by one of these roles lets it pass: {what}",
        "spelling": "the library also takes other spellings: {what}",
    }
)
"""Why a rule goes beyond the schema → the sentence that says so."""


@attrs.frozen
class Beyond:
    """What of a condition no schema can say, and about what it is."""

    reason: Beyond_
    what: str


@attrs.frozen
class Pair:
    """What a document has to be for a condition to be true, and for it to be false; else it is unknown."""

    true: Schema
    false: Schema

    def turned(self) -> "Pair":
        """Return the opposite; unknown stays unknown."""
        return Pair(self.false, self.true)


Told = Pair | Beyond

NOT_NULL: Final[Schema] = {"not": {"type": "null"}}


def all_of(parts: Iterable[Schema]) -> Schema:
    """
    Return the schema of what fits every part.

    >>> all_of([True, {"const": 1}])
    {'const': 1}
    """
    left = [part for part in parts if part is not True]
    if any(part is False for part in left):
        return False
    return True if not left else left[0] if len(left) == 1 else {"allOf": left}


def any_of(parts: Iterable[Schema]) -> Schema:
    """
    Return the schema of what fits at least one part.

    >>> any_of([False, {"const": 1}, {"const": 2}])
    {'anyOf': [{'const': 1}, {'const': 2}]}
    """
    left = [part for part in parts if part is not False]
    if any(part is True for part in left):
        return True
    return False if not left else left[0] if len(left) == 1 else {"anyOf": left}


def negated(schema: Schema) -> Schema:
    """
    Return the schema of what does not fit.

    >>> negated({"not": {"const": 1}})
    {'const': 1}
    """
    if isinstance(schema, bool):
        return not schema
    inner: Schema = schema["not"] if schema.keys() == {"not"} else {"not": schema}
    return inner


def at(names: Sequence[str], schema: Schema) -> Schema:
    """
    Return the schema of a document that holds something fitting under these names, one inside the other.

    >>> at(["subject", "asset"], {"const": 1})["required"]
    ['subject']
    """
    for name in reversed(names):
        schema = False if schema is False else _holding(name, schema)
    return schema


def _holding(name: str, schema: Schema) -> Schema:
    return {"type": "object", "required": [name], "properties": {name: schema}}


def every(kind: str, schema: Schema) -> Schema:
    """Return the schema of a list, a map, or (`any`) either of them, of which every item fits."""
    listed: Schema = {"type": "array", "items": schema}
    mapped: Schema = {"type": "object", "additionalProperties": schema}
    return _either(kind, listed, mapped)


def some(kind: str, schema: Schema) -> Schema:
    """Return the schema of a list, a map, or (`any`) either of them, of which some item fits."""
    if schema is False:
        return False
    listed: Schema = {"type": "array", "contains": schema}
    mapped: Schema = {"type": "object", "not": {"additionalProperties": negated(schema)}}
    return _either(kind, listed, mapped)


def sized(kind: str, least: int, most: int | None) -> Schema:
    """Return the schema of a list, a map, or (`any`) either of them, with so many items."""
    if most is not None and (most < 0 or most < least):
        return False
    bounds = {"min": max(least, 0) or None, "max": most}
    by_form = [
        {"type": type_, **{f"{end}{unit}": size for end, size in bounds.items() if size is not None}}
        for type_, unit in (("array", "Items"), ("object", "Properties"))
    ]
    return _either(kind, by_form[0], by_form[1])


def _either(kind: str, listed: Schema, mapped: Schema) -> Schema:
    return {"list": listed, "map": mapped}.get(kind) or any_of((listed, mapped))
