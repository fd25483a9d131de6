"""The contract finds what is wrong with a store, and says what by the name of the broken promise."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from jobkit.stores import MemoryStore
from jobkit.testing import JobStoreContract, Store
from tests.stores.broken import REASONS

Promise = tuple[str, Callable[..., None], dict[str, Any]]


def promises() -> Iterator[Promise]:
    """Yield every promise of the contract by its name, once for each of its parameters."""
    contract = JobStoreContract()
    for name in dir(contract):
        if name.startswith("test_"):
            promise = getattr(contract, name)
            yield from ((name, promise, given) for given in parameters(promise))


def parameters(promise: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Yield the arguments that pytest would call a promise with."""
    marks = [mark for mark in getattr(promise, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        yield {}
    for mark in marks:
        yield from ({mark.args[0]: value} for value in mark.args[1])


def broken_promises(kind: type[MemoryStore]) -> frozenset[str]:
    """Return the names of the promises that a kind of store does not keep."""
    return frozenset(name for name, promise, given in promises() if not keeps(kind(), promise, given))


@pytest.fixture(scope="module")
def found() -> Mapping[type[MemoryStore], frozenset[str]]:
    """Return what each broken store breaks, tried once for all tests."""
    return {kind: broken_promises(kind) for kind in REASONS}


def keeps(store: Store, promise: Callable[..., None], given: dict[str, Any]) -> bool:
    """Try one promise on a new store."""
    try:
        promise(store=store, **given)
    except (Exception, pytest.fail.Exception):
        return False
    return True


def test_contract_lets_a_sound_store_pass() -> None:
    """
    A store without a fault breaks no promise, when run in the same way as the broken ones.
    """
    assert frozenset() == broken_promises(MemoryStore)


@pytest.mark.parametrize("kind", REASONS, ids=lambda kind: kind.__name__)
def test_broken_store_breaks_its_promise(
    kind: type[MemoryStore], found: Mapping[type[MemoryStore], frozenset[str]]
) -> None:
    """
    Each broken store breaks the promise whose name says what is wrong with it.
    """
    assert REASONS[kind] in found[kind]


def test_every_broken_store_has_a_reason_of_its_own() -> None:
    """
    No two broken stores are found by the same promise alone.
    """
    assert [] == [reason for reason, count in Counter(REASONS.values()).items() if count > 1]


def test_broken_stores_break_little_else(found: Mapping[type[MemoryStore], frozenset[str]]) -> None:
    """
    A fault is found by a few promises and not by half of them, so that the names lead to it.
    """
    assert {} == {kind.__name__: names for kind, names in found.items() if len(names) > 8}
