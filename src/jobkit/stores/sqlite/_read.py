"""Looking up: what the store reads, one statement each; nothing here writes."""

import sqlite3
from collections.abc import Iterable, Sequence

from jobkit.history import Event
from jobkit.model import Job
from jobkit.ports import Effect, Feed, IndexFacts
from jobkit.stores._documents import PrivateValues, read_effect, read_index, read_job, read_stored_event
from jobkit.stores._pages import size

_LARGEST = 2**63 - 1


def jobs(cursor: sqlite3.Cursor, tenant: str, job_ids: Sequence[str]) -> tuple[Job | None, ...]:
    """Return each job, or None where there is none."""
    known = "SELECT document FROM jobkit_jobs WHERE tenant = ? AND id = ?"
    found = [(job_id, cursor.execute(known, (tenant, job_id)).fetchone()) for job_id in job_ids]
    return tuple(row and _job(cursor, tenant, job_id, row[0]) for job_id, row in found)


def index(cursor: sqlite3.Cursor, tenant: str, job_ids: Sequence[str]) -> tuple[IndexFacts | None, ...]:
    """Return the index facts of each job, or None where there is none."""
    known = "SELECT facts FROM jobkit_jobs WHERE tenant = ? AND id = ?"
    found = [(job_id, cursor.execute(known, (tenant, job_id)).fetchone()) for job_id in job_ids]
    return tuple(row and read_index(row[0], f"job {job_id}") for job_id, row in found)


def _job(cursor: sqlite3.Cursor, tenant: str, job_id: str, text: str) -> Job:
    return read_job(text, private_values(cursor, tenant, job_id), f"job {job_id}")


def private_values(cursor: sqlite3.Cursor, tenant: str, job_id: str) -> PrivateValues:
    """Return the private values of a job that are not erased."""
    found = cursor.execute(
        "SELECT digest, salt, value FROM jobkit_private WHERE tenant = ? AND job_id = ? AND erased = 0",
        (tenant, job_id),
    )
    return {digest: (salt, value) for digest, salt, value in found}


def history(cursor: sqlite3.Cursor, tenant: str, job_id: str) -> tuple[Event, ...]:
    """Return a job's events in recording order."""
    found = cursor.execute(
        "SELECT job_id, id, document FROM jobkit_events WHERE tenant = ? AND job_id = ? ORDER BY seq",
        (tenant, job_id),
    )
    return _events(cursor, tenant, found.fetchall())


def feed(cursor: sqlite3.Cursor, tenant: str, after: int, limit: int) -> Feed:
    """Return a tenant's events after a position, and where to go on."""
    found = cursor.execute(
        """
        SELECT job_id, id, document, position FROM jobkit_events
        WHERE tenant = ? AND position > ? ORDER BY position LIMIT ?
        """,
        (tenant, min(after, _LARGEST), size(limit)),
    ).fetchall()
    return Feed(_events(cursor, tenant, (row[:3] for row in found)), found[-1][3] if found else max(after, 0))


def _events(cursor: sqlite3.Cursor, tenant: str, found: Iterable[tuple[str, str, str]]) -> tuple[Event, ...]:
    rows = tuple(found)
    private = {job_id: private_values(cursor, tenant, job_id) for job_id in {row[0] for row in rows}}
    return tuple(read_stored_event(text, private[job_id], f"event {id}") for job_id, id, text in rows)


def by_asset(cursor: sqlite3.Cursor, tenant: str, asset: str, open_only: bool, limit: int) -> tuple[str, ...]:
    """Return ids of jobs on an asset, the newest first."""
    found = cursor.execute(
        """
        SELECT job_id FROM jobkit_assets
        WHERE tenant = ? AND asset = ? AND open >= ? ORDER BY serial DESC LIMIT ?
        """,
        (tenant, asset, int(open_only), size(limit)),
    )
    return tuple(job_id for (job_id,) in found)


def by_person(cursor: sqlite3.Cursor, tenant: str, person: str, limit: int) -> tuple[str, ...]:
    """Return ids of open jobs of a person, ordered by id."""
    found = cursor.execute(
        "SELECT job_id FROM jobkit_people WHERE tenant = ? AND person = ? ORDER BY job_id LIMIT ?",
        (tenant, person, size(limit)),
    )
    return tuple(job_id for (job_id,) in found)


def queue(
    cursor: sqlite3.Cursor, tenant: str, name: str, after: tuple[str, str], limit: int
) -> list[tuple[str, str]]:
    """Return up to one more than *limit* (order, job id) pairs of a queue after a place."""
    return cursor.execute(
        """
        SELECT place, job_id FROM jobkit_queues
        WHERE tenant = ? AND queue = ? AND (place, job_id) > (?, ?) ORDER BY place, job_id LIMIT ?
        """,
        (tenant, name, *after, size(limit) + 1),
    ).fetchall()


def due(cursor: sqlite3.Cursor, tenant: str, now: str, limit: int) -> list[tuple[str, str, str, str]]:
    """Return the rows of wake-ups at or before *now*."""
    return cursor.execute(
        """
        SELECT at, job_id, kind, name FROM jobkit_wakeups
        WHERE tenant = ? AND at <= ? ORDER BY at, job_id, kind, name LIMIT ?
        """,
        (tenant, now, size(limit)),
    ).fetchall()


def outbox(cursor: sqlite3.Cursor, tenant: str, limit: int) -> tuple[Effect, ...]:
    """Return effects that wait, oldest first."""
    found = cursor.execute(
        """
        SELECT event_id, number, name, data FROM jobkit_outbox
        WHERE tenant = ? ORDER BY place LIMIT ?
        """,
        (tenant, size(limit)),
    )
    return tuple(read_effect(*row) for row in found)
