"""Server processes of a shop, and the same shop in the test process."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from entrepot.assembly.shop import Shop
from entrepot.simulation import Message, Notifier, TradeStore
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import MerchantAccount, Simulator
from tests.bank import SMALL
from tests.conftest import SECRET
from tests.factories import stock_up
from tests.servers import clean_environment, free_port, served

DELIVERY = {
    "contact": "mei@example.com",
    "address": {
        "name": "李梅",
        "phone": "13800138000",
        "country": "CN",
        "region": "广东省",
        "city": "深圳市",
        "district": "南山区",
        "street": "科苑路 1 号",
    },
}
STAFF = {"login": "staff@example.com", "password": "correct horse battery"}


@dataclass(frozen=True)
class Farm:
    """The addresses of the servers, their environment, and the shop in this process."""

    addresses: tuple[str, ...]
    environment: Mapping[str, str]
    shop: Shop

    def client(self, number: int = 0) -> httpx.AsyncClient:
        address = self.addresses[number % len(self.addresses)]
        return httpx.AsyncClient(base_url=f"{address}/api/v1", timeout=60)

    def bank(self) -> Simulator:
        """The sandbox of the servers. Its notifications are queued for the test."""
        trades = TradeStore(
            self.shop.settings().data_dir / "plugins" / "payment_sandbox" / "trades.db"
        )
        simulator = Simulator(
            trades=trades,
            notifier=Notifier(()),
            merchant=MerchantAccount(name="sandbox-merchant", signer=Signer(SECRET.encode())),
            now=self.shop.now(),
        )
        simulator.notifier.deferred = True
        return simulator


def environment_of(shop: Shop, base_url: str, **more: str) -> dict[str, str]:
    settings = shop.settings()
    return clean_environment(
        ENTREPOT_SECRET_KEY=SECRET,
        ENTREPOT_DATABASE_URL=settings.database_url,
        ENTREPOT_DATA_DIR=str(settings.data_dir),
        ENTREPOT_BASE_URL=base_url,
        ENTREPOT_PAYMENT_SANDBOX_SECRET=SECRET,
        ENTREPOT_UNPAID_ORDERS_PER_CONTACT="10000",
        ENTREPOT_UNPAID_ORDERS_PER_CLIENT="10000",
        ENTREPOT_UNPAID_UNITS="1000000",
        ENTREPOT_WEBHOOK_NETWORKS='["127.0.0.0/8"]',
        **more,
    )


@pytest.fixture
async def stocked(shop: Shop) -> Shop:
    await stock_up(shop)
    await shop.add_staff()(STAFF["login"], STAFF["password"], "Staff")
    return shop


@pytest.fixture
def environment() -> Mapping[str, str]:
    """Further settings of the servers."""
    return {}


@pytest.fixture
def farm(stocked: Shop, tmp_path: Path, environment: Mapping[str, str]) -> Iterator[Farm]:
    """Two processes on PostgreSQL, one on SQLite."""
    ports = [free_port() for _ in range(1 if stocked.database().is_sqlite else 2)]
    settings = environment_of(stocked, f"http://127.0.0.1:{ports[0]}", **environment)
    with ExitStack() as stack:
        addresses = tuple(
            stack.enter_context(served(["serve"], settings, tmp_path / f"{port}.log", port))[0]
            for port in ports
        )
        yield Farm(addresses, settings, stocked)


@pytest.fixture
async def staff(farm: Farm) -> AsyncIterator[dict[str, str]]:
    """The request header of a logged-in staff member."""
    async with farm.client() as client:
        opened = await client.post("/staff-sessions", json=STAFF)
        yield {"authorization": f"Bearer {opened.json()['token']}"}


async def filled(client: httpx.AsyncClient, units: int = 1) -> tuple[str, dict[str, Any]]:
    """Fill a cart. Returns its token and the request for the order."""
    cart = (await client.post("/carts")).json()["token"]
    added = await client.post(f"/carts/{cart}/lines", json={"sku": SMALL, "quantity": units})
    assert added.status_code == 201, added.text
    review = (await client.put(f"/carts/{cart}/delivery", json=DELIVERY)).json()
    rate = review["rates"][0]
    return cart, {
        "cart": cart,
        "cart_version": review["cart"]["version"],
        "shipping_code": rate["code"],
        "total": {
            "minor": review["cart"]["goods_total"]["minor"] + rate["price"]["minor"],
            "currency": "CNY",
        },
    }


async def ordered(client: httpx.AsyncClient, units: int = 1) -> dict[str, Any]:
    _, order = await filled(client, units)
    placed = await client.post("/orders", json=order)
    assert placed.status_code == 201, placed.text
    answer: dict[str, Any] = placed.json()
    return answer


async def paid(client: httpx.AsyncClient, bank: Simulator, placed: Mapping[str, Any]) -> Message:
    """Pay at the bank. Returns its notification, which is not sent yet."""
    step = await client.post(
        f"/orders/{placed['number']}/payments",
        json={"gateway": "sandbox"},
        headers={"order-token": placed["access_token"]},
    )
    assert step.status_code == 201, step.text
    url = httpx.URL(step.json()["url"])
    assert (await client.get(url)).status_code == 200
    await bank.payment_page.confirm(url.params["reference"])
    return bank.notifier.queued[-1]
