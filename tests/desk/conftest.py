"""The stores and desks that every promise of the desk is held to: two stores, each at once and awaited."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Store
from jobkit.stores import MemoryStore
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.building import seated, trusting, workshop


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store."""
    if request.param == "memory":
        yield MemoryStore()
        return
    with SQLiteStore(tmp_path / "jobs.db", durability="normal") as opened:
        yield opened


@pytest.fixture(params=["at once", "awaited"])
def awaited(request: pytest.FixtureRequest) -> bool:
    """Return whether the desk is the one whose verbs are awaited."""
    return bool(request.param == "awaited")


@pytest.fixture(scope="session")
def after_sales() -> Catalog:
    """Return the after-sales preset, loaded once."""
    return Catalog.preset("after-sales")


@pytest.fixture
def desk(store: Store, awaited: bool, after_sales: Catalog) -> Desk:
    """Return a desk of the after-sales service."""
    return seated(after_sales, store, awaited=awaited)


@pytest.fixture
def trustful(store: Store, awaited: bool, after_sales: Catalog) -> Desk:
    """Return a desk of the after-sales service that takes over jobs from a system it trusts."""
    return seated(trusting(after_sales), store, awaited=awaited)


@pytest.fixture
def bench(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small workshop, on the same store."""
    return seated(workshop(), store, awaited=awaited, tenant="workshop")
