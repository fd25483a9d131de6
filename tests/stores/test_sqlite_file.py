"""What the SQLite store promises beyond the contract: its file, its failures, its schema, its host."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from jobkit.errors import Conflict, Invalid, StoreFailed, Unsupported
from jobkit.history import verify
from jobkit.model import Contact, Subject
from jobkit.ports import Change
from jobkit.privacy import Erased, Redacted
from jobkit.stores.sqlite import Durability, SQLiteStore
from jobkit.testing import a_job, commit_of, effect_of, following, index_of, notes, opening

AT_ONCE = timedelta(0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is to be."""
    return tmp_path / "jobs.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    """Yield a store in a new file that does not wait for others."""
    with SQLiteStore(path, busy_timeout=AT_ONCE) as store:
        yield store


def code_of(error: pytest.ExceptionInfo[StoreFailed]) -> str:
    """Return the code of a raised error, after a look at its sentences."""
    assert error.value.message.endswith(".")
    assert error.value.unblock
    return error.value.code


def pragma(store: SQLiteStore, name: str) -> object:
    """Return what SQLite has a setting at."""
    return store._connection.raw.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize(("durability", "synchronous"), [("full", 2), ("normal", 1)])
def test_durability_is_full_unless_named(path: Path, durability: Durability, synchronous: int) -> None:
    """
    The log is written ahead and synchronised at every commit, unless "normal" durability is named.
    """
    with SQLiteStore(path) as default, SQLiteStore(path, durability=durability) as named:
        assert ("wal", 2) == (pragma(default, "journal_mode"), pragma(default, "synchronous"))
        assert ("wal", synchronous) == (pragma(named, "journal_mode"), pragma(named, "synchronous"))
        assert (1, 1) == (pragma(named, "foreign_keys"), pragma(named, "secure_delete"))


def test_reading_leaves_the_file_alone(store: SQLiteStore, path: Path) -> None:
    """
    Opening a file that is up to date and looking everything up writes no byte.
    """
    store.commit(commit_of(opening(a_job())))
    store.scrub()
    before = path.read_bytes()

    with SQLiteStore(path) as reader:
        reader.jobs("", ["J-1"])
        reader.history("", "J-1")
        reader.feed("")
        reader.queue("", "triage")

    assert before == path.read_bytes()


def test_store_opened_for_reading_does_not_write(store: SQLiteStore, path: Path) -> None:
    """
    A store that was opened to read only reads, and a commit to it is refused.
    """
    store.commit(commit_of(opening(a_job())))

    with SQLiteStore(path, read_only=True) as reader:
        assert 1 == len(reader.history("", "J-1"))
        with pytest.raises(StoreFailed) as error:
            reader.commit(commit_of(opening(a_job("J-2"))))

    assert "stores.read_only" == code_of(error)


def test_locked_database_is_told(store: SQLiteStore, path: Path) -> None:
    """
    A commit that waits longer than the busy timeout for another writer is refused and wrote nothing.
    """
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreFailed) as error:
        store.commit(commit_of(opening(a_job())))

    other.close()
    assert "stores.locked" == code_of(error)
    assert store.commit(commit_of(opening(a_job()))).versions


def test_full_disk_is_told(store: SQLiteStore) -> None:
    """
    A commit for which there is no room is refused whole, and smaller ones go on.
    """
    first = opening(a_job())
    store.commit(commit_of(first))
    store._connection.raw.execute(f"PRAGMA max_page_count = {pragma(store, 'page_count')}")

    with pytest.raises(StoreFailed) as error:
        store.commit(commit_of(notes(first, 1, note="x" * 1_000_000)))

    assert "stores.full" == code_of(error)
    store._connection.raw.execute("PRAGMA max_page_count = 1000000")
    assert {"J-1": 2} == dict(store.commit(commit_of(notes(first, 1))).versions)


def test_foreign_file_is_told(path: Path) -> None:
    """
    A file that is no database is refused when it is opened, and stays as it was.
    """
    path.write_bytes(b"This is a letter to a customer. " * 100)

    with pytest.raises(StoreFailed) as error:
        SQLiteStore(path)

    assert "stores.corrupt" == code_of(error)
    assert path.read_bytes().startswith(b"This is a letter")


def test_damaged_page_is_told(path: Path) -> None:
    """
    A database whose pages were overwritten raises a StoreFailed when they are read.
    """
    with SQLiteStore(path) as store:
        store.commit(commit_of(opening(a_job(), note="x" * 50_000)))
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    with pytest.raises(StoreFailed) as error, SQLiteStore(path) as store:
        store.history("", "J-1")

    assert "stores.corrupt" == code_of(error)


def test_missing_folder_is_told(tmp_path: Path) -> None:
    """
    A database in a folder that is not there cannot be opened.
    """
    with pytest.raises(StoreFailed) as error:
        SQLiteStore(tmp_path / "nowhere" / "jobs.db")

    assert "stores.not_opened" == code_of(error)


def test_closed_store_is_told(path: Path) -> None:
    """
    A store that was closed raises a StoreFailed, and closing it again is no error.
    """
    store = SQLiteStore(path)
    store.close()
    store.close()

    with pytest.raises(StoreFailed) as error:
        store.feed("")

    assert "stores.closed" == code_of(error)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE jobkit_jobs SET document = '[' || document",
        "UPDATE jobkit_jobs SET document = '{}'",
        "UPDATE jobkit_jobs SET facts = '{}'",
    ],
)
def test_foreign_text_in_a_row_is_told(store: SQLiteStore, statement: str) -> None:
    """
    A row that something else has written raises a StoreFailed that names the job.
    """
    first = opening(a_job())
    store.commit(commit_of(first))
    store._connection.raw.execute(statement)

    with pytest.raises(StoreFailed) as error:
        read_and_go_on(store, first)

    assert "stores.unreadable" == code_of(error)
    assert "J-1" in error.value.message


def read_and_go_on(store: SQLiteStore, change: Change) -> None:
    """Read a job, then commit a change of its index facts."""
    store.jobs("", ["J-1"])
    store.commit(commit_of(following(change, index=index_of(a_job(), assets=("A-1",)))))


def test_deep_foreign_text_is_told(store: SQLiteStore) -> None:
    """
    A row that nests ten thousand deep raises a StoreFailed and nothing else.
    """
    store.commit(commit_of(opening(a_job())))
    store._connection.raw.execute("UPDATE jobkit_jobs SET document = ?", ("[" * 10_000,))

    with pytest.raises(StoreFailed) as error:
        store.jobs("", ["J-1"])

    assert "stores.unreadable" == code_of(error)


def test_other_failures_are_told_by_their_name(store: SQLiteStore) -> None:
    """
    What SQLite says and jobkit has no word for is a StoreFailed with SQLite's own name for it.
    """
    store._connection.raw.execute("DROP TABLE jobkit_outbox")

    with pytest.raises(StoreFailed) as error:
        store.outbox("")

    assert "stores.sqlite_failed" == code_of(error)
    assert "SQLITE_ERROR" in error.value.message


def test_foreign_row_in_the_way_is_told(store: SQLiteStore) -> None:
    """
    An event that something else has put in the next one's place is a StoreFailed, and nothing is written.
    """
    first = opening(a_job())
    store.commit(commit_of(first))
    store._connection.raw.execute("UPDATE jobkit_events SET seq = 2, id = 'ghost'")

    with pytest.raises(StoreFailed) as error:
        store.commit(commit_of(notes(first, 1)))

    assert "stores.sqlite_failed" == code_of(error)
    assert (first.job,) == store.jobs("", ["J-1"])


def test_values_no_column_holds_are_refused(store: SQLiteStore) -> None:
    """
    A name that is no text raises an Invalid, not an error of the database module.
    """
    with pytest.raises(Invalid) as error:
        store.by_asset("", object())  # type: ignore[arg-type]

    assert "stores.unstorable" == error.value.code


def test_store_is_not_carried_into_another_process(store: SQLiteStore) -> None:
    """
    A store that a forked process inherits is refused there: two processes cannot share a connection.
    """
    store.commit(commit_of(opening(a_job())))
    child = os.fork()
    if child == 0:
        try:
            store.feed("")
        except StoreFailed:
            os._exit(7)
        os._exit(1)

    assert 7 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert 1 == len(store.feed("").events)


def test_threads_share_a_store(store: SQLiteStore) -> None:
    """
    Threads that commit to one store at the same time lose nothing and leave no gap.
    """
    start = Barrier(8)

    def work(number: int) -> None:
        change = opening(a_job(f"J-{number}"))
        start.wait()
        store.commit(commit_of(change))
        for _ in range(5):
            change = notes(change, 2)
            store.commit(commit_of(change))

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 * 11 == len(store.feed("").events)
    assert all(verify(store.history("", f"J-{number}")).ok for number in range(8))


def test_file_of_an_earlier_schema_is_brought_up_to_date(path: Path) -> None:
    """
    A file of schema 1 opens, keeps every job and event, gains what schema 2 has, and goes on.
    """
    old = sqlite3.connect(path)
    old.executescript((Path(__file__).parent / "schema_1.sql").read_text(encoding="utf-8"))
    old.close()

    with SQLiteStore(path) as store:
        history = store.history("", "J-1")
        (job,) = store.jobs("", ["J-1"])
        times = store._connection.raw.execute("SELECT DISTINCT occurred_at, recorded_at FROM jobkit_events")

        assert verify(history).ok
        assert job is not None
        assert (history[-1].seq, history[-1].hash) == (job.version, job.head)
        assert all(occurred == recorded != "" for occurred, recorded in times)
        assert "J-1" == store.by_external_id("", "erp", "4711")
        change = Change(job_id=job.id, expected_version=0, events=history, job=job, index=index_of(job))
        assert {"J-1": 3} == dict(store.commit(commit_of(notes(change, 1))).versions)


def test_newer_schema_is_refused(path: Path) -> None:
    """
    A file that a later release has written is refused and left as it is.
    """
    SQLiteStore(path).close()
    later = sqlite3.connect(path)
    later.execute("UPDATE jobkit_schema SET version = 99")
    later.commit()
    later.close()

    with pytest.raises(Unsupported) as error:
        SQLiteStore(path)

    assert "stores.newer_schema" == error.value.code
    assert "99" in error.value.message


def test_many_processes_create_one_file(path: Path) -> None:
    """
    Processes that open a new file at the same moment all find it ready.
    """
    program = f"from jobkit.stores.sqlite import SQLiteStore; SQLiteStore({str(path)!r}).close()"
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(6)]

    assert [0] * 6 == [process.wait(timeout=60) for process in started]


class TestErasing:
    """Where the bytes of an erased value could be left."""

    def texts(self, seed: int) -> list[Redacted]:
        """Return private values from a few bytes to several pages."""
        chance = random.Random(seed)
        sizes = [chance.choice([8, 30, 300, 3_000, 30_000]) for _ in range(60)]
        return [
            Redacted(chance.randbytes(size // 2).hex() + "ß", salt=chance.randbytes(16).hex())
            for size in sizes
        ]

    @pytest.mark.parametrize("seed", range(4))
    def test_no_byte_is_left(self, path: Path, seed: int) -> None:
        """
        After an erasure no byte of value or salt is in the file, its log or its shared memory.
        """
        secrets = self.texts(seed)
        chance = random.Random(seed)
        with SQLiteStore(path, durability="normal") as store:
            gone: list[Redacted] = []
            for number, secret in enumerate(secrets):
                job = a_job(f"J-{number}", subject=Subject(contacts=(Contact(id="c", name=secret),)))
                change = opening(job, data={"copy": secret})
                store.commit(commit_of(change, effects=(effect_of(change),), command_key=str(number)))
                if chance.random() < 0.5:
                    victim = chance.randrange(number + 1)
                    store.erase("", f"J-{victim}", [secrets[victim].digest])
                    gone.append(secrets[victim])

            left = b"".join(file.read_bytes() for file in path.parent.iterdir())
            assert [] == [one for one in gone if one.reveal()[:16].encode() in left]
            assert [] == [one for one in gone if one.salt.encode() in left]
            assert any(one.reveal()[:16].encode() in left for one in secrets if one not in gone)

    def test_private_values_stand_in_one_table_only(self, store: SQLiteStore) -> None:
        """
        A private value is in the private table and in no other one, index, receipt or outbox.
        """
        secret = Redacted("Frieda Berg", salt="ab" * 16)
        job = a_job(subject=Subject(contacts=(Contact(id="c", name=secret),)))
        change = opening(job, data={"copy": [secret]})
        store.commit(commit_of(change, effects=(effect_of(change),), command_key="c-1", rules={"r": "{}"}))

        lines = [line for line in store._connection.raw.iterdump() if "Frieda" in line or secret.salt in line]

        assert 1 == len(lines)
        assert "jobkit_private" in lines[0]

    def test_reader_of_an_older_state_is_told(self, store: SQLiteStore, path: Path) -> None:
        """
        While another connection still reads the state before, erasing says so, and `scrub` ends it later.
        """
        secret = Redacted("Frieda Berg", salt="ab" * 16)
        store.commit(commit_of(opening(a_job(), data={"name": secret})))
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM jobkit_jobs").fetchall()

        with pytest.raises(StoreFailed) as error:
            store.erase("", "J-1", [secret.digest])

        assert "stores.log_held" == code_of(error)
        assert Erased(secret.digest) == store.history("", "J-1")[0].data["name"]
        reader.close()
        store.scrub()
        assert not any(b"Frieda" in file.read_bytes() for file in path.parent.iterdir())


class TestInsideAHost:
    """A commit that is part of the host's own transaction."""

    @pytest.fixture
    def host(self, path: Path) -> Iterator[sqlite3.Connection]:
        """Yield a host's connection with a table of its own, and rows in a shape of its own."""
        connection = sqlite3.connect(path, timeout=0)
        connection.row_factory = lambda cursor, row: {"columns": row}
        connection.execute("CREATE TABLE visits (job TEXT)")
        SQLiteStore.inside(connection)
        connection.commit()
        yield connection
        connection.close()

    def test_host_commits_both(self, host: sqlite3.Connection, path: Path) -> None:
        """
        The host's row and the job are there together once the host commits.
        """
        host.execute("INSERT INTO visits VALUES ('J-1')")
        SQLiteStore.inside(host).commit(commit_of(opening(a_job())))
        host.commit()

        with SQLiteStore(path) as store:
            assert 1 == len(store.history("", "J-1"))
        assert 1 == len(host.execute("SELECT * FROM visits").fetchall())

    def test_host_rolls_both_back(self, host: sqlite3.Connection) -> None:
        """
        The host's row and the job are gone together when the host rolls back.
        """
        inside = SQLiteStore.inside(host)
        host.execute("INSERT INTO visits VALUES ('J-1')")
        inside.commit(commit_of(opening(a_job())))
        host.rollback()

        assert () == inside.history("", "J-1")
        assert [] == host.execute("SELECT * FROM visits").fetchall()

    def test_refused_commit_leaves_the_hosts_work(self, host: sqlite3.Connection) -> None:
        """
        A commit that is refused undoes only itself: what the host did before can still be committed.
        """
        inside = SQLiteStore.inside(host)
        host.execute("INSERT INTO visits VALUES ('J-1')")
        inside.commit(commit_of(opening(a_job())))
        with pytest.raises(Conflict):
            inside.commit(commit_of(opening(a_job("J-2")), scopes={"day": 5}))
        host.commit()

        assert 1 == len(inside.history("", "J-1"))
        assert (None,) == inside.jobs("", ["J-2"])
        assert 1 == len(host.execute("SELECT * FROM visits").fetchall())

    def test_commit_without_a_transaction_is_refused(self, host: sqlite3.Connection) -> None:
        """
        Without an open transaction of the host's there is nothing to be part of.
        """
        with pytest.raises(StoreFailed) as error:
            SQLiteStore.inside(host).commit(commit_of(opening(a_job())))

        assert "stores.no_transaction" == code_of(error)

    def test_overtaken_transaction_is_a_conflict(self, host: sqlite3.Connection, path: Path) -> None:
        """
        A host's transaction that read before another writer committed cannot write, and learns why.
        """
        host.execute("PRAGMA journal_mode = WAL")
        inside = SQLiteStore.inside(host)
        host.execute("BEGIN")
        inside.jobs("", ["J-1"])
        with SQLiteStore(path) as other:
            other.commit(commit_of(opening(a_job())))

        with pytest.raises(Conflict) as error:
            inside.commit(commit_of(opening(a_job("J-2"))))

        assert "stores.overtaken" == error.value.code

    def test_closing_leaves_the_hosts_connection_open(self, host: sqlite3.Connection) -> None:
        """
        The connection stays the host's.
        """
        SQLiteStore.inside(host).close()

        assert 1 == len(host.execute("SELECT 1").fetchall())
