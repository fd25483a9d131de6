"""The values a condition is made of: all, any, not, leaf, call."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import attrs

from jobkit.mappings import EMPTY

Quantifier = Literal["every", "some"]


class _Unknown:
    """The type of `UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false; compare it with `is UNKNOWN`")


UNKNOWN: Final = _Unknown()
"""What a host hands in for a fact that it could not find out just now; it reads like a missing one."""


@attrs.frozen
class Fact:
    """Another fact as the value of a comparison."""

    field: str


@attrs.frozen
class Count:
    """The size of a list against a number; *compare* is the name of a comparison, such as at_least."""

    compare: str
    number: int


@attrs.frozen(kw_only=True)
class Leaf:
    """
    One comparison: a fact, an operator of the table, and a value in wire form.

    A field with `[]` speaks of every item of a list, or of some item.
    """

    field: str
    operator: str
    value: Any
    quantifier: Quantifier = "every"


@attrs.frozen(kw_only=True)
class Call:
    """A question put to a registered predicate; `arguments` are handed to it by keyword."""

    name: str
    arguments: Mapping[str, Any] = EMPTY


def _parts(parts: Iterable["Node"]) -> tuple["Node", ...]:
    return tuple(parts)


@attrs.frozen
class All:
    """True when every part is; true without parts."""

    parts: tuple["Node", ...] = attrs.field(converter=_parts)


@attrs.frozen
class Any_:  # noqa: N801  # `Any` is typing's
    """True when at least one part is; false without parts."""

    parts: tuple["Node", ...] = attrs.field(converter=_parts)


@attrs.frozen
class Not:
    """True when its part is false; unknown stays unknown."""

    part: "Node"


@attrs.frozen
class Each:
    """
    A condition on each item of one list; within it `item` is the item at hand.

    Unlike a leaf with `[]`, it judges several fields of the same item together.
    """

    field: str
    part: "Node"
    quantifier: Quantifier = "every"


Node = All | Any_ | Not | Each | Leaf | Call

ITEM: Final = "item"
"""The name of the item at hand within `Each`."""
