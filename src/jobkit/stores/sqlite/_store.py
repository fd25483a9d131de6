"""The store that a host embeds: one file, one connection, every call under one lock."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from jobkit.history import Event
from jobkit.instants import write_instant
from jobkit.model import Job
from jobkit.ports import Commit, Effect, Feed, IndexFacts, Page, Receipt
from jobkit.stores._checks import check
from jobkit.stores._documents import effect_text, prepare, read_wakeup
from jobkit.stores._index import Row
from jobkit.stores._pages import page, read_cursor
from jobkit.stores.ids import random_id, random_salt
from jobkit.stores.sqlite import _erase, _read, _schema, _write
from jobkit.stores.sqlite._connection import Durability, lend, open_file
from jobkit.wakeups import Wakeup


class SQLiteStore:
    """
    A JobStore and RuleArchive in one SQLite file, or in memory under the path `:memory:`.

    Safe to share between threads, which take turns on one connection; each process opens its own. With
    durability "full" no commit is lost, whatever happens; with "normal" a loss of power may take the last
    ones, and a killed process none. What SQLite cannot do raises StoreFailed; a newer schema Unsupported.

    >>> with SQLiteStore(":memory:") as store:
    ...     store.jobs("", ["J-1"])
    (None,)
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        durability: Durability = "full",
        busy_timeout: timedelta = timedelta(seconds=30),
        read_only: bool = False,
    ) -> None:
        self._connection = open_file(
            path, durability=durability, busy_timeout=busy_timeout, read_only=read_only
        )
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @classmethod
    def inside(cls, connection: sqlite3.Connection) -> Self:
        """
        Return a store that works inside the transactions of a host's own *connection*.

        It never begins, commits or rolls back: the host does. A commit without an open transaction raises
        StoreFailed. The tables are made, or brought up to date, at once.
        """
        store = cls.__new__(cls)
        store._connection = lend(connection)
        store._prepare()
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, unless it is a host's; calls after that raise StoreFailed."""
        self._connection.close()

    def commit(self, commit: Commit, /) -> Receipt:
        """
        Write all of *commit* or nothing; a command that was committed before returns its first receipt.

        Raises Conflict when something has moved or is taken, Invalid when the commit does not hold together,
        StoreFailed when SQLite cannot write it.
        """
        check(commit)
        prepared = [prepare(change) for change in commit.changes]
        effects = [_effect_row(commit.tenant, effect) for effect in commit.effects]
        with self._connection.writing() as cursor:
            return _write.write(cursor, commit, prepared, effects)

    def receipt(self, tenant: str, command_key: str, digest: str, /) -> Receipt | None:
        """Return the receipt of a command that was committed before; another digest is a Conflict."""
        with self._connection.reading() as cursor:
            return _write.kept_receipt(cursor, tenant, command_key, digest)

    def jobs(self, tenant: str, job_ids: Sequence[str], /) -> tuple[Job | None, ...]:
        """Return each job, or None where there is none, in the order of *job_ids*."""
        with self._connection.reading() as cursor:
            return _read.jobs(cursor, tenant, job_ids)

    def index(self, tenant: str, job_ids: Sequence[str], /) -> tuple[IndexFacts | None, ...]:
        """Return the index facts of each job, or None where there is none, in the order of *job_ids*."""
        with self._connection.reading() as cursor:
            return _read.index(cursor, tenant, job_ids)

    def history(self, tenant: str, job_id: str, /) -> tuple[Event, ...]:
        """Return a job's events in recording order; none for an unknown job."""
        with self._connection.reading() as cursor:
            return _read.history(cursor, tenant, job_id)

    def by_external_id(self, tenant: str, system: str, external_id: str, /) -> str | None:
        """Return the id of the job that *system* knows under *external_id*, or None."""
        with self._connection.reading() as cursor:
            return _write.holder(cursor, tenant, system, external_id)

    def by_asset(
        self, tenant: str, asset: str, *, open_only: bool = True, limit: int = 100
    ) -> tuple[str, ...]:
        """Return ids of jobs on *asset*, the newest first; a limit below one is refused."""
        with self._connection.reading() as cursor:
            return _read.by_asset(cursor, tenant, asset, open_only, limit)

    def by_person(self, tenant: str, person: str, *, limit: int = 1000) -> tuple[str, ...]:
        """Return ids of open jobs of *person*, ordered by id; a limit below one is refused."""
        with self._connection.reading() as cursor:
            return _read.by_person(cursor, tenant, person, limit)

    def queue(self, tenant: str, name: str, *, after: str | None = None, limit: int = 50) -> Page:
        """Return a page of a queue by key, then job id; a foreign cursor or a limit below one is refused."""
        start = read_cursor(after)
        with self._connection.reading() as cursor:
            return page(_read.queue(cursor, tenant, name, start, limit), limit)

    def due(self, tenant: str, now: datetime, *, limit: int = 100) -> tuple[Wakeup, ...]:
        """Return wake-ups at or before *now*, earliest first; a naive time, a limit below one are refused."""
        instant = write_instant(now)
        with self._connection.reading() as cursor:
            return tuple(read_wakeup(*row) for row in _read.due(cursor, tenant, instant, limit))

    def feed(self, tenant: str, *, after: int = 0, limit: int = 1000) -> Feed:
        """Return committed events after a position, without gaps; a limit below one is refused."""
        with self._connection.reading() as cursor:
            return _read.feed(cursor, tenant, after, limit)

    def scopes(self, tenant: str, names: Sequence[str], /) -> Mapping[str, int]:
        """Return the version of each scope, 0 for one never written."""
        with self._connection.reading() as cursor:
            return {name: _write.scope_version(cursor, tenant, name) for name in names}

    def outbox(self, tenant: str, *, limit: int = 100) -> tuple[Effect, ...]:
        """Return effects not yet confirmed as delivered, oldest first; a limit below one is refused."""
        with self._connection.reading() as cursor:
            return _read.outbox(cursor, tenant, limit)

    def delivered(self, tenant: str, effects: Sequence[tuple[str, int]], /) -> None:
        """Forget delivered effects, named by (event id, number); unknown ones are no error."""
        with self._connection.writing() as cursor:
            cursor.executemany(
                "DELETE FROM jobkit_outbox WHERE tenant = ? AND event_id = ? AND number = ?",
                [(tenant, event_id, number) for event_id, number in effects],
            )

    def erase(self, tenant: str, job_id: str, digests: Sequence[str], /) -> int:
        """
        Destroy private values of a job for good and return how many there were; unknown ones are no error.

        Raises StoreFailed if another connection still reads an older state of the file: the values are then
        out of the tables, and `scrub` takes them out of the log. Inside a host's transaction the host calls
        `scrub` on a store of its own after its commit.
        """
        return _erase.erase(self._connection, tenant, job_id, digests)

    def scrub(self) -> None:
        """Take erased values out of the write-ahead log; raises StoreFailed while another reader holds it."""
        _erase.scrub(self._connection)

    def rule(self, digest: str, /) -> str | None:
        """Return the canonical text of the rule part with this hash, or None."""
        with self._connection.reading() as cursor:
            found = cursor.execute("SELECT document FROM jobkit_rules WHERE digest = ?", (digest,)).fetchone()
        return None if found is None else str(found[0])

    def new_id(self) -> str:
        """Return a new id: 128 random bits as hex."""
        return random_id()

    def new_salt(self) -> str:
        """Return a new salt for one private value: 256 random bits as hex."""
        return random_salt()

    def _prepare(self) -> None:
        """Bring the schema up to date; a file that is up to date is not written to."""
        with self._connection.reading() as cursor:
            current = _schema.version(cursor) == _schema.CURRENT
        if not current:
            with self._connection.migrating() as cursor:
                _schema.migrate(cursor)


def _effect_row(tenant: str, effect: Effect) -> Row:
    return (tenant, effect.event_id, effect.number, effect.name, effect_text(effect))
