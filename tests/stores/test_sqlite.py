"""The SQLite store keeps the contract: in a file, in memory, and inside a host's transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jobkit.stores.sqlite import SQLiteStore
from jobkit.testing import JobStoreContract, Store


class TestSQLiteFile(JobStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        self.opened = ExitStack()
        self.path = tmp_path / "jobs.db"
        with self.opened:
            yield self.opened.enter_context(SQLiteStore(self.path, durability="normal"))

    def reopen(self, store: Store) -> Store:
        return self.opened.enter_context(SQLiteStore(self.path))


class TestSQLiteInMemory(JobStoreContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        with SQLiteStore(":memory:") as store:
            yield store


class TestInsideAHostsTransaction(JobStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        connection = sqlite3.connect(tmp_path / "host.db", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield SQLiteStore.inside(connection)
        connection.close()
