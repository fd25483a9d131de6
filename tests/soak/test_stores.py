"""The crowd again, for longer."""

from pathlib import Path

import pytest

from tests.stores.test_processes import crowd_of_eight, kill_a_crowd

pytestmark = pytest.mark.soak


def test_eight_processes_lose_nothing_for_long(tmp_path: Path) -> None:
    """
    8 processes with 2,000 transitions on hot jobs: nothing is lost, doubled, gapped or illegal.
    """
    crowd_of_eight(tmp_path / "jobs.db", 2_000)


@pytest.mark.parametrize("seed", range(100, 200))
def test_killed_processes_leave_whole_commits_every_time(tmp_path: Path, seed: int) -> None:
    """
    A hundred times killed at random moments, every acknowledged commit is whole, and none is torn.
    """
    kill_a_crowd(tmp_path / "jobs.db", seed, "full" if seed % 2 else "normal")
