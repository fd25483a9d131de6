"""Whatever comes to the doors of intake, duplicates and triage is taken, or ends in one JobkitError."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.hostile.guarded import TABLES
from tests.hostile.test_doors import EVERY, judged_all

CASES: Final = TABLES["newer"]()


@pytest.fixture(scope="module")
def faults() -> Mapping[int, str]:
    """Return what is wrong with each case that is judged by its number, nothing if it is well."""
    return judged_all("newer", EVERY)


def test_every_case_is_judged(faults: Mapping[int, str]) -> None:
    """
    No case is lost on the way to the processes that judge it.
    """
    assert set(range(0, len(CASES), EVERY)) == set(faults)


@pytest.mark.parametrize("door", dict.fromkeys(case.door for case in CASES))
def test_hostile_input_does_no_harm(door: str, faults: Mapping[int, str]) -> None:
    """
    The door answers by one JobkitError that helps, or takes what it can, and leaves nothing half-done.
    """
    told = {CASES[number].what: fault for number, fault in faults.items() if CASES[number].door == door}

    assert {} == {what: fault for what, fault in told.items() if fault}
