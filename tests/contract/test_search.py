"""The search port over memory, SQLite and PostgreSQL."""

import pytest

from adapters.database.engine import Database
from adapters.search.database import DatabaseSearch
from adapters.search.memory import MemorySearch
from entrepot.testing import SearchIndexSuite
from ports.search import SearchIndex


class TestMemorySearch(SearchIndexSuite):
    @pytest.fixture
    def search(self) -> SearchIndex:
        return MemorySearch()


class TestDatabaseSearch(SearchIndexSuite):
    @pytest.fixture
    def search(self, database: Database) -> SearchIndex:
        return DatabaseSearch(database)
