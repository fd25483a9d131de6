"""Whatever comes to a door ends in one JobkitError that helps, within two CPU seconds and 256 MB."""

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.hostile.broken import FOUND
from tests.hostile.guarded import TABLES

_ROOT: Final = Path(__file__).parents[2]
_SHARES: Final = 2
EVERY: Final = 3
"""Each run judges every so many-th case of a table; the long runs judge them all."""
CASES: Final = TABLES["doors"]()


def judged(table: str, first: int, step: int) -> dict[int, str]:
    """Run one share of a table in processes of their own; the case that ends its process is at fault."""
    found: dict[int, str] = {}
    size = len(TABLES[table]())
    while first < size:
        command = [sys.executable, "-m", "tests.hostile.guarded", table, str(first), str(step)]
        ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
        told = [json.loads(line) for line in ended.stdout.splitlines()]
        assert told, ended.stderr
        found |= {number: fault for number, fault in told if fault is not None}
        last = told[-1][0]
        found.setdefault(last, f"ended its process with status {ended.returncode}")
        first = last + step
    return found


def judged_all(table: str, every: int) -> dict[int, str]:
    """Judge every so many-th case of a table on two processes at once: what is wrong with each, by number."""
    with ThreadPoolExecutor(_SHARES) as pool:
        firsts = range(0, every * _SHARES, every)
        shares = tuple(pool.map(lambda first: judged(table, first, every * _SHARES), firsts))
    return {number: fault for share in shares for number, fault in share.items()}


@pytest.fixture(scope="module")
def faults() -> Mapping[int, str]:
    """Return what is wrong with each case that is judged by its number, nothing if it is well."""
    return judged_all("doors", EVERY)


def test_every_case_is_judged(faults: Mapping[int, str]) -> None:
    """
    No case is lost on the way to the processes that judge it.
    """
    assert set(range(0, len(CASES), EVERY)) == set(faults)


@pytest.mark.parametrize("door", dict.fromkeys(case.door for case in CASES))
def test_hostile_input_is_refused(door: str, faults: Mapping[int, str]) -> None:
    """
    The door answers all that comes to it by one JobkitError with paths and deeds, in time and in memory.
    """
    told = {CASES[number].what: fault for number, fault in faults.items() if CASES[number].door == door}

    assert {} == {what: fault for what, fault in told.items() if fault}


def test_the_judge_finds_every_broken_door() -> None:
    """
    A door that takes, raises, hoards, dawdles, dies or does not help is found, and the next one is judged.
    """
    told = judged("broken", 0, 1)

    assert len(FOUND) == len(told)
    for (door, begins), fault in zip(FOUND.items(), told.values(), strict=True):
        assert fault.startswith(begins), door
        assert bool(fault) == bool(begins), door
