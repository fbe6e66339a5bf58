"""Fifty concurrent HTTP clients: the anomalies of ACIDRain, and further races.

Source: Warszawski and Bailis, ACIDRain, SIGMOD 2017: inventory, voucher and cart attacks. Refunds
stand for vouchers here: both have a limit on number and amount.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

import httpx
import pytest

from core.domain.identifiers import Sku
from core.domain.stock import MovementKind
from tests.bank import LINE, SMALL
from tests.invariants import violations
from tests.served.conftest import Farm, filled, ordered, paid

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]

CLIENTS = 50
LARGE = Sku("CELADON-TEAPOT-L")
UNITS = 10

Clients = list[httpx.AsyncClient]


async def statuses(calls: list[Awaitable[httpx.Response]]) -> Counter[int]:
    return Counter(answer.status_code for answer in await asyncio.gather(*calls))


@pytest.fixture
def environment() -> Mapping[str, str]:
    """One process takes all requests at once: none is refused as too many."""
    return {"ENTREPOT_MAX_REQUESTS": "1000"}


@pytest.fixture
async def many(farm: Farm) -> AsyncIterator[Clients]:
    clients = [farm.client(number) for number in range(CLIENTS)]
    yield clients
    await asyncio.gather(*(each.aclose() for each in clients))


async def test_inventory_attack_the_last_units_are_sold_once(farm: Farm, many: Clients) -> None:
    carts = await asyncio.gather(*(filled(each) for each in many))
    answers = await statuses(
        [each.post("/orders", json=order) for each, (_, order) in zip(many, carts, strict=True)]
    )
    assert answers == {201: UNITS, 409: CLIENTS - UNITS}
    assert await violations(farm.shop.database()) == []


async def test_voucher_attack_refunds_never_exceed_the_paid_amount(
    farm: Farm, many: Clients, staff: Mapping[str, str]
) -> None:
    placed = await ordered(many[0], UNITS)
    bank = farm.bank()
    message = await paid(many[0], bank, placed)
    assert await bank.notifier.deliver(message)
    address = f"/admin/orders/{placed['number']}/refunds"

    async def race(body: object) -> Counter[int]:
        return await statuses([each.post(address, json=body, headers=staff) for each in many])

    units = await race({"lines": [{"line": LINE, "quantity": 3}]})
    assert units == {201: UNITS // 3, 409: CLIENTS - UNITS // 3}
    money = await race({"amount": 16_800})
    assert money == {201: 1, 409: CLIENTS - 1}
    assert await violations(farm.shop.database()) == []
    await bank.aclose()


async def test_cart_attack_an_order_contains_only_paid_products(farm: Farm, many: Clients) -> None:
    """While an order is placed, another tab adds a more expensive product to the same cart."""
    carts = await asyncio.gather(*(filled(each) for each in many[:UNITS]))

    async def attack(number: int, cart: str, order: Mapping[str, Any]) -> tuple[int, int, int]:
        tabs = many[number::UNITS]
        added = [
            tab.post(f"/carts/{cart}/lines", json={"sku": LARGE, "quantity": 1}) for tab in tabs[1:]
        ]
        calls = [*added, tabs[0].post("/orders", json=order)]
        random.Random(number).shuffle(calls)  # noqa: S311
        got = await asyncio.gather(*calls)
        placed = next(each for each in got if each.url.path.endswith("/orders"))
        into = sum(each.status_code == 201 for each in got if each is not placed)
        rest = (await tabs[0].get(f"/carts/{cart}")).json()["lines"]
        left = sum(line["quantity"] for line in rest if line["sku"] == LARGE)
        if placed.status_code == 201:
            shown = await tabs[0].get(
                f"/orders/{placed.json()['number']}",
                headers={"order-token": placed.json()["access_token"]},
            )
            assert shown.json()["total"]["minor"] == order["total"]["minor"]
            assert [line["sku"] for line in shown.json()["lines"]] == [SMALL]
        return placed.status_code, into, left

    outcomes = await asyncio.gather(
        *(attack(number, cart, order) for number, (cart, order) in enumerate(carts))
    )
    assert {status for status, _, _ in outcomes} <= {201, 409}
    assert all(into == left for _, into, left in outcomes), outcomes
    assert await violations(farm.shop.database()) == []


async def test_one_checkout_sent_fifty_times_is_one_order(farm: Farm, many: Clients) -> None:
    _, order = await filled(many[0])
    key = {"idempotency-key": "the-same-click"}
    got = await asyncio.gather(*(each.post("/orders", json=order, headers=key) for each in many))
    numbers = {each.json()["number"] for each in got if each.status_code == 201}
    assert len(numbers) == 1
    assert {each.status_code for each in got} <= {201, 503}
    again = await many[0].post("/orders", json=order, headers=key)
    assert (again.status_code, again.json()["number"]) == (201, *numbers)
    assert await violations(farm.shop.database()) == []


async def test_concurrent_reports_of_a_payment_mark_the_order_paid_once(
    farm: Farm, many: Clients
) -> None:
    """Ten copies of each notification, shuffled, with queries and returning buyers."""
    bank = farm.bank()
    placed = [await ordered(many[number]) for number in range(UNITS)]
    calls: list[Awaitable[httpx.Response]] = []
    for number, order in enumerate(placed):
        message = await paid(many[number], bank, order)
        path = httpx.URL(message.url).path
        token = {"order-token": order["access_token"]}
        for copy in range(10):
            server = farm.addresses[copy % len(farm.addresses)]
            calls.append(
                many[copy].post(f"{server}{path}", content=message.body, headers=message.headers)
            )
        calls += [many[each].get(f"/orders/{order['number']}", headers=token) for each in range(4)]
        back = f"/zh/orders/{order['number']}?key={order['access_token']}"
        calls += [many[each].get(f"{farm.addresses[0]}{back}") for each in range(2)]
    random.Random(1).shuffle(calls)  # noqa: S311
    assert await statuses(calls) == {200: len(calls)}
    assert await violations(farm.shop.database()) == []
    for order in placed:
        found = await farm.shop.order_queries().find(order["number"])
        assert found is not None
        assert [move.move for move in found.history] == ["place", "pay"]
    async with farm.shop.units()() as unit:
        moved = Counter(move.kind for move in await unit.stock.movements(SMALL, 99))
    assert (moved[MovementKind.RESERVE], moved[MovementKind.ALLOCATE]) == (UNITS, UNITS)
    await bank.aclose()
