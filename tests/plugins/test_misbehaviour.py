"""Every way to misbehave, in every hook: the shop answers, and so do its other requests."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from adapters.plugins.breaker import CircuitBreaker
from adapters.plugins.limits import PluginLimits
from adapters.plugins.prompt_calls import late_calls
from core.application.carts.ownership import CartOwner
from core.application.payments.start import PaymentInput
from core.domain.identifiers import LocationCode, OrderId
from core.domain.money import Money
from core.domain.orders.refusals import OrderNotReviewed
from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.privacy.records import Subject
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from ports.errors import PortError
from ports.taxes import TaxPlace, TaxRequest, TaxRequestLine
from tests.bank import CART, SMALL, fill, place
from tests.factories import stock_up, yuan
from tests.installed import install_plugin
from tests.plugins.rogue import NAME, OPTIONAL, OPTIONAL_SOURCE, SOURCE, WAYS

pytestmark = [
    pytest.mark.anyio,
    # On a busy machine a plugin that starts many threads is abandoned while it starts one.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ORIGIN = "http://shop.test"
LASTING = {"hangs", "blocks", "never ends", "stops its loop"}
LEAST_BESIDE = 3
"""How many other requests the shop answers beside a call that lasts until its limit. A loop that
the plugin stops answers one."""
NO_FAILURES = {
    *(("gateway", "rejects"), ("route", "rejects"), ("tax_engine", "rejects")),
    ("job", "blocks"),
}
"""A gateway may reject a payment, a route a request, and a tax engine a place. A job may take more
time than a call."""

IF_ROGUE = {
    "code": "if-rogue",
    "label": {"en": "If rogue"},
    "lane": "order",
    "condition": {"kind": "fact", "name": "rogue", "values": ["true"]},
    "benefits": [{"kind": "goods", "reduction": {"kind": "percent", "percent": "50"}}],
}
"""It asks the plugin for a fact, which is false where the plugin works."""


@pytest.fixture(autouse=True)
def _rogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    install_plugin(tmp_path / "site", NAME, SOURCE)
    install_plugin(tmp_path / "site", OPTIONAL, OPTIONAL_SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop(OPTIONAL)
    sys.modules.pop(NAME).RELEASE.set()


@pytest.fixture
async def client(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    app = assemble(shop)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),  # type: ignore[arg-type]
        base_url=ORIGIN,
        headers={"origin": ORIGIN},
    ) as client:
        yield client


class Hooks:
    """One step per hook. Each fails if the shop does not answer as it does without the plugin."""

    def __init__(self, shop: Shop, client: httpx.AsyncClient, order: OrderId) -> None:
        self.shop, self.client, self.order = shop, client, order
        self.owner = CartOwner(token=CART)
        self.counted = 0

    async def gateway(self) -> None:
        start = PaymentInput(
            gateway=NAME, notify_url=f"{ORIGIN}/notify/{NAME}", return_url=f"{ORIGIN}/back"
        )
        with pytest.raises(PortError):
            await self.shop.start_payment()(self.order, start)
        listed = (await self.client.get("/api/v1/gateways")).json()
        assert {NAME, "sandbox"} <= {each["code"] for each in listed}

    async def notification(self) -> None:
        response = await self.client.post(f"/notify/{NAME}", content=b"paid")
        assert response.status_code in {422, 503}

    async def carrier(self) -> None:
        shown = await self.shop.review_checkout()(self.owner, "en")
        assert [rate.code for rate in shown.rates if "standard" in rate.code]

    async def recommender(self) -> None:
        response = await self.client.get("/en/p/celadon-teapot")
        assert response.status_code == 200

    async def search(self) -> None:
        response = await self.client.get("/api/v1/products")
        assert response.status_code == 200
        assert response.json()["total"] == 1

    async def tax_engine(self) -> None:
        line = TaxRequestLine(
            key="pot", tax_class="standard", quantity=1, amount=Money(19_900, "CNY")
        )
        request = TaxRequest(
            reference="",
            at=self.shop.now()(),
            origin=TaxPlace(country="CN"),
            destination=TaxPlace(country="CN"),
            lines=(line,),
            prices_include_tax=True,
        )
        self.shop.plugins().choices = {"taxes": NAME}
        self.shop.tax_engine.reset()
        with pytest.raises(PortError):
            await self.shop.tax_engine().calculate(request)

    async def subscriber(self) -> None:
        self.counted += 1
        await self.shop.count_stock()(SMALL, LocationCode("main"), 20 + self.counted)
        await self.shop.relay_events().drain()
        # Later each time: the subscriber pauses after failures.
        later = self.shop.now()() + timedelta(days=self.counted)
        assert await replace(self.shop.deliver_events(), now=lambda: later)()

    async def provider(self) -> None:
        _, failures = await self.shop.data_providers().resolve(Subject())
        assert failures == (NAME,)

    async def job(self) -> None:
        await self.shop.register_jobs()()
        ended = await self.shop.run_job()(self.shop.scheduled_jobs()[f"{NAME}.rogue"], due=False)
        assert ended is not None
        assert bool(ended.error) is (ended.failures > 0)

    async def price_offers(self) -> None:
        assert await self._price() == yuan(168)

    async def facts(self) -> None:
        assert await self._price() == yuan(168)

    async def order_guard(self) -> None:
        assert (await self.shop.show_cart()(self.owner, "en")).ready

    async def required_guard(self) -> None:
        with pytest.raises(OrderNotReviewed):
            await self.shop.add_to_cart()(self.owner, SMALL, 1)
        assert await self._price() == yuan(168)

    async def _price(self) -> Money:
        (line,) = (await self.shop.show_cart()(self.owner, "en")).lines
        return line.total

    async def route(self) -> None:
        response = await self.client.get("/rogue")
        assert response.status_code in {422, 503}


async def answered_beside(client: httpx.AsyncClient, work: Awaitable[None]) -> int:
    """How many other requests the shop answers until ``work`` is done."""
    task = asyncio.ensure_future(work)
    count = 0
    while not task.done():
        assert (await client.get("/health/live")).status_code == 200
        count += 1
        await asyncio.sleep(0.005)
    await task
    return count


HOOKS = (
    *("gateway", "notification", "carrier", "recommender", "search", "tax_engine"),
    *("subscriber", "provider", "route", "job"),
    *("price_offers", "facts", "order_guard", "required_guard"),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_plugin_that_misbehaves_does_not_stop_the_shop(
    shop: Shop, client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    """One shop for all hooks: its start takes longer than they do."""
    await stock_up(shop)
    await shop.save_promotion()(IF_ROGUE)
    await shop.move_promotion()("if-rogue", PromotionMove.ACTIVATE)
    await fill(shop)
    await shop.search_readiness().mark_ready(shop.index_name())
    hooks = Hooks(shop, client, (await place(shop, "another cart")).id)
    for hook, way in product(HOOKS, WAYS):
        with subtests.test(hook=hook, way=way):
            _well(shop)
            sys.modules[NAME].HOW.update(hook=hook, way=way)
            beside = await answered_beside(client, getattr(hooks, hook)())
            assert way not in LASTING or beside >= LEAST_BESIDE
            await _ended()
            sys.modules[NAME].HOW["way"] = "works"
            failures = sum(each.breaker.record.failures for each in _guards(shop))
            assert (failures == 0) is ((hook, way) in NO_FAILURES)


async def _ended() -> None:
    """Calls for which no buyer waits any more have told their guard what became of them."""
    if late_calls:
        await asyncio.wait(late_calls)


def _guards(shop: Shop) -> list[Any]:
    guards = shop.plugin_guards()
    return [each for name in (NAME, OPTIONAL) for each in guards.guards_of(name)]


def _well(shop: Shop) -> None:
    """Forget the failures of the ways before, and end the threads that they left behind."""
    rogue: Any = sys.modules[NAME]
    rogue.RELEASE.set()
    rogue.RELEASE = Event()
    for guard in _guards(shop):
        guard.limits = PluginLimits(seconds=0.2, blocked_seconds=0.1)
        guard.breaker = CircuitBreaker(shop.now(), guard.breaker.opens_at_failures)
