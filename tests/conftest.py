"""Fixtures: databases, and an assembled shop on each of them."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from dependency_injector import providers

from adapters.clock import system
from adapters.database.engine import Database, open_database
from adapters.database.keys.store import SqlKeyStore
from adapters.database.migration import upgrade, wipe
from adapters.database.stock.repository import ensure_location
from adapters.keys.keyring_sources import KeyringFile
from adapters.keys.vault import Vault
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import PluginLimits
from adapters.plugins.process_record import ProcessRecord
from core.domain.identifiers import LocationCode
from entrepot.assembly.shop import Shop, open_shop
from entrepot.settings import Settings
from entrepot.testing.shop.opening import quick_passwords
from tests.bank import Bank
from tests.databases import PostgresServer
from tests.gateway_fixtures import OPEN_FIXTURES
from tests.quick import LEASE_SECONDS, share_statements

pytest_plugins = ["pytester"]
share_statements()

MEMORY = Path("/dev/shm")  # noqa: S108
MEMORY_BYTES = 2 * 1024**3
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
    # `tmp_path` is then in memory: SQLite waits for no disk.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

ON_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
SECRET = "a secret of the tests, long enough"
NAMES = {"zh": "主仓", "en": "Main"}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def _environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("ENTREPOT_")]:
            if not name.startswith("ENTREPOT_TEST_"):
                patch.delenv(name)
        patch.setenv("ENTREPOT_PAYMENT_SANDBOX_SECRET", SECRET)
        yield


@pytest.fixture(scope="session")
async def postgres(anyio_backend: str) -> AsyncIterator[PostgresServer]:  # noqa: ARG001
    server = PostgresServer()
    yield server
    await server.close()


@pytest.fixture(scope="session")
async def sqlite_template(
    anyio_backend: str,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A migrated SQLite file that each test copies."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    database = open_database(f"sqlite:///{path}")
    await upgrade(database)
    await wipe(database)
    await database.close()
    return path


@pytest.fixture(params=["sqlite", ON_POSTGRESQL])
async def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path, postgres: PostgresServer
) -> AsyncIterator[str]:
    """The address of a migrated database without rows."""
    if request.param == "sqlite":
        shutil.copy(sqlite_template, tmp_path / "shop.db")
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    databases = await postgres.databases()
    if request.node.get_closest_marker("own_database") is None:
        yield await databases.shared()
        return
    async with databases.copy() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    async with opened.writes.begin() as connection:
        await ensure_location(connection, LocationCode("main"), NAMES)
    yield opened
    await opened.close()


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    store = SqlKeyStore(open_database(f"sqlite:///{tmp_path / 'keys.db'}"))
    vault = Vault(store, KeyringFile(tmp_path / "keyring.json"))
    await vault.prepare()
    yield vault
    await vault.close()


@pytest.fixture
async def shop(_environment: None, database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """The assembled shop without products."""
    shop = open_shop(
        Settings(
            secret_key=SECRET,  # type: ignore[arg-type]
            database_url=database_url,
            data_dir=tmp_path / "data",
            page_cache_seconds=0,
            worker_in_server=False,
            unpaid_orders_per_contact=10_000,
            unpaid_orders_per_client=10_000,
            unpaid_units=1_000_000,
            metrics_address="shop",
            webhook_networks=(ip_network("127.0.0.0/8"),),
        )
    )
    shop.passwords.override(providers.Object(quick_passwords()))
    shop.vault().lease_seconds = LEASE_SECONDS
    async with shop.database().writes.begin() as connection:
        await ensure_location(connection, LocationCode("main"), NAMES)
    yield shop
    for close in shop.closers():
        await close()
    await shop.database().close()


@pytest.fixture
def guards(tmp_path: Path) -> Iterator[PluginGuards]:
    """Guards with short limits, whose threads end with the test."""
    limits = PluginLimits(seconds=0.2, blocked_seconds=0.2)
    guards = PluginGuards(system.now, limits, ProcessRecord(tmp_path / "run"))
    yield guards
    guards.close()


@pytest.fixture
def bank(shop: Shop) -> Bank:
    bank = Bank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    return bank


@pytest.fixture(autouse=True)
def _trade_stores() -> Iterator[None]:
    """Close the trade store of every simulator."""
    yield
    while OPEN_FIXTURES:
        OPEN_FIXTURES.pop().simulator.trades.close()
