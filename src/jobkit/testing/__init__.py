"""For hosts that test: the contract of a store and short ways to real values. Needs the extra `testing`."""

from jobkit.errors import Unsupported
from jobkit.findings import Template

NO_PYTEST = Template(
    "testing.extra",
    "{module} is not installed, and jobkit.testing needs it.",
    "Install jobkit with the extra testing: pip install 'jobkit[testing]'.",
)

try:
    import pytest
except ImportError as error:
    raise Unsupported.of(NO_PYTEST, module="pytest") from error

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
