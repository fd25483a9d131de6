"""Committing: what a write transaction looks up, compares and writes."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from jobkit.instants import write_instant
from jobkit.ports import Change, Commit, Receipt
from jobkit.stores._checks import Standing, compare, same_command
from jobkit.stores._documents import Prepared, read_index, read_receipt, receipt_text
from jobkit.stores._index import NONE, Row, Turnover, rows, turnover

_JOB: Final = """
    INSERT INTO jobkit_jobs (serial, tenant, id, version, head, type, category, open, facts, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, id) DO UPDATE SET
        version = excluded.version, head = excluded.head, type = excluded.type, category = excluded.category,
        open = excluded.open, facts = excluded.facts, document = excluded.document
"""
_EVENT: Final = """
    INSERT INTO jobkit_events (position, tenant, job_id, seq, id, occurred_at, recorded_at, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_PRIVATE: Final = """
    INSERT INTO jobkit_private (tenant, job_id, digest, salt, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
"""
_OUT: Final = {
    "assets": """
        DELETE FROM jobkit_assets WHERE tenant = ? AND asset = ? AND open = ? AND serial = ? AND job_id = ?
    """,
    "people": "DELETE FROM jobkit_people WHERE tenant = ? AND person = ? AND job_id = ?",
    "external_ids": """
        DELETE FROM jobkit_external_ids WHERE tenant = ? AND system = ? AND external_id = ? AND job_id = ?
    """,
    "queues": "DELETE FROM jobkit_queues WHERE tenant = ? AND queue = ? AND place = ? AND job_id = ?",
    "wakeups": """
        DELETE FROM jobkit_wakeups WHERE tenant = ? AND at = ? AND job_id = ? AND kind = ? AND name = ?
    """,
}
_IN: Final = {
    "assets": "INSERT INTO jobkit_assets VALUES (?, ?, ?, ?, ?)",
    "people": "INSERT INTO jobkit_people VALUES (?, ?, ?)",
    "external_ids": "INSERT INTO jobkit_external_ids VALUES (?, ?, ?, ?)",
    "queues": "INSERT INTO jobkit_queues VALUES (?, ?, ?, ?)",
    "wakeups": "INSERT INTO jobkit_wakeups VALUES (?, ?, ?, ?, ?)",
}


@attrs.frozen
class _Stored:
    """What stands in the jobs table about one job."""

    serial: int
    version: int
    head: str
    facts: str


def kept_receipt(cursor: sqlite3.Cursor, tenant: str, key: str | None, digest: str) -> Receipt | None:
    """Return the receipt kept for a command key, or None; a receipt of another digest is a Conflict."""
    if key is None:
        return None
    found = cursor.execute(
        "SELECT digest, receipt FROM jobkit_receipts WHERE tenant = ? AND command_key = ?", (tenant, key)
    ).fetchone()
    return found and same_command(key, (found[0], read_receipt(found[1], f"receipt {key}")), digest)


def write(
    cursor: sqlite3.Cursor, commit: Commit, prepared: Sequence[Prepared], effects: Sequence[Row]
) -> Receipt:
    """
    Write a commit inside the caller's transaction, or return the receipt of its first time.

    Raises Conflict when something has moved or is taken, and then nothing counts that was written.
    """
    tenant = commit.tenant
    first = kept_receipt(cursor, tenant, commit.command_key, commit.command_digest)
    if first is not None:
        return first
    stored = _stored(cursor, commit)
    standing = _standing(cursor, commit, stored)
    compare(commit, standing)
    _write_jobs(cursor, tenant, prepared, stored)
    position = _write_events(cursor, commit, prepared, standing)
    _write_private(cursor, tenant, prepared)
    _write_beside(cursor, commit, effects)
    return _write_receipt(cursor, commit, position)


def _stored(cursor: sqlite3.Cursor, commit: Commit) -> dict[str, _Stored]:
    known = "SELECT serial, version, head, facts FROM jobkit_jobs WHERE tenant = ? AND id = ?"
    found = {
        change.job_id: cursor.execute(known, (commit.tenant, change.job_id)).fetchone()
        for change in commit.changes
    }
    return {job_id: _Stored(*row) for job_id, row in found.items() if row is not None}


def _standing(cursor: sqlite3.Cursor, commit: Commit, stored: Mapping[str, _Stored]) -> Standing:
    return Standing(
        heads={job_id: (job.version, job.head) for job_id, job in stored.items()},
        scopes={name: scope_version(cursor, commit.tenant, name) for name in commit.scopes},
        holders=_holders(cursor, commit),
    )


def scope_version(cursor: sqlite3.Cursor, tenant: str, name: str) -> int:
    """Return the version of a scope, 0 for one never written."""
    found = cursor.execute(
        "SELECT version FROM jobkit_scopes WHERE tenant = ? AND name = ?", (tenant, name)
    ).fetchone()
    return 0 if found is None else int(found[0])


def _holders(cursor: sqlite3.Cursor, commit: Commit) -> dict[tuple[str, str], str]:
    wanted = {key for change in commit.changes for key in change.index.external_ids}
    found = {key: holder(cursor, commit.tenant, *key) for key in wanted}
    return {key: job_id for key, job_id in found.items() if job_id is not None}


def holder(cursor: sqlite3.Cursor, tenant: str, system: str, external_id: str) -> str | None:
    """Return the id of the job that has an external id, or None."""
    found = cursor.execute(
        "SELECT job_id FROM jobkit_external_ids WHERE tenant = ? AND system = ? AND external_id = ?",
        (tenant, system, external_id),
    ).fetchone()
    return None if found is None else str(found[0])


def _write_jobs(
    cursor: sqlite3.Cursor, tenant: str, prepared: Sequence[Prepared], stored: Mapping[str, _Stored]
) -> None:
    serials = _serials(cursor, prepared, stored)
    cursor.executemany(_JOB, [_job_row(tenant, each, serials[each.change.job_id]) for each in prepared])
    turned = [_turned(each, stored.get(each.change.job_id), serials[each.change.job_id]) for each in prepared]
    for step, statements in enumerate((_OUT, _IN)):
        for table, statement in statements.items():
            lines = [(tenant, *row) for rows in turned if table in rows for row in rows[table][step]]
            if lines:
                cursor.executemany(statement, lines)


def _turned(prepared: Prepared, before: _Stored | None, serial: int) -> Turnover:
    """Return which index rows of one job go and which come."""
    change, job_id = prepared.change, prepared.change.job_id
    if before is None:
        return turnover(NONE, rows(change.index, job_id, serial))
    if before.facts == prepared.index:
        return {}
    was = rows(read_index(before.facts, f"job {job_id}"), job_id, serial)
    return turnover(was, rows(change.index, job_id, serial))


def _serials(
    cursor: sqlite3.Cursor, prepared: Iterable[Prepared], stored: Mapping[str, _Stored]
) -> dict[str, int]:
    last = int(cursor.execute("SELECT coalesce(max(serial), 0) FROM jobkit_jobs").fetchone()[0])
    new = [each.change.job_id for each in prepared if each.change.job_id not in stored]
    numbers = {job_id: serial for serial, job_id in enumerate(new, last + 1)}
    return numbers | {job_id: job.serial for job_id, job in stored.items()}


def _job_row(tenant: str, prepared: Prepared, serial: int) -> Row:
    job, index = prepared.change.job, prepared.change.index
    place = (serial, tenant, job.id, job.version, job.head)
    return (*place, job.type, index.category, int(index.open), prepared.index, prepared.job)


def _write_events(
    cursor: sqlite3.Cursor, commit: Commit, prepared: Sequence[Prepared], standing: Standing
) -> int:
    """Append the events and return the position of the last; an event id that is taken is a Conflict."""
    last = int(cursor.execute("SELECT coalesce(max(position), 0) FROM jobkit_events").fetchone()[0])
    lines = [
        _event_row(position, commit.tenant, each.change, place, text)
        for position, (each, place, text) in enumerate(_texts(prepared), last + 1)
    ]
    try:
        cursor.executemany(_EVENT, lines)
    except sqlite3.IntegrityError:
        compare(commit, attrs.evolve(standing, event_ids=_recorded(cursor, commit)))
        raise
    return last + len(lines)


def _texts(prepared: Iterable[Prepared]) -> Iterable[tuple[Prepared, int, str]]:
    return ((each, place, text) for each in prepared for place, text in enumerate(each.events))


def _event_row(position: int, tenant: str, change: Change, place: int, text: str) -> Row:
    event = change.events[place]
    times = (write_instant(event.occurred_at), write_instant(event.recorded_at))
    return (position, tenant, change.job_id, event.seq, event.id, *times, text)


def _recorded(cursor: sqlite3.Cursor, commit: Commit) -> frozenset[str]:
    known = "SELECT 1 FROM jobkit_events WHERE tenant = ? AND id = ?"
    ids = [event.id for change in commit.changes for event in change.events]
    return frozenset(id for id in ids if cursor.execute(known, (commit.tenant, id)).fetchone())


def _write_private(cursor: sqlite3.Cursor, tenant: str, prepared: Iterable[Prepared]) -> None:
    """Keep new private values; one that was erased stays erased."""
    lines = [(tenant, each.change.job_id, *leaf) for each in prepared for leaf in each.private]
    if lines:
        cursor.executemany(_PRIVATE, lines)


def _write_beside(cursor: sqlite3.Cursor, commit: Commit, effects: Sequence[Row]) -> None:
    cursor.executemany(
        """
        INSERT INTO jobkit_scopes VALUES (?, ?, 1)
        ON CONFLICT (tenant, name) DO UPDATE SET version = version + 1
        """,
        [(commit.tenant, name) for name in commit.scopes],
    )
    cursor.executemany(
        "INSERT INTO jobkit_outbox (tenant, event_id, number, name, data) VALUES (?, ?, ?, ?, ?)", effects
    )
    cursor.executemany("INSERT OR IGNORE INTO jobkit_rules VALUES (?, ?)", list(commit.rules.items()))


def _write_receipt(cursor: sqlite3.Cursor, commit: Commit, position: int) -> Receipt:
    versions = {change.job_id: change.job.version for change in commit.changes}
    receipt = Receipt(versions=versions, position=position)
    if commit.command_key is not None:
        cursor.execute(
            "INSERT INTO jobkit_receipts VALUES (?, ?, ?, ?)",
            (commit.tenant, commit.command_key, commit.command_digest, receipt_text(receipt)),
        )
    return receipt
