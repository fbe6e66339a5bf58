"""The contract of the unit of work, on SQLite and PostgreSQL."""

import pytest

from adapters.clock import system
from adapters.database.engine import Database
from adapters.database.stock.repository import ensure_location
from adapters.database.unit_of_work import SqlUnitsOfWork
from adapters.keys.vault import Vault
from core.domain.identifiers import LocationCode
from entrepot.testing import (
    ClaimSuite,
    LedgerSuite,
    MoneySuite,
    PricingSuite,
    StockSuite,
    StorageSuite,
)
from ports.unit_of_work import UnitsOfWork


class InDatabase:
    @pytest.fixture
    async def units(self, database: Database, vault: Vault) -> UnitsOfWork:
        async with database.writes.begin() as connection:
            await ensure_location(connection, LocationCode("second"), {"zh": "二仓"}, "广东省")
        return SqlUnitsOfWork(database, vault, system.now, lambda: None)


class TestDatabaseStorage(InDatabase, StorageSuite):
    pass


class TestDatabaseStock(InDatabase, StockSuite):
    pass


class TestDatabaseMoney(InDatabase, MoneySuite):
    pass


class TestDatabaseLedger(InDatabase, LedgerSuite):
    pass


class TestDatabaseClaims(InDatabase, ClaimSuite):
    pass


class TestDatabasePricing(InDatabase, PricingSuite):
    pass
