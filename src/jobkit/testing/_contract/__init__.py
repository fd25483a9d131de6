"""The store contract: what every store promises, one sentence a test."""

from jobkit.testing._contract._commands import CommandPromises, EffectPromises, RulePromises, ScopePromises
from jobkit.testing._contract._commits import CommitPromises
from jobkit.testing._contract._lookups import (
    FeedPromises,
    IndexPromises,
    JobPromises,
    QueuePromises,
    TenantPromises,
    WakeupPromises,
)
from jobkit.testing._contract._promise import Store
from jobkit.testing._contract._values import PrivacyPromises, ValuePromises


class JobStoreContract(
    CommitPromises,
    ScopePromises,
    CommandPromises,
    EffectPromises,
    RulePromises,
    JobPromises,
    IndexPromises,
    QueuePromises,
    WakeupPromises,
    FeedPromises,
    TenantPromises,
    ValuePromises,
    PrivacyPromises,
):
    """
    Inherit from this, give a fixture named `store`, and pytest runs every promise against it.

    The fixture returns an empty store, new for every test. A store that keeps its data on a medium also
    overrides `reopen` to return another store on the same data.

    >>> import pytest
    >>> class TestMyStore(JobStoreContract):
    ...     @pytest.fixture
    ...     def store(self) -> Store:
    ...         return MemoryStore()
    """


__all__ = ["JobStoreContract", "Store"]
