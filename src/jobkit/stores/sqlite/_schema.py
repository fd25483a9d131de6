"""The tables of a jobkit database, version by version: a new file is migrated from nothing."""

import json
import sqlite3
from collections.abc import Callable
from typing import Final

from jobkit.errors import Unsupported
from jobkit.findings import Template

NEWER = Template(
    "stores.newer_schema",
    "The database has schema {found}, and this release of jobkit knows schemas up to {known}.",
    "Open it with the release that wrote it, or upgrade jobkit.",
)

Step = Callable[[sqlite3.Cursor], None]

_FIRST: Final = (
    """
    CREATE TABLE jobkit_schema (version INTEGER NOT NULL)
    """,
    "INSERT INTO jobkit_schema VALUES (1)",
    """
    CREATE TABLE jobkit_jobs (
        serial INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        head TEXT NOT NULL,
        type TEXT NOT NULL,
        category TEXT NOT NULL,
        open INTEGER NOT NULL,
        facts TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (tenant, id)
    )
    """,
    """
    CREATE TABLE jobkit_events (
        position INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        job_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (tenant, job_id, seq),
        UNIQUE (tenant, id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    )
    """,
    """
    CREATE TABLE jobkit_assets (
        tenant TEXT NOT NULL,
        asset TEXT NOT NULL,
        open INTEGER NOT NULL,
        serial INTEGER NOT NULL REFERENCES jobkit_jobs (serial),
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, asset, open, serial)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE jobkit_people (
        tenant TEXT NOT NULL,
        person TEXT NOT NULL,
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, person, job_id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE jobkit_external_ids (
        tenant TEXT NOT NULL,
        system TEXT NOT NULL,
        external_id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, system, external_id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE jobkit_queues (
        tenant TEXT NOT NULL,
        queue TEXT NOT NULL,
        place TEXT NOT NULL,
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, queue, place, job_id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE jobkit_wakeups (
        tenant TEXT NOT NULL,
        at TEXT NOT NULL,
        job_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (tenant, at, job_id, kind, name),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE jobkit_scopes (
        tenant TEXT NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (tenant, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE jobkit_receipts (
        tenant TEXT NOT NULL,
        command_key TEXT NOT NULL,
        digest TEXT NOT NULL,
        receipt TEXT NOT NULL,
        PRIMARY KEY (tenant, command_key)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE jobkit_outbox (
        place INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        event_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (tenant, event_id, number)
    )
    """,
    # Private values lie in the order they came and are overwritten in place, never moved or deleted:
    # a page that is rebuilt around a moved row may keep a copy of it between its cells.
    """
    CREATE TABLE jobkit_private (
        place INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        job_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        erased INTEGER NOT NULL DEFAULT 0,
        salt TEXT NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (tenant, job_id, digest),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    )
    """,
    """
    CREATE TABLE jobkit_rules (
        digest TEXT PRIMARY KEY,
        document TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

_SECOND: Final = (
    "ALTER TABLE jobkit_events ADD COLUMN occurred_at TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobkit_events ADD COLUMN recorded_at TEXT NOT NULL DEFAULT ''",
)


def _create(cursor: sqlite3.Cursor) -> None:
    for statement in _FIRST:
        cursor.execute(statement)


def _add_event_times(cursor: sqlite3.Cursor) -> None:
    for statement in _SECOND:
        cursor.execute(statement)
    stored = cursor.execute("SELECT position, document FROM jobkit_events").fetchall()
    cursor.executemany(
        "UPDATE jobkit_events SET occurred_at = ?, recorded_at = ? WHERE position = ?",
        ((told["occurred_at"], told["recorded_at"], at) for at, told in _documents(stored)),
    )


def _documents(stored: list[tuple[int, str]]) -> list[tuple[int, dict[str, str]]]:
    return [(position, json.loads(document)) for position, document in stored]


MIGRATIONS: Final[tuple[Step, ...]] = (_create, _add_event_times)
"""What leads from each schema to the next; the first one starts from an empty file."""

CURRENT: Final = len(MIGRATIONS)
"""The schema that this release writes."""


def version(cursor: sqlite3.Cursor) -> int:
    """Return the schema of a database, 0 for one without jobkit's tables; a newer one is refused."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'jobkit_schema'"
    if cursor.execute(known).fetchone() is None:
        return 0
    found = int(cursor.execute("SELECT version FROM jobkit_schema").fetchone()[0])
    if found > CURRENT:
        raise Unsupported.of(NEWER, found=found, known=CURRENT)
    return found


def migrate(cursor: sqlite3.Cursor) -> None:
    """Bring the tables up to date inside the caller's transaction; a newer schema is refused."""
    for step in MIGRATIONS[version(cursor) :]:
        step(cursor)
    cursor.execute("UPDATE jobkit_schema SET version = ?", (CURRENT,))
