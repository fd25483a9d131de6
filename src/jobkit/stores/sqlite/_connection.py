"""One connection to SQLite: opened, shared by a lock, its errors told in jobkit's words."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import RLock
from typing import Final, Literal

import attrs

from jobkit.errors import Conflict, Invalid, JobkitError, StoreFailed
from jobkit.findings import Template
from jobkit.stores._documents import UNSTORABLE

Durability = Literal["full", "normal"]

LOCKED = Template(
    "stores.locked",
    "The database {place} was locked by another writer for longer than the busy timeout.",
    "Try again, shorten the other transaction, or give a longer busy_timeout.",
)
OVERTAKEN = Template(
    "stores.overtaken",
    "Somebody else has written to {place} since the open transaction first read it.",
    "Roll back and begin again with BEGIN IMMEDIATE.",
)
READ_ONLY = Template(
    "stores.read_only",
    "The database {place} can only be read.",
    "Open it without read_only, and let this user write to the file and its folder.",
)
FULL = Template(
    "stores.full",
    "There is no room left for {place}.",
    "Free disk space, or raise the limit on the database's pages.",
)
CORRUPT = Template(
    "stores.corrupt",
    "The file {place} is damaged or no SQLite database.",
    "Restore {place} from a backup.",
)
NOT_OPENED = Template(
    "stores.not_opened",
    "The database {place} cannot be opened.",
    "Create the folder of {place} and let this user read and write there.",
)
FAILED = Template(
    "stores.sqlite_failed",
    "SQLite failed on {place} with {error}.",
    "Look the name {error} up in SQLite's list of result codes.",
)
CLOSED = Template(
    "stores.closed",
    "The store on {place} is closed or belongs to another process.",
    "Open a store of its own in each process, and use it before it is closed.",
)
NO_TRANSACTION = Template(
    "stores.no_transaction",
    "The host's connection has no open transaction that a commit could be part of.",
    "Execute BEGIN IMMEDIATE on the connection first.",
)

_BY_CODE: Final = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CORRUPT: CORRUPT,
    sqlite3.SQLITE_NOTADB: CORRUPT,
    sqlite3.SQLITE_CANTOPEN: NOT_OPENED,
}
_PRIMARY_BITS: Final = 0xFF
_MEMORY: Final = ":memory:"
_PAUSE: Final = 0.01


@attrs.define(kw_only=True)
class Connection:
    """
    A connection and the lock under which its threads take turns.

    An own one begins and commits transactions; a host's one only sets savepoints inside the host's.
    """

    raw: sqlite3.Connection
    place: str
    own: bool
    _lock: RLock = attrs.field(factory=RLock)
    _process: int = attrs.field(factory=os.getpid)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Cursor]:
        """Lend a cursor for looking up; what SQLite cannot do raises StoreFailed."""
        with self._turn():
            yield self._cursor()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Cursor]:
        """
        Lend a cursor in a write transaction, or in a savepoint of the host's; an error undoes all of it.

        Raises StoreFailed if the host's connection has no transaction, or if SQLite fails.
        """
        with self._turn():
            if not (self.own or self.raw.in_transaction):
                raise StoreFailed.of(NO_TRANSACTION)
            with self.migrating() as cursor:
                yield cursor

    @contextmanager
    def migrating(self) -> Iterator[sqlite3.Cursor]:
        """Lend a cursor as `writing` does; without a transaction of the host's, the change stands at once."""
        with self._turn():
            cursor = self._cursor()
            cursor.execute("BEGIN IMMEDIATE" if self.own else "SAVEPOINT jobkit")
            try:
                yield cursor
                cursor.execute("COMMIT" if self.own else "RELEASE jobkit")
            except BaseException:
                self._undo(cursor)
                raise

    def close(self) -> None:
        """Close an own connection; a host's one stays open."""
        with self._turn():
            if self.own:
                self.raw.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the other threads; in a forked process, where the lock may never be freed, refuse."""
        if os.getpid() != self._process:
            raise StoreFailed.of(CLOSED, place=self.place)
        with self._lock, _told(self.place):
            yield

    def _cursor(self) -> sqlite3.Cursor:
        cursor = self.raw.cursor()
        cursor.row_factory = None  # a host's connection may give rows in a shape of its own
        return cursor

    def _undo(self, cursor: sqlite3.Cursor) -> None:
        # After some failures SQLite has rolled back by itself; a second time would hide the first error.
        with suppress(sqlite3.Error):
            if self.own:
                cursor.execute("ROLLBACK")
            else:
                cursor.execute("ROLLBACK TO jobkit")
                cursor.execute("RELEASE jobkit")


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Turn what sqlite3 raises into jobkit's errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise _error(error, place) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise Invalid.of(UNSTORABLE, what="what was given", error=type(error).__name__) from error


def _error(error: sqlite3.Error, place: str) -> JobkitError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return _unnamed(error, place)
    if code == sqlite3.SQLITE_BUSY_SNAPSHOT:
        return Conflict.of(OVERTAKEN, place=place)
    template = _BY_CODE.get(code & _PRIMARY_BITS)
    if template is not None:
        return StoreFailed.of(template, place=place)
    return StoreFailed.of(FAILED, place=place, error=error.sqlite_errorname)


def _unnamed(error: sqlite3.Error, place: str) -> JobkitError:
    """Tell an error of the Python module, which has no code of SQLite's."""
    if "binding" in str(error):
        return Invalid.of(UNSTORABLE, what="what was given", error=type(error).__name__)
    return StoreFailed.of(CLOSED, place=place)


def open_file(
    path: str | os.PathLike[str], *, durability: Durability, busy_timeout: timedelta, read_only: bool
) -> Connection:
    """
    Open the database at *path*; a file that is no database, or cannot be opened, raises StoreFailed.

    Waits up to *busy_timeout* for other writers. `full` durability survives a loss of power after every
    commit; after `normal` the last commits may be missing then, and none is torn.
    """
    place = os.fspath(path)
    with _told(place):
        raw = _connected(place, busy_timeout, read_only)
        try:
            _tune(raw, durability)
            if not read_only:
                _write_ahead(raw, busy_timeout)
        except BaseException:
            raw.close()
            raise
    return Connection(raw=raw, place=place, own=True)


def _connected(place: str, busy_timeout: timedelta, read_only: bool) -> sqlite3.Connection:
    target = Path(place).absolute().as_uri() + "?mode=ro" if read_only and place != _MEMORY else place
    return sqlite3.connect(
        target,
        timeout=busy_timeout.total_seconds(),
        isolation_level=None,
        check_same_thread=False,
        uri=target != place,
    )


def _tune(raw: sqlite3.Connection, durability: Durability) -> None:
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA secure_delete = ON")
    raw.execute("PRAGMA synchronous = FULL" if durability == "full" else "PRAGMA synchronous = NORMAL")


def _write_ahead(raw: sqlite3.Connection, patience: timedelta) -> None:
    """Switch to a write-ahead log; SQLite itself does not wait when two processes switch one file at once."""
    last_try = time.monotonic() + patience.total_seconds()
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_BITS != sqlite3.SQLITE_BUSY or time.monotonic() > last_try:
                raise
            time.sleep(_PAUSE)
        else:
            return


def lend(connection: sqlite3.Connection) -> Connection:
    """Take a host's connection as it is."""
    return Connection(raw=connection, place="the host's database", own=False)
