"""A server is killed between the commit of an effect and its stored response."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import select

from adapters.database.tables.payments import refunds
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.bank import BACK, Bank, notification, place
from tests.conftest import ON_POSTGRESQL
from tests.served.conftest import STAFF, environment_of
from tests.servers import free_port, served

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.own_database,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]

WAIT_SECONDS = 180
# The key is inserted with the effect. Its update, which stores the response, does not end.
STOP_BEFORE_THE_RESPONSE_IS_STORED = """
CREATE FUNCTION wait_for_ever() RETURNS trigger AS
  'BEGIN PERFORM pg_sleep(3600); RETURN NEW; END' LANGUAGE plpgsql;
CREATE TRIGGER wait_for_ever BEFORE UPDATE OF status ON idempotency_keys
  FOR EACH ROW EXECUTE FUNCTION wait_for_ever();
"""
GO_ON = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event = 'PgSleep';
DROP TRIGGER wait_for_ever ON idempotency_keys;
"""


@asynccontextmanager
async def signed_in(base: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{base}/api/v1", timeout=WAIT_SECONDS) as client:
        opened = await client.post("/staff-sessions", json=STAFF)
        client.headers["authorization"] = f"Bearer {opened.json()['token']}"
        yield client


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await condition():  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.1)


async def test_a_refund_is_made_once_although_the_server_was_killed(
    stocked: Shop, bank: Bank, tmp_path: Path
) -> None:
    placed = await place(stocked, quantity=2)
    await stocked.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await stocked.receive_notification()("bank", notification(bank.asked[-1].reference))
    port = free_port()
    environment = environment_of(
        stocked, f"http://127.0.0.1:{port}", ENTREPOT_WORKER_IN_SERVER="false"
    )
    address, headers = f"/admin/orders/{placed.number}/refunds", {"idempotency-key": "refund-1"}

    async def references() -> list[str]:
        async with stocked.database().reads.connect() as connection:
            return list(await connection.scalars(select(refunds.c.reference)))

    database = await asyncpg.connect(stocked.settings().database_url)
    await database.execute(STOP_BEFORE_THE_RESPONSE_IS_STORED)
    with served(["serve"], environment, tmp_path / "log", port) as (base, server):
        async with signed_in(base) as client:
            request = asyncio.ensure_future(
                client.post(address, json={"amount": 100}, headers=headers)
            )
            await until(references)
            os.killpg(server.pid, signal.SIGKILL)
            await asyncio.to_thread(server.wait)
            with pytest.raises(httpx.HTTPError):
                await request
    await database.execute(GO_ON)
    await database.close()
    (made,) = await references()
    with served(["serve"], environment, tmp_path / "log", port) as (base, _):
        async with signed_in(base) as client:
            again = await client.post(address, json={"amount": 100}, headers=headers)
    assert again.status_code == 201, again.text
    assert again.json()["reference"] == made
    assert await references() == [made]
