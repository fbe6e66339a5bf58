"""Databases that the tests make and drop, and a shop on each of them."""

import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from adapters.database.engine import Database, open_database
from adapters.database.migration import upgrade, wipe
from adapters.database.stock import ensure_location
from adapters.keys.keyring import KeyringFile
from adapters.keys.store import SqlKeyStore
from adapters.keys.vault import Vault
from core.domain.identifiers import LocationCode
from entrepot.assembly.shop import Shop, open_shop
from entrepot.settings import Settings
from tests.bank import Bank
from tests.benches import MADE

pytest_plugins = ["pytester"]

POSTGRES = os.environ.get(
    "ENTREPOT_TEST_POSTGRES_URL",
    f"postgresql://{os.environ.get('USER', 'root')}@127.0.0.1:5432/postgres",
)
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
async def postgres_template(anyio_backend: str) -> AsyncIterator[str | None]:  # noqa: ARG001
    """The name of a migrated database to copy, or None where no PostgreSQL answers."""
    try:
        admin = await asyncpg.connect(POSTGRES, timeout=3)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL does not answer at {POSTGRES}")
        yield None
        return
    name = f"entrepot_test_{secrets.token_hex(6)}"
    await admin.execute(f'CREATE DATABASE "{name}"')
    database = open_database(url_of(name))
    await upgrade(database)
    await database.close()
    yield name
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture(scope="session")
async def sqlite_template(
    anyio_backend: str,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    database = open_database(f"sqlite:///{path}")
    await upgrade(database)
    await wipe(database)
    await database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sqlite_template: Path,
    postgres_template: str | None,
) -> AsyncIterator[str]:
    """An empty shop's database, migrated; a new one for each test."""
    if request.param == "sqlite":
        shutil.copy(sqlite_template, tmp_path / "shop.db")
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    if postgres_template is None:
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}")
    name = f"{postgres_template}_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(POSTGRES)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    yield url_of(name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


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
    """The assembled shop without a product in it."""
    shop = open_shop(
        Settings(
            secret_key=SECRET,  # type: ignore[arg-type]
            database_url=database_url,
            data_dir=tmp_path / "data",
            page_cache_seconds=0,
            worker_in_server=False,
        )
    )
    async with shop.database().writes.begin() as connection:
        await ensure_location(connection, LocationCode("main"), NAMES)
    yield shop
    for close in shop.closers():
        await close()
    await shop.database().close()


def url_of(name: str) -> str:
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def bank(shop: Shop) -> Bank:
    bank = Bank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    return bank


@pytest.fixture(autouse=True)
def _books() -> Iterator[None]:
    """No simulator's book stays open."""
    yield
    while MADE:
        MADE.pop().simulator.book.close()
