"""The readiness of a server follows what its database accepts."""

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from adapters.database import readiness
from entrepot.assembly.shop import Shop
from tests.conftest import ON_POSTGRESQL

pytestmark = [pytest.mark.anyio, pytest.mark.own_database]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every probe checks the database."""
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.0)


async def statuses(client: httpx.AsyncClient) -> tuple[int, int]:
    """Of the readiness and of a page that only reads."""
    ready, page = await client.get("/health/ready"), await client.get("/zh")
    return ready.status_code, page.status_code


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_server_with_a_read_only_file_is_not_ready(
    stocked: Shop, client: httpx.AsyncClient
) -> None:
    assert await statuses(client) == (200, 200)
    async with stocked.database().writes.connect() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = ON")
    assert await statuses(client) == (503, 200)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_a_server_whose_database_became_read_only_is_not_ready(
    stocked: Shop, client: httpx.AsyncClient
) -> None:
    """As after a failover, when the server became a standby."""
    assert await statuses(client) == (200, 200)
    admin = await asyncpg.connect(stocked.settings().database_url)
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert (await client.get("/health/ready")).status_code == 503
    await admin.execute("SET default_transaction_read_only = off")
    await admin.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    assert (await client.get("/health/ready")).status_code == 200
    await admin.close()


async def test_probes_do_not_load_the_database(stocked: Shop, client: httpx.AsyncClient) -> None:
    for _ in range(5):
        assert (await client.get("/health/ready")).is_success
    async with stocked.database().reads.connect() as connection:
        counted = await connection.scalar(
            text("SELECT value FROM counters WHERE name = 'readiness'")
        )
    assert counted == 1
