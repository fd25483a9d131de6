"""Requests at one moment: whoever loses looks again, sees the winner and is recorded with it."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from jobkit.desk import Desk
from jobkit.errors import Conflict
from jobkit.model import Job
from jobkit.ports import Commit, Receipt
from jobkit.stores import MemoryStore
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.building import is_whole
from tests.desk.twinned import CALLER, HOUR, NOW, reported, service


class Crowded(MemoryStore):
    """A store in which others report the same matter between the looking and the commit."""

    def __init__(self, rivals: int) -> None:
        super().__init__()
        self.rivals, self.tries = rivals, 0

    def commit(self, commit: Commit, /) -> Receipt:
        """Let a rival be quicker for as long as there is one left, then commit."""
        if commit.scopes and self.rivals:
            self.rivals -= 1
            left, self.rivals = self.rivals, 0
            reported(Desk(service(), self))
            self.rivals = left
        self.tries += 1
        return super().commit(commit)


def undecided(job: Job) -> list[str]:
    """Return the ids of the jobs that this one may be the same as."""
    return [suspect.id for suspect in job.triage.suspects if suspect.decided is None]


@pytest.mark.parametrize("writers", [2, 5, 8])
def test_writers_at_one_moment(tmp_path: Path, writers: int) -> None:
    """
    Of several requests at one moment none is lost, and exactly one has no twin.
    """
    start = Barrier(writers)

    def submit(number: int) -> str:
        with SQLiteStore(tmp_path / "jobs.db", durability="normal") as store:
            desk = Desk(service(), store)
            start.wait()
            return reported(desk).id

    with ThreadPoolExecutor(writers) as pool:
        ids = list(pool.map(submit, range(writers)))

    with SQLiteStore(tmp_path / "jobs.db") as store:
        desk = Desk(service(), store)
        jobs = [desk.job(id) for id in ids]
        assert writers == len(set(ids)) == len(desk.on_asset("EX-12"))
        assert 1 == len([job for job in jobs if not undecided(job)])
        assert list(range(writers)) == sorted(len(undecided(job)) for job in jobs)
        assert all(is_whole(desk, id) for id in ids)


def submit_there(path: str) -> str:
    """Submit one report on a database, in a process of its own."""
    with SQLiteStore(path, durability="normal") as store:
        return reported(Desk(service(), store)).id


def test_processes_at_one_moment(tmp_path: Path) -> None:
    """
    Processes that share a database file see each other's requests as threads do.
    """
    path = tmp_path / "jobs.db"
    with SQLiteStore(path) as store:
        Desk(service(), store)
    with get_context("spawn").Pool(2) as pool:
        ids = pool.map(submit_there, [str(path)] * 4)

    with SQLiteStore(path) as store:
        jobs = [Desk(service(), store).job(id) for id in ids]
        assert [0, 1, 2, 3] == sorted(len(undecided(job)) for job in jobs)


@pytest.mark.parametrize("rivals", [1, 7, 15])
def test_loser_looks_again(rivals: int) -> None:
    """
    Whoever loses fifteen times in a row is recorded all the same, with every winner that is told as its twin.
    """
    store = Crowded(rivals)

    job = reported(Desk(service(), store), at=NOW + HOUR)

    assert min(rivals, 10) == len(undecided(job))


def test_loser_gives_up_at_last() -> None:
    """
    The one who loses without end is told of the conflict, and nothing of it is written.
    """
    store = Crowded(10_000)

    with pytest.raises(Conflict) as caught:
        reported(Desk(service(), store), at=NOW + HOUR, job_id="J-late")

    assert "stores.scope_moved" == caught.value.code
    assert (None,) == store.jobs("", ["J-late"])


def test_other_conflicts_are_not_asked_again() -> None:
    """
    A conflict that is not about twins, such as a job id that is there already, is raised at once.
    """
    store = Crowded(0)
    desk = Desk(service(), store)
    reported(desk, job_id="J-1")
    store.tries = 0

    with pytest.raises(Conflict):
        reported(desk, job_id="J-1")

    assert 1 == store.tries


def test_corrected_asset_at_the_same_moment() -> None:
    """
    Whoever corrects an asset at the moment of another report is told of the conflict, and sees the twin next.
    """
    store = Crowded(0)
    desk = Desk(service(), store)
    job = reported(desk, "EX-99")
    store.rivals = 1

    with pytest.raises(Conflict):
        desk.amend(job.id, {"$.subject.asset": "EX-12"}, by=CALLER, at=NOW + HOUR)
    amended = desk.amend(job.id, {"$.subject.asset": "EX-12"}, by=CALLER, at=NOW + HOUR).job

    assert 1 == len(undecided(amended))


def test_repeated_command(tmp_path: Path) -> None:
    """
    A command that two writers send at one moment is done once, and both are told of the one job.
    """
    start = Barrier(2)

    def submit(number: int) -> Any:
        with SQLiteStore(tmp_path / "jobs.db", durability="normal") as store:
            start.wait()
            return reported(Desk(service(), store), command_key="k-1").id

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(submit, range(2))

    assert first == second
