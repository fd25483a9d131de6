"""Every hostile case at every door."""

import pytest

from tests.hostile.guarded import TABLES
from tests.hostile.test_doors import judged_all

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("table", ["doors", "newer"])
def test_no_case_does_harm(table: str) -> None:
    """
    Each case of a table ends in one JobkitError that helps, or is taken where it may be.
    """
    cases, faults = TABLES[table](), judged_all(table, 1)

    assert set(range(len(cases))) == set(faults)
    assert {} == {cases[number].what: fault for number, fault in faults.items() if fault}
