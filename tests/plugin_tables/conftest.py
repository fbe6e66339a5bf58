"""The tables of the diary plugin in the database of the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.database.engine import Database
from adapters.database.plugin_tables.declaration import PluginTables
from tests.diary import diary_tables, metadata


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
