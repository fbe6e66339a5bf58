"""The storage port over memory, SQLite and PostgreSQL."""

import pytest

from adapters import identity
from adapters.database.engine import Database
from adapters.database.units import SqlUnitsOfWork
from adapters.memory.units import MemoryUnitsOfWork
from entrepot.testing import StorageSuite
from ports.storage.units import UnitsOfWork


class TestMemoryStorage(StorageSuite):
    @pytest.fixture
    def units(self) -> UnitsOfWork:
        return MemoryUnitsOfWork()


class TestDatabaseStorage(StorageSuite):
    @pytest.fixture
    def units(self, database: Database) -> UnitsOfWork:
        return SqlUnitsOfWork(database, identity.now, lambda: None)
