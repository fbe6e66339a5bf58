"""A server that is killed at random moments loses nothing and repeats nothing."""

import asyncio
import os
import random
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from adapters.database.tables.events import outbox
from adapters.database.tables.payments import payments, refunds
from adapters.serialization.events import KINDS
from core.domain.identifiers import LocationCode
from entrepot.assembly.shop import Shop, open_shop
from entrepot.simulation import TradeStore
from ports.events.webhooks import Webhook
from tests.bank import LINE, SMALL
from tests.invariants import violations
from tests.receiver import listening
from tests.served.conftest import STAFF, environment_of, filled
from tests.servers import free_port, served

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]

KILLS = 6
BUYERS = 4
REFUSALS = {409, 503}


class Interrupted(Exception):
    """The server was killed, or it refused the request."""


async def buy(
    client: httpx.AsyncClient, staff: Mapping[str, str], dice: random.Random, busy: asyncio.Event
) -> None:
    """Order and pay. Then cancel, or request a refund, or do nothing."""
    _, order = await filled(client, dice.choice([1, 2, 3]))
    placed = _good(await client.post("/orders", json=order))
    busy.set()
    token = {"order-token": placed["access_token"]}
    address = f"/orders/{placed['number']}"
    step = await client.post(f"{address}/payments", json={"gateway": "sandbox"}, headers=token)
    url = httpx.URL(_good(step)["url"])
    await client.get(url)
    if dice.random() < 0.8:
        origin = {"origin": f"{url.scheme}://{url.netloc.decode()}"}
        await client.post(url.join(f"payment-page/{url.params['reference']}"), headers=origin)
    match dice.choice(["cancel", "refund", "refund", "nothing"]):
        case "cancel":
            await client.post(f"{address}/cancel", headers=token)
        case "refund":
            body = {"lines": [{"line": LINE, "quantity": 1}]}
            await client.post(f"/admin{address}/refunds", json=body, headers=staff)


def _good(answer: httpx.Response) -> Any:
    if not answer.is_success:
        assert answer.status_code in REFUSALS, answer.text
        raise Interrupted
    return answer.json()


async def buy_until_killed(base: str, dice: random.Random, busy: asyncio.Event) -> None:
    """Buyers order until the server is killed."""

    async def buyer() -> None:
        async with httpx.AsyncClient(base_url=f"{base}/api/v1", timeout=60) as client:
            with suppress(httpx.HTTPError):
                opened = await client.post("/staff-sessions", json=STAFF)
                staff = {"authorization": f"Bearer {opened.json()['token']}"}
                while True:
                    with suppress(Interrupted):
                        await buy(client, staff, dice, busy)

    await asyncio.gather(*(buyer() for _ in range(BUYERS)))


async def kill(server: subprocess.Popen[bytes], busy: asyncio.Event, after: float) -> None:
    """Kill the server ``after`` seconds after the first order."""
    await asyncio.wait_for(busy.wait(), 180)
    await asyncio.sleep(after)
    os.killpg(server.pid, signal.SIGKILL)
    await asyncio.to_thread(server.wait)


def in_hours(job: Any, hours: int) -> Any:
    later = datetime.now(UTC) + timedelta(hours=hours)
    return replace(job, now=lambda: later)


async def catch_up(shop: Shop) -> None:
    """Run the jobs of the worker as if it were one, two and three hours later."""
    for hours in (1, 2, 3):
        for job in (
            shop.poll_payments(),
            shop.send_refunds(),
            shop.relay_events(),
            shop.deliver_events(),
        ):
            while await in_hours(job, hours)():
                pass


async def test_nothing_is_lost_when_the_server_is_killed(stocked: Shop, tmp_path: Path) -> None:
    dice = random.Random(20261125)  # noqa: S311
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = environment_of(stocked, base)
    await stocked.count_stock()(SMALL, LocationCode("main"), 100_000)
    await stocked.relay_events().drain()
    with listening() as receiver:
        await add_webhook(stocked, receiver.url)
        for _ in range(KILLS):
            with served(["serve"], environment, tmp_path / "log", port) as (_, server):
                busy = asyncio.Event()
                await asyncio.gather(
                    buy_until_killed(base, dice, busy), kill(server, busy, dice.uniform(0.0, 1.0))
                )
            assert await violations(stocked.database()) == []
        with served(["serve"], environment, tmp_path / "log", port):
            shop = open_shop(stocked.settings().model_copy(update={"base_url": base}))
            await catch_up(shop)
            assert await violations(stocked.database()) == []
            await check_money(shop)
            await check_events(shop, {headers["webhook-id"] for headers, _ in receiver.received})
            for close in shop.closers():
                await close()
            await shop.database().close()


async def add_webhook(shop: Shop, url: str) -> None:
    webhook = Webhook(id=shop.new_id()(), url=url, kinds=frozenset(), created_at=datetime.now(UTC))
    await shop.webhooks().add(webhook)


async def check_money(shop: Shop) -> None:
    """Every payment of the bank is recorded, and every refund was made exactly once."""
    store = TradeStore(shop.settings().data_dir / "plugins" / "payment_sandbox" / "trades.db")
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    trades = store.paid_between(begin, end)
    async with shop.database().reads.connect() as connection:
        recorded = {
            row.reference: row for row in await connection.execute(select(payments)) if row.paid_at
        }
        requested = list(await connection.execute(select(refunds)))
    assert trades
    assert {each.reference for each in trades} == set(recorded)
    assert {row.state for row in requested} == {"succeeded"}
    for trade in trades:
        assert store.refunded_amount(trade.reference) == recorded[trade.reference].refund_minor
    store.close()


async def check_events(shop: Shop, received: set[str]) -> None:
    (webhook,) = await shop.webhooks().list()
    public = [kind for kind, event in KINDS.items() if not event.internal]
    async with shop.database().reads.connect() as connection:
        rows = await connection.execute(
            select(outbox.c.id).where(
                outbox.c.happened_at >= webhook.created_at, outbox.c.kind.in_(public)
            )
        )
        happened = {f"evt_{row.id.hex}" for row in rows}
    assert len(happened) >= KILLS
    assert happened - received == set()
