"""Erasing: private values are overwritten where they lie, then the log that still holds them is cut off."""

import sqlite3
from collections.abc import Sequence

from jobkit.errors import StoreFailed
from jobkit.findings import Template
from jobkit.stores.sqlite._connection import Connection

LOG_HELD = Template(
    "stores.log_held",
    "The values are erased, but another connection still reads an older state of {place} that has them.",
    "End its transaction, then call scrub().",
)


def overwrite(cursor: sqlite3.Cursor, tenant: str, job_id: str, digest: str) -> bool:
    """
    Overwrite one private value and its salt; return whether it was there.

    Zeros of the same length take the same cells: SQLite then writes in place and moves nothing. Deleting
    instead, even with secure_delete, can leave a copy where a page was rebuilt around a moved row.
    """
    found = cursor.execute(
        """
        SELECT place, length(CAST(salt AS BLOB)), length(CAST(value AS BLOB)) FROM jobkit_private
        WHERE tenant = ? AND job_id = ? AND digest = ? AND erased = 0
        """,
        (tenant, job_id, digest),
    ).fetchone()
    if found is None:
        return False
    place, salt, value = found
    cursor.execute(
        "UPDATE jobkit_private SET erased = 1, salt = ?, value = ? WHERE place = ?",
        ("0" * salt, "0" * value, place),
    )
    return True


def erase(connection: Connection, tenant: str, job_id: str, digests: Sequence[str]) -> int:
    """Overwrite private values of a job and cut the log; return how many there were."""
    with connection.writing() as cursor:
        gone = sum(overwrite(cursor, tenant, job_id, digest) for digest in digests)
    if connection.own:
        scrub(connection)
    return gone


def scrub(connection: Connection) -> None:
    """Move the log into the database and truncate it; raises StoreFailed while another reader holds it."""
    with connection.reading() as cursor:
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreFailed.of(LOG_HELD, place=connection.place)
