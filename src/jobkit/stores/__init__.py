"""Stores: in memory, on SQLite, and what the author of another one needs."""

from jobkit.stores._checks import Standing, check, compare, same_command
from jobkit.stores._documents import (
    Prepared,
    effect_text,
    prepare,
    read_effect,
    read_index,
    read_job,
    read_receipt,
    read_stored_event,
    receipt_text,
)
from jobkit.stores._pages import page, read_cursor, size
from jobkit.stores.memory import MemoryStore

__all__ = [
    "MemoryStore",
    "Prepared",
    "Standing",
    "check",
    "compare",
    "effect_text",
    "page",
    "prepare",
    "read_cursor",
    "read_effect",
    "read_index",
    "read_job",
    "read_receipt",
    "read_stored_event",
    "receipt_text",
    "same_command",
    "size",
]
