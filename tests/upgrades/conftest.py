"""A database at the first revision, on both databases."""

from pathlib import Path

import asyncpg
import pytest

from adapters.database.engine import open_database
from tests.upgrades.old_rows import upgrade_to


@pytest.fixture
async def database_url(database_url: str, tmp_path: Path) -> str:
    """The address of a database of its own, at revision 0001."""
    if database_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        url = database_url
        connection = await asyncpg.connect(url)
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await connection.close()
    database = open_database(url)
    await upgrade_to(database, "0001")
    await database.close()
    return url
