"""Revision 0004: units by SKU become units by line, and no unit or amount changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from adapters.database.migration import check, upgrade
from core.application.fulfillment import Parcel
from core.application.payments.refunds import RefundInput
from core.domain.errors import RefundTooLarge
from core.domain.identifiers import LineKey, OrderId, ReturnId
from core.domain.orders.order import Order
from core.domain.payments.refund import RefundReason
from core.domain.pricing.paid_units import PaidUnits
from entrepot.assembly.shop import Shop
from tests.bank import PARCEL
from tests.invariants import violations
from tests.upgrades.shop_0001 import LARGE, PRICES, SHIPPING, SMALL, OldOrder, OldShop

pytestmark = [pytest.mark.anyio, pytest.mark.own_database]

FIRST, SECOND = LineKey("1"), LineKey("2")
UNITS = RefundInput(reason=RefundReason.GOODWILL, actor="staff")


@dataclass(frozen=True)
class Upgraded:
    """A shop after the upgrade. ``returns`` are the ids of returns by their state before it."""

    shop: Shop
    orders: Mapping[str, OldOrder]
    returns: Mapping[str, ReturnId]

    async def order(self, name: str) -> Order:
        found = await self.shop.order_queries().find(self.orders[name].number)
        assert found is not None
        return found

    async def refund(self, order_id: OrderId, units: Mapping[LineKey, int]) -> int:
        refund = await self.shop.request_refund()(order_id, replace(UNITS, quantities=units))
        assert refund is not None
        return refund.amount.minor


def old_orders() -> dict[str, OldOrder]:
    completed = OldOrder(
        number="1000000000000003",
        state="completed",
        fulfillment="delivered",
        moves=("place", "pay", "ship_rest", "deliver_rest", "complete"),
        lines={SMALL: 2, LARGE: 4},
        refunded={LARGE: 1},
        parcels=({SMALL: 2, LARGE: 4},),
        delivered=True,
    )
    return {
        "placed": OldOrder(number="1000000000000001", state="placed", lines={SMALL: 1, LARGE: 2}),
        "partly": OldOrder(
            number="1000000000000002",
            state="paid",
            fulfillment="partly_shipped",
            moves=("place", "pay", "cancel_part", "ship_part"),
            lines={LARGE: 3, SMALL: 3},
            refunded={SMALL: 1},
            cancelled={SMALL: 1},
            parcels=({LARGE: 2, SMALL: 1},),
        ),
        "completed": completed,
        "exchange": OldOrder(
            number="1000000000000004",
            state="paid",
            moves=("place", "pay"),
            lines={LARGE: 1},
            replaces=completed.id,
        ),
        "cancelled": OldOrder(
            number="1000000000000005",
            state="cancelled",
            moves=("place", "pay", "cancel"),
            lines={SMALL: 1},
            refunded={SMALL: 1},
        ),
    }


@pytest.fixture
async def upgraded(shop: Shop) -> Upgraded:
    orders = old_orders()
    returns: dict[str, UUID] = {}
    async with shop.database().writes.begin() as connection:
        old = await OldShop.of(shop, connection)
        for order in orders.values():
            await old.order(order)
        await old.stock(list(orders.values()))
        await old.payment(orders["partly"], [(PRICES[SMALL], {SMALL: 1})])
        await old.payment(orders["completed"], [])
        await old.payment(orders["cancelled"], [(orders["cancelled"].total, {})])
        returns["exchanged"] = await old.order_return(
            orders["completed"], "exchanged", {LARGE: 1}, {LARGE: 1}
        )
        returns["inspected"] = await old.order_return(
            orders["completed"], "inspected", {LARGE: 2, SMALL: 1}, {LARGE: 1, SMALL: 1}
        )
        returns["requested"] = await old.order_return(orders["completed"], "requested", {SMALL: 1})
        await old.cart("hash", {LARGE: 2, SMALL: 1})
        await old.cart("empty", {})
    assert await upgrade(shop.database())
    return Upgraded(shop, orders, {state: ReturnId(each) for state, each in returns.items()})


async def test_every_row_is_there_with_the_same_units_and_amounts(upgraded: Upgraded) -> None:
    await check(upgraded.shop.database())
    assert await violations(upgraded.shop.database()) == []
    for name, old in upgraded.orders.items():
        order = await upgraded.order(name)
        assert order.total.minor == old.total
        assert {line.sku: line.quantity for line in order.lines} == old.lines
        assert order.by_sku(order.refunded) == old.refunded
        assert order.by_sku(order.cancelled) == old.cancelled
        assert [order.by_sku(each.quantities) for each in order.shipments] == list(old.parcels)
        assert (order.contact, order.shipping.adjustments) == ("mei@example.com", ())
        assert order.shipping.paid.minor == (0 if old.is_free else SHIPPING)
    partly = await upgraded.order("partly")
    assert [(line.key, line.sku) for line in partly.lines] == [("1", LARGE), ("2", SMALL)]
    assert partly.lines[0].paid_units == PaidUnits(((3, PRICES[LARGE]),))
    (refund,) = await upgraded.shop.order_queries().refunds(partly.id)
    assert refund.quantities == {SECOND: 1}


async def test_what_can_be_refunded_is_the_same(upgraded: Upgraded) -> None:
    partly = await upgraded.order("partly")
    assert partly.unshipped == {FIRST: 1, SECOND: 1}
    assert await upgraded.refund(partly.id, {SECOND: 2}) == 2 * PRICES[SMALL]
    with pytest.raises(RefundTooLarge):
        await upgraded.refund(partly.id, {SECOND: 1})
    assert await upgraded.refund(partly.id, {FIRST: 2}) == 2 * PRICES[LARGE]
    shipping = await upgraded.shop.request_refund()(partly.id, replace(UNITS, shipping=True))
    assert shipping is not None
    assert shipping.amount.minor == SHIPPING
    assert await violations(upgraded.shop.database()) == []


async def test_an_exchange_has_the_key_and_the_price_of_the_original_line(
    upgraded: Upgraded,
) -> None:
    exchange = await upgraded.order("exchange")
    (line,) = exchange.lines
    assert (line.key, line.total.minor, line.refundable_units.total) == (SECOND, 0, PRICES[LARGE])
    assert await upgraded.refund(exchange.id, {SECOND: 1}) == PRICES[LARGE]
    assert (await upgraded.order("exchange")).state == "cancelled"
    assert await violations(upgraded.shop.database()) == []


async def test_open_returns_and_parcels_go_on(upgraded: Upgraded) -> None:
    shop = upgraded.shop
    completed = await upgraded.order("completed")
    found = {each.id: each for each in await shop.order_queries().returns(completed.id)}
    requested = found[upgraded.returns["requested"]]
    assert (requested.quantities, requested.accepted) == ({FIRST: 1}, None)
    assert requested.note == "壶嘴裂了"
    inspected = found[upgraded.returns["inspected"]]
    assert inspected.quantities == {SECOND: 2, FIRST: 1}
    assert inspected.accepted == {SECOND: 1, FIRST: 1}
    await shop.refund_return()(inspected.id, "staff")
    (refund,) = await shop.order_queries().refunds(completed.id)
    assert refund.amount.minor == PRICES[SMALL] + PRICES[LARGE]
    parcel: Parcel = replace(PARCEL, quantities={FIRST: 1})
    await shop.ship_order()((await upgraded.order("partly")).id, parcel, "staff")
    assert await violations(shop.database()) == []


async def test_carts_have_keys_and_the_same_goods(upgraded: Upgraded) -> None:
    async with upgraded.shop.units()() as unit:
        cart, empty = await unit.carts.find("hash"), await unit.carts.find("empty")
    assert cart is not None
    assert empty is not None
    assert [(line.sku, line.quantity, line.source) for line in cart.lines] == [
        (LARGE, 2, ""),
        (SMALL, 1, ""),
    ]
    assert [line.unit_price.minor for line in cart.lines] == [PRICES[LARGE], PRICES[SMALL]]
    assert len({line.key for line in cart.lines}) == len(cart.lines)
    assert empty.lines == ()
