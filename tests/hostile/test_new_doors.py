"""Whatever comes to the doors of intake, duplicates and triage is taken, or ends in one JobkitError."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from tests.hostile.guarded import TABLES
from tests.hostile.test_doors import judged

_SHARES: Final = 2
CASES: Final = TABLES["newer"]()


@pytest.fixture(scope="module")
def faults() -> Mapping[int, str]:
    """Return what is wrong with each case by its number, nothing if it is well."""
    with ThreadPoolExecutor(_SHARES) as pool:
        shares = tuple(pool.map(lambda first: judged("newer", first, _SHARES), range(_SHARES)))
    return {number: fault for share in shares for number, fault in share.items()}


def test_every_case_is_judged(faults: Mapping[int, str]) -> None:
    """
    No case is lost on the way to the processes that judge it.
    """
    assert set(range(len(CASES))) == set(faults)


@pytest.mark.parametrize("door", dict.fromkeys(case.door for case in CASES))
def test_hostile_input_does_no_harm(door: str, faults: Mapping[int, str]) -> None:
    """
    The door answers by one JobkitError that helps, or takes what it can, and leaves nothing half-done.
    """
    told = {case.what: faults[number] for number, case in enumerate(CASES) if case.door == door}

    assert {} == {what: fault for what, fault in told.items() if fault}
