"""An immutable mapping that copies, pickles and reads as fast as a dict."""

from typing import Any, Never, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def _refuse(self: object, *args: object, **kwargs: object) -> Never:
    raise TypeError("a FrozenMap does not change; build a new one with FrozenMap({**old, key: value})")


class FrozenMap(dict[K, V]):
    """
    A dict that refuses to change after it is built, so that values may share it.

    >>> FrozenMap(work="draft") == {"work": "draft"}
    True
    >>> FrozenMap(work="draft")["work"] = "closed"
    Traceback (most recent call last):
    TypeError: a FrozenMap does not change; build a new one with FrozenMap({**old, key: value})
    """

    __slots__ = ()

    __setitem__ = _refuse
    __delitem__ = _refuse
    __ior__ = _refuse
    clear = _refuse
    pop = _refuse
    popitem = _refuse
    setdefault = _refuse
    update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __copy__(self) -> "FrozenMap[K, V]":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "FrozenMap[K, V]":
        return self

    def __reduce__(self) -> tuple[type["FrozenMap[K, V]"], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


EMPTY: FrozenMap[Any, Any] = FrozenMap()
"""The one empty map that defaults share."""


def present(value: Any) -> Any:
    """
    Return frozen plain data without the entries of None, however deep: absent and None are one.

    Places in lists stay, for they count.

    >>> present(FrozenMap(size=(1, None), note=None))
    {'size': (1, None)}
    """
    if isinstance(value, tuple):
        return tuple(map(present, value))
    if isinstance(value, FrozenMap):
        return FrozenMap({name: present(item) for name, item in value.items() if item is not None})
    return value
