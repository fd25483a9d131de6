"""Several processes on one file, and processes that are killed: small runs of what `make soak` repeats."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import attrs
import pytest

from jobkit.stores.sqlite import Durability
from tests.stores.crowd import audit, prepare

ROOT = Path(__file__).parents[2]


@attrs.frozen(kw_only=True)
class Member:
    """A process of the crowd and the file that it acknowledges into."""

    process: subprocess.Popen[bytes]
    log: Path

    def told(self) -> list[str]:
        """Return what was acknowledged, once the process has ended."""
        self.process.wait(timeout=600)
        return self.log.read_text(encoding="utf-8").split()


def start(
    path: Path, name: str, count: int, jobs: int, together: int = 1, durability: Durability = "full"
) -> Member:
    """Start a process of the crowd."""
    call = f"work(Path({str(path)!r}), {name!r}, {count}, {jobs}, {together}, {durability!r})"
    program = f"from pathlib import Path; from tests.stores.crowd import work; {call}"
    log = path.with_name(f"{name}.log")
    with log.open("wb") as told:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=told)
    return Member(process=process, log=log)


def kill(member: Member, seconds: float) -> None:
    """Kill a process some time after its first acknowledgement."""
    while not member.log.stat().st_size and member.process.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    member.process.send_signal(signal.SIGKILL)


def crowd_of_eight(path: Path, transitions: int) -> None:
    """Let eight processes work on four hot jobs, and look at what they leave."""
    prepare(path, 4)
    crowd = [start(path, f"p{number}", transitions, 4) for number in range(8)]
    told = [key for each in crowd for key in each.told()]

    found = audit(path, 4, 1)

    assert () == found.faults
    assert 8 * transitions == len(told)
    assert set(told) == set(found.keys)


def kill_a_crowd(path: Path, seed: int, durability: Durability) -> None:
    """Kill three processes at random moments, and look at what they leave."""
    chance = random.Random(seed)
    prepare(path, 4)
    crowd = [start(path, f"s{seed}p{number}", 100_000, 4, 2, durability) for number in range(3)]
    for each in crowd:
        kill(each, chance.random() / 4)
    told = [key for each in crowd for key in each.told()]

    found = audit(path, 4, 2)

    assert () == found.faults
    assert set(told) <= set(found.keys)
    assert len(found.keys) <= len(told) + len(crowd)  # a kill may come between a commit and the word of it


def test_eight_processes_lose_nothing(tmp_path: Path) -> None:
    """
    8 processes with 200 transitions on hot jobs: nothing is lost, doubled, gapped or illegal.
    """
    crowd_of_eight(tmp_path / "jobs.db", 200)


@pytest.mark.parametrize("seed", range(5))
def test_killed_processes_leave_whole_commits(tmp_path: Path, seed: int) -> None:
    """
    After kill -9 at random moments every acknowledged commit is whole, and none is torn.
    """
    kill_a_crowd(tmp_path / "jobs.db", seed, "full" if seed % 2 else "normal")
