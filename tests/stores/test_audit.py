"""The audit of what a crowd leaves finds what it is there to find."""

import sqlite3
from pathlib import Path

import pytest

from jobkit.stores.sqlite import SQLiteStore
from jobkit.testing import commit_of, following
from tests.stores.crowd import as_change, audit, edited, hot_jobs, moved, prepare, work

DAMAGES: dict[str, str] = {
    "an event is missing": "DELETE FROM jobkit_events WHERE position = 6",
    "an event was changed": "UPDATE jobkit_events SET document = replace(document, '2026', '2027')",
    "an effect is missing": "DELETE FROM jobkit_outbox WHERE place = 1",
    "a receipt is missing": "DELETE FROM jobkit_receipts WHERE command_key = 'p0-3'",
    "a job was changed": "UPDATE jobkit_jobs SET document = replace(document, 'repair', 'other')",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file in which one process has carried out a few transitions of two jobs each."""
    path = tmp_path / "jobs.db"
    prepare(path, 2)
    work(path, "p0", 6, 2, 2, "normal")
    return path


def test_sound_file_has_no_faults(path: Path) -> None:
    """
    What a crowd of one leaves is whole.
    """
    assert () == audit(path, 2, 2).faults


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_a_fault(path: Path, damage: str) -> None:
    """
    Whatever is taken out of the file or changed in it is found.
    """
    connection = sqlite3.connect(path)
    connection.execute(DAMAGES[damage])
    connection.commit()
    connection.close()

    assert () != audit(path, 2, 2).faults


def test_illegal_move_is_a_fault(path: Path) -> None:
    """
    A move that the lifecycle does not have, and an edit counted from an old state, are found.
    """
    with SQLiteStore(path) as store:
        (job,) = store.jobs("", hot_jobs(1))
        assert job is not None
        wrong = moved(job, "draft" if job.state.name != "draft" else "waiting")
        first = following(as_change(job), wrong)
        store.commit(commit_of(first))

    assert any("illegal" in fault for fault in audit(path, 2, 2).faults)


def test_lost_edit_is_a_fault(path: Path) -> None:
    """
    An edit that was made from an old value, and so hides another, is found.
    """
    with SQLiteStore(path) as store:
        (job,) = store.jobs("", hot_jobs(1))
        assert job is not None
        first = following(as_change(job), edited(edited(job)))
        store.commit(commit_of(first))

    assert any("was lost" in fault for fault in audit(path, 2, 2).faults)
