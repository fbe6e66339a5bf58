"""The tables of the diary plugin in the database of the test."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dependency_injector import providers
from sqlalchemy import text

from adapters.database.engine import Database
from adapters.database.plugin_tables.declaration import PluginTables
from entrepot.assembly.shop import Shop, prepare_shop
from tests.diary import NAME, diary_tables, metadata, source_of
from tests.installed import install_plugin
from tests.privacy.lives import MovableClock


@pytest.fixture
def tables(tmp_path: Path) -> PluginTables:
    return diary_tables(tmp_path / "diary")


async def drop_diary(database: Database) -> None:
    """PostgreSQL tests share a database: the next one begins without these tables."""
    async with database.writes.begin() as connection:
        for name in (*metadata.tables, "plugin_diary_version"):
            await connection.execute(text(f"DROP TABLE IF EXISTS {name}"))


@pytest.fixture
async def migrated(database: Database) -> AsyncIterator[Database]:
    """A database with the tables of the diary."""
    await drop_diary(database)
    async with database.writes.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield database
    await drop_diary(database)


@pytest.fixture
def diary_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installs the plugin. It must come before the fixture ``shop``, which loads the plugins.

    Returns the folder of its migrations.
    """
    folder = diary_tables(tmp_path / "diary").folder
    install_plugin(tmp_path / "site", NAME, source_of(folder))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    return folder


@pytest.fixture
async def diary_database(database: Database) -> AsyncIterator[Database]:
    """A database with the tables of the diary and their revision."""
    await drop_diary(database)
    async with database.writes.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(
            text("CREATE TABLE plugin_diary_version (version_num VARCHAR(32) NOT NULL)")
        )
        await connection.execute(text("INSERT INTO plugin_diary_version VALUES ('0002')"))
    yield database
    await drop_diary(database)


@pytest.fixture
async def diary_shop(diary_plugin: Path, diary_database: Database, shop: Shop) -> Shop:  # noqa: ARG001
    """A shop with the plugin and its tables, and a clock that a test can set ahead."""
    shop.now.override(providers.Object(MovableClock()))
    await prepare_shop(shop)
    return shop


@pytest.fixture
async def clean(database: Database) -> AsyncIterator[Database]:
    """A database without the tables of the diary, at the end too."""
    await drop_diary(database)
    yield database
    await drop_diary(database)
