"""Benchmarks of checkouts and payments: two server processes on a new PostgreSQL database."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import asyncpg
import httpx
import psutil
from sqlalchemy import make_url

from adapters.database.migration import upgrade
from adapters.database.stock.repository import ensure_location
from benchmarks.load import cpu_seconds, free_port
from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.domain.catalogue.product import ProductState
from core.domain.identifiers import LocationCode, Sku
from core.domain.money import Money
from core.domain.text import Text
from entrepot.assembly.shop import Shop, open_shop
from entrepot.simulation import Message, Notifier, TradeStore
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import MerchantAccount, Simulator

POSTGRES = os.environ.get(
    "ENTREPOT_BENCH_POSTGRES_URL",
    f"postgresql://{os.environ.get('USER', 'root')}@127.0.0.1:5432/postgres",
)
SECRET = secrets.token_hex(32)
MUG, HOT = Sku("MUG"), Sku("HOT")
PLENTIFUL_STOCK, HOT_UNITS, HOT_BUYERS = 1_000_000, 100, 200
WORKERS, CONNECTIONS = 2, 16
DELIVERY = {
    "contact": "bench@example.com",
    "address": {
        "name": "王小明",
        "phone": "13900139000",
        "country": "CN",
        "region": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "street": "文三路 100 号",
    },
}

Item = TypeVar("Item")


def main(count: int) -> int:
    """Print the results. Returns 1 for an oversold or lost order, 2 without PostgreSQL."""
    try:
        return asyncio.run(_main(count))
    except OSError as error:
        print(f"PostgreSQL does not answer at {POSTGRES}: {error}")
        return 2


async def _main(count: int) -> int:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        async with temporary_database() as url:
            os.environ.update(
                ENTREPOT_SECRET_KEY=SECRET,
                ENTREPOT_DATABASE_URL=url,
                ENTREPOT_DATA_DIR=folder,
                ENTREPOT_BASE_URL=f"http://127.0.0.1:{port}",
                ENTREPOT_PAYMENT_SANDBOX_SECRET=SECRET,
                ENTREPOT_UNPAID_ORDERS_PER_CONTACT="1000000",
                ENTREPOT_UNPAID_ORDERS_PER_CLIENT="1000000",
                ENTREPOT_UNPAID_UNITS="1000000",
            )
            shop = open_shop()
            await upgrade(shop.database())
            await _stock(shop)
            with _served(port) as server:
                correct = await _measure(shop, server, count)
            for close in shop.closers():
                await close()
            await shop.database().close()
    return 0 if correct else 1


async def _measure(shop: Shop, server: psutil.Process, count: int) -> bool:
    base = shop.settings().base_url
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=base, limits=limits, timeout=60) as client:
        plain = await _timed(server, range(count * 4), lambda _: client.get("/health/live"))
        checkouts = await _timed(server, range(count), lambda _: _check_out(client))
        messages = await _pay_all(shop, checkouts.answers)
        notified = await _timed(
            server,
            messages,
            lambda each: client.post(each.url, content=each.body, headers=each.headers),
        )
        orders = [await _order(client, HOT) for _ in range(HOT_BUYERS)]
        hot = await _timed(server, orders, lambda order: client.post("/api/v1/orders", json=order))
    print(f"{'':34}{'per second':>12}{'CPU µs':>9}{'× plain':>9}")
    for name, each in (
        ("plaintext", plain),
        ("guest checkout, to the gateway", checkouts),
        ("notification, paid", notified),
        (f"one hot SKU, {HOT_BUYERS} buyers", hot),
    ):
        print(f"{name:34}{each.per_second:12,.0f}{each.cpu:9,.0f}{each.cpu / plain.cpu:9.1f}")
    sold = hot.statuses[201]
    async with shop.units()() as unit:
        left = sum(level.available for level in await unit.stock.levels([HOT]))
    print(f"{sold} of {HOT_UNITS} hot units sold, {left} left; notifications: {notified.statuses}")
    correct = (sold, left) == (HOT_UNITS, 0) and notified.statuses == {200: count}
    if not correct:
        print("The result is wrong.")
    return correct


class Timed:
    """The responses and the cost of one call per item."""

    def __init__(self, answers: Sequence[httpx.Response], seconds: float, cpu: float) -> None:
        self.answers = answers
        self.statuses = Counter(each.status_code for each in answers)
        self.per_second = len(answers) / seconds
        self.cpu = cpu / len(answers) * 1e6


async def _timed(
    server: psutil.Process, items: Sequence[Item], call: Callable[[Item], Any]
) -> Timed:
    answers: list[httpx.Response] = []
    remaining = iter(items)

    async def client() -> None:
        for item in remaining:
            answers.append(await call(item))  # noqa: PERF401 -- shared between the clients

    cpu, started = cpu_seconds(server), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return Timed(answers, time.perf_counter() - started, cpu_seconds(server) - cpu)


async def _order(client: httpx.AsyncClient, sku: Sku) -> dict[str, Any]:
    """Fill the cart of a guest and set the delivery. Returns the request for the order."""
    cart = (await client.post("/api/v1/carts")).json()["token"]
    line = {"sku": sku, "quantity": 1}
    (await client.post(f"/api/v1/carts/{cart}/lines", json=line)).raise_for_status()
    review = (await client.put(f"/api/v1/carts/{cart}/delivery", json=DELIVERY)).json()
    rate = review["rates"][0]
    total = review["cart"]["goods_total"]["minor"] + rate["price"]["minor"]
    return {
        "cart": cart,
        "cart_version": review["cart"]["version"],
        "shipping_code": rate["code"],
        "total": {"minor": total, "currency": "CNY"},
    }


async def _check_out(client: httpx.AsyncClient) -> httpx.Response:
    """The five requests of a guest, from the cart to the redirect to the gateway."""
    order = await _order(client, MUG)
    placed = (await client.post("/api/v1/orders", json=order)).raise_for_status().json()
    step = await client.post(
        f"/api/v1/orders/{placed['number']}/payments",
        json={"gateway": "sandbox"},
        headers={"order-token": placed["access_token"]},
    )
    return step.raise_for_status()


async def _pay_all(shop: Shop, checkouts: Sequence[httpx.Response]) -> list[Message]:
    """Pay every order at the sandbox. Returns the notifications, which are not sent."""
    simulator = Simulator(
        trades=TradeStore(shop.settings().data_dir / "plugins" / "payment_sandbox" / "trades.db"),
        notifier=Notifier(()),
        merchant=MerchantAccount(name="sandbox-merchant", signer=Signer(SECRET.encode())),
        now=shop.now(),
    )
    simulator.notifier.deferred = True
    for step in checkouts:
        reference = simulator.create_trade(dict(httpx.URL(step.json()["url"]).params))
        simulator.payment_page.show(reference)
        await simulator.payment_page.confirm(reference)
    await simulator.aclose()
    return simulator.notifier.queued


async def _stock(shop: Shop) -> None:
    async with shop.database().writes.begin() as connection:
        await ensure_location(connection, LocationCode("main"), {"zh": "主仓", "en": "Main"})
    await shop.save_category()("mugs", Text({"zh": "杯", "en": "Mugs"}))
    for sku, units in ((MUG, PLENTIFUL_STOCK), (HOT, HOT_UNITS)):
        await shop.save_product()(
            ProductDraft(
                handle=sku.lower(),
                title=Text({"zh": sku, "en": sku}),
                category="mugs",
                variants=(VariantDraft(sku=sku, price=Money(1990, "CNY"), on_hand=units),),
                state=ProductState.PUBLISHED,
            )
        )


@contextmanager
def _served(port: int) -> Iterator[psutil.Process]:
    command = [sys.executable, "-m", "entrepot", "serve", "--port", str(port)]
    server = subprocess.Popen([*command, "--workers", str(WORKERS)], stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield psutil.Process(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=10)


def _wait(port: int) -> None:
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready").is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.05)


@asynccontextmanager
async def temporary_database() -> AsyncIterator[str]:
    name = f"entrepot_bench_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(POSTGRES)
    await admin.execute(f'CREATE DATABASE "{name}"')
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()
