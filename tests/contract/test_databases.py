"""The PostgreSQL database of a test worker has only the rows of migrations before each test."""

import asyncpg
import pytest
from sqlalchemy import update

from adapters.database.engine import open_database
from adapters.database.search.database import DatabaseSearch
from adapters.database.stock.repository import ensure_location
from adapters.database.tables.staff import roles
from adapters.search.dictionary import DictionarySegmentation
from core.domain.identifiers import LocationCode
from entrepot.testing.search import DOCUMENTS
from tests.conftest import ON_POSTGRESQL
from tests.databases import PostgresServer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]

TABLES = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"
NEXT_DOCUMENT = "SELECT nextval('search_documents_id_seq')"


async def rows_of(connection: asyncpg.Connection) -> dict[str, int]:
    names = [row[0] for row in await connection.fetch(TABLES)]
    counts = {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names}
    return {name: count for name, count in counts.items() if count and name != "alembic_version"}


async def test_the_next_test_gets_a_database_as_migrated(
    database_url: str, postgres: PostgresServer
) -> None:
    database = open_database(database_url)
    async with database.writes.begin() as transaction:
        await ensure_location(transaction, LocationCode("main"), {"zh": "主仓"})
        await transaction.execute(update(roles).values(permissions=[]))
    await DatabaseSearch(database, DictionarySegmentation()).put(DOCUMENTS)
    await database.close()
    connection = await asyncpg.connect(database_url)
    assert {"locations", "search_documents", "search_words"} <= set(await rows_of(connection))
    await connection.close()
    await (await postgres.databases()).shared()
    connection = await asyncpg.connect(database_url)
    assert await rows_of(connection) == {"roles": 3}
    assert await connection.fetchval("SELECT count(*) FROM roles WHERE permissions = '[]'") == 0
    assert await connection.fetchval(NEXT_DOCUMENT) == 1
    await connection.close()


async def test_an_open_transaction_does_not_block_the_next_test(
    database_url: str, postgres: PostgresServer
) -> None:
    idle = await asyncpg.connect(database_url)
    await idle.execute("BEGIN")
    await idle.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
    await (await postgres.databases()).shared()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await idle.execute("SELECT 1")
    idle.terminate()
