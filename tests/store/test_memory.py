"""The store in memory keeps the contract."""

from __future__ import annotations

import pytest

from rubricwidgets.store.base import Store
from rubricwidgets.store.memory import MemoryStore
from tests.store.contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()
