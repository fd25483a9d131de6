"""For hosts that test: the contract of a store and short ways to real values. Needs pytest."""

import pytest

# Before the contract is imported, so that a broken promise shows both sides of the comparison.
pytest.register_assert_rewrite("jobkit.testing._contract")

from jobkit.testing._builders import (  # noqa: E402
    DISPATCHER,
    NOW,
    a_job,
    commit_of,
    effect_of,
    following,
    index_of,
    notes,
    opening,
)
from jobkit.testing._contract import JobStoreContract, Store  # noqa: E402

__all__ = [
    "DISPATCHER",
    "NOW",
    "JobStoreContract",
    "Store",
    "a_job",
    "commit_of",
    "effect_of",
    "following",
    "index_of",
    "notes",
    "opening",
]
