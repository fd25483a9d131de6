"""The embedded default: a store in one SQLite file, by the standard library alone."""

from jobkit.stores.sqlite._connection import Durability
from jobkit.stores.sqlite._store import SQLiteStore

__all__ = ["Durability", "SQLiteStore"]
