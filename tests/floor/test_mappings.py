"""Promises of the frozen map: a dict for reading, and nothing else."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from jobkit.mappings import EMPTY, FrozenMap

MAP: FrozenMap[str, int] = FrozenMap(a=1, b=2)


@pytest.mark.parametrize(
    "deed",
    [
        lambda frozen: frozen.__setitem__("a", 2),
        lambda frozen: frozen.__delitem__("a"),
        lambda frozen: frozen.update(a=2),
        lambda frozen: frozen.pop("a"),
        lambda frozen: frozen.popitem(),
        lambda frozen: frozen.clear(),
        lambda frozen: frozen.setdefault("c", 3),
        lambda frozen: frozen.__ior__({"a": 2}),
    ],
)
def test_no_way_to_change_it(deed: Callable[[Any], Any]) -> None:
    """
    Each method that changes a dict raises and leaves the map as it was.
    """
    with pytest.raises(TypeError, match="does not change"):
        deed(MAP)
    assert {"a": 1, "b": 2} == MAP


def test_copies_are_itself_and_pickles_equal() -> None:
    """
    Copying shares the map; a pickle comes back as a frozen map.
    """
    twin = pickle.loads(pickle.dumps(MAP))

    assert copy.copy(MAP) is MAP is copy.deepcopy(MAP)
    assert (MAP, FrozenMap) == (twin, type(twin))


def test_hash_ignores_order() -> None:
    """
    Equal maps have equal hashes.
    """
    assert hash(FrozenMap(b=2, a=1)) == hash(MAP)
    assert hash(EMPTY) == hash(FrozenMap())
