"""How calls of plugins to the shop behave under load, in blocked threads and at the end."""

import asyncio
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from adapters.plugins.shop import calls
from core.domain.identifiers import OrderId
from core.domain.orders.holds import Blocked, Hold
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.errors import Rejected, Unavailable
from ports.idempotency import Claim, claiming, current_claim
from ports.plugin_shop.errors import ShopNotReady
from tests.bank import place
from tests.factories import stock_up
from tests.plugins.shop_plugin import NAME, in_plugin, kept
from tests.polling import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("shop_plugin")]

ORDER = OrderId(UUID(int=7))
REVIEW = Hold(code="review", blocks=frozenset({Blocked.SHIP}), reason=Text({"en": "Review"}))


class Adapter:
    """Waits until it is released. Counts the calls that run at once."""

    def __init__(self) -> None:
        self.running = self.most = self.done = 0
        self.released = asyncio.Event()

    async def get(self, order_id: object) -> object:  # noqa: ARG002 -- the name of the port
        self.running += 1
        self.most = max(self.most, self.running)
        await self.released.wait()
        self.running -= 1
        self.done += 1
        return current_claim()

    async def by_number(self, number: str) -> object:
        raise {"rejected": Rejected("no"), "broken": ValueError("a secret")}[number]


@pytest.fixture
def adapter(shop: Shop) -> Adapter:
    adapter = Adapter()
    shop.shop_link().open(lambda: lambda _name, _plugin: adapter)
    return adapter


async def test_a_plugin_that_floods_the_shop_has_eight_calls_at_once(
    shop: Shop, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "WAIT_SECONDS", 0.05)

    async def flood(access: Any) -> list[Any]:
        return await asyncio.gather(
            *(access.orders.get(ORDER) for _ in range(1_000)), return_exceptions=True
        )

    task = asyncio.create_task(in_plugin(shop, flood))

    async def full() -> bool:
        return adapter.running == calls.CONCURRENT_CALLS

    await until(full, 10)
    await asyncio.sleep(0.1)
    adapter.released.set()
    answers = await task
    refused = [each for each in answers if isinstance(each, Unavailable)]
    assert adapter.most == calls.CONCURRENT_CALLS
    assert len(refused) == 1_000 - adapter.done
    assert refused
    assert await in_plugin(shop, lambda access: access.orders.get(ORDER)) is None


async def test_a_call_that_is_cancelled_goes_on_in_the_shop(shop: Shop, adapter: Adapter) -> None:
    async def give_up(access: Any) -> str:
        task = asyncio.create_task(access.orders.get(ORDER))
        while not adapter.running:  # noqa: ASYNC110 -- the event belongs to another loop
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return "gave up"

    assert await in_plugin(shop, give_up) == "gave up"
    assert (adapter.running, adapter.done) == (1, 0)
    adapter.released.set()

    async def done() -> bool:
        return adapter.done == 1

    await until(done)


async def test_a_plugin_that_blocks_its_thread_blocks_neither_the_shop_nor_its_change(
    shop: Shop,
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    left = []

    async def block(access: Any) -> None:
        left.append(asyncio.create_task(access.order_actions.place_hold(placed.id, REVIEW, "k1")))
        await asyncio.sleep(0.01)
        time.sleep(0.5)  # noqa: ASYNC251 -- the fault of this plugin

    guard = shop.plugin_guards().of(NAME)
    guard.limits = replace(guard.limits, seconds=0.2, blocked_seconds=0.1)
    with pytest.raises(Unavailable):
        await in_plugin(shop, block)

    async def is_held() -> bool:
        order = await shop.order_queries().find(placed.number)
        return order is not None and bool(order.holds)

    await until(is_held)


async def test_a_call_waits_while_the_shop_is_busy(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop)
    started = []

    async def act(access: Any) -> str:
        started.append(True)
        await access.order_actions.place_hold(placed.id, REVIEW, "k1")
        return "held"

    task = asyncio.create_task(in_plugin(shop, act))
    while not started:  # noqa: ASYNC110 -- the plugin is in another thread
        await asyncio.sleep(0.001)
    time.sleep(0.3)  # noqa: ASYNC251 -- the shop is busy
    assert await task == "held"


async def test_another_error_of_the_shop_says_nothing_about_it(
    shop: Shop, adapter: Adapter
) -> None:
    assert isinstance(
        await in_plugin(shop, lambda each: each.orders.by_number("rejected")), Rejected
    )
    error = await in_plugin(shop, lambda each: each.orders.by_number("broken"))
    assert isinstance(error, Unavailable)
    assert "secret" not in str(error)
    assert not adapter.running


async def test_the_key_of_a_buyers_request_is_not_that_of_the_plugin(
    shop: Shop, adapter: Adapter
) -> None:
    adapter.released.set()
    with claiming(Claim(scope="buyer", key="k", fingerprint="f")):
        assert await in_plugin(shop, lambda access: access.orders.get(ORDER)) is None


async def test_a_closed_shop_lets_running_calls_finish_and_takes_no_more(
    shop: Shop, adapter: Adapter
) -> None:
    task = asyncio.create_task(in_plugin(shop, lambda access: access.orders.get(ORDER)))

    async def running() -> bool:
        return adapter.running == 1

    await until(running)
    closing = asyncio.create_task(shop.shop_link().aclose())
    await asyncio.sleep(0)
    adapter.released.set()
    await closing
    assert await task is None
    assert adapter.done == 1
    late = await in_plugin(shop, lambda access: access.orders.get(ORDER))
    assert isinstance(late, ShopNotReady)


async def test_a_call_from_nowhere_is_refused(shop: Shop) -> None:
    shop.plugins()
    with pytest.raises(ShopNotReady):
        await kept(NAME).shop.orders.by_number("1")
