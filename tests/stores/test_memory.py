"""The memory store keeps the contract."""

import pytest

from jobkit.stores import MemoryStore
from jobkit.testing import JobStoreContract, Store


class TestMemoryStore(JobStoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()
