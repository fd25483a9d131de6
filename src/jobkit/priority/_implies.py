"""Whether one condition can be true only where another is: found by its form, never wrongly said."""

from jobkit.conditions import All, Any_, Leaf, Node


def implies(one: Node, other: Node) -> bool:
    """
    Whether the form alone shows that *other* is true wherever *one* is.

    False means only that the form does not show it.
    """
    if one == other:
        return True
    if isinstance(one, Any_):
        return all(implies(part, other) for part in one.parts)
    if isinstance(other, All):
        return all(implies(one, part) for part in other.parts)
    if isinstance(one, All) and any(implies(part, other) for part in one.parts):
        return True
    if isinstance(other, Any_):
        return any(implies(one, part) for part in other.parts)
    return isinstance(one, Leaf) and isinstance(other, Leaf) and _leaf_implies(one, other)


def _leaf_implies(one: Leaf, other: Leaf) -> bool:
    """Whether a comparison of the same fact with some values is one with more of them."""
    if one.field != other.field or "[]" in one.field:
        return False
    if other.operator == "known" and other.value is True:
        return one.operator != "known" or one.value is True
    some, more = _values(one), _values(other)
    return some is not None and more is not None and all(value in more for value in some)


def _values(leaf: Leaf) -> tuple[object, ...] | None:
    if leaf.operator == "is" and isinstance(leaf.value, str):
        return (leaf.value,)
    listed = leaf.operator == "in" and isinstance(leaf.value, (list, tuple))
    return tuple(leaf.value) if listed and all(isinstance(value, str) for value in leaf.value) else None
