"""One SKU on two lines is bought, shipped, returned, exchanged and refunded by line."""

from dataclasses import replace

import pytest

from core.application.carts.ownership import find_cart
from core.application.orders.checkout import PlacedOrder
from core.domain.errors import OutOfStock, RefundTooLarge, ReturnRefused
from core.domain.identifiers import LineKey, OrderId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import RefundState
from core.domain.returns import Remedy, Return, ReturnInput, ReturnReason, ReturnState
from entrepot.assembly.shop import Shop
from tests.application.test_returns import GOODWILL, inspected_return
from tests.bank import PARCEL, SMALL, Bank, available, checkout, fill
from tests.domain.pricing.shop import a_promotion
from tests.factories import stock_up, yuan
from tests.gifts import AMOUNTS, BOUGHT, GIFT, paid_order_with_gift
from tests.invariants import violations
from tests.pricing import use_rules

pytestmark = pytest.mark.anyio


@pytest.fixture
async def order(shop: Shop, bank: Bank) -> Order:
    """Paid; five of the ten units in stock are its."""
    await stock_up(shop)
    return await found(shop, (await paid_order_with_gift(shop, bank)).id)


async def found(shop: Shop, order_id: OrderId) -> Order:
    async with shop.units()() as unit:
        return await unit.orders.get(order_id)


async def refund(shop: Shop, order: Order, key: LineKey, units: int = 1) -> int | None:
    """The amount in minor units; None if there is no money to return."""
    refund = await shop.request_refund()(order.id, replace(GOODWILL, quantities={key: units}))
    return None if refund is None else refund.amount.minor


async def returned(
    shop: Shop, order: Order, key: LineKey, units: int, remedy: Remedy = Remedy.REFUND
) -> Return:
    placed = PlacedOrder(id=order.id, number=order.number, access_token="")
    wanted = ReturnInput(quantities={key: units}, reason=ReturnReason.DAMAGED, remedy=remedy)
    return await inspected_return(shop, placed, wanted)


async def deliver(shop: Shop, order: Order) -> None:
    await shop.ship_order()(order.id, PARCEL, "staff")
    await shop.deliver_order()(order.id, "carrier")


async def test_a_gift_in_the_cart_becomes_a_line_of_the_order(shop: Shop) -> None:
    await stock_up(shop)
    add_on = {"kind": "add_on", "skus": [SMALL], "price": {"CNY": "100.00"}}
    use_rules(shop, a_promotion("order", add_on, code="SPRING"))
    owner = await fill(shop, quantity=2)
    async with shop.units()() as unit:
        cart = await find_cart(unit.carts, owner)
        assert cart is not None
        cart.add(SMALL, 1, yuan(168), key=LineKey("gift"), source="SPRING")
        await unit.carts.save(cart)
        await unit.commit()
    await shop.add_to_cart()(owner, SMALL, 1)
    shown = await shop.show_cart()(owner, "zh")
    assert [(each.quantity, each.source) for each in shown.lines] == [(3, ""), (1, "SPRING")]
    with pytest.raises(OutOfStock):
        await shop.change_quantity()(owner, shown.lines[0].key, 10)
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    order = await found(shop, placed.id)
    assert [(each.key, each.sku, each.quantity, each.source) for each in order.lines] == [
        ("1", SMALL, 3, ""),
        ("2", SMALL, 1, "SPRING"),
    ]
    assert await available(shop) == 6
    assert await violations(shop.database()) == []


async def test_the_lines_are_shipped_apart(shop: Shop, order: Order) -> None:
    ship = shop.ship_order()
    await ship(order.id, replace(PARCEL, quantities={BOUGHT: 1}), "staff")
    await ship(order.id, replace(PARCEL, quantities={GIFT: 2}), "staff")
    sent = await found(shop, order.id)
    assert (sent.stage, sent.unshipped) == (OrderStage.PARTLY_SHIPPED, {BOUGHT: 2})
    assert await violations(shop.database()) == []
    await ship(order.id, PARCEL, "staff")
    sent = await found(shop, order.id)
    assert [dict(each.quantities) for each in sent.shipments] == [
        {BOUGHT: 1},
        {GIFT: 2},
        {BOUGHT: 2},
    ]
    assert await available(shop) == 5
    assert await violations(shop.database()) == []


async def test_each_unit_is_refunded_at_what_it_was_paid_with(shop: Shop, order: Order) -> None:
    assert [await refund(shop, order, BOUGHT) for _ in AMOUNTS] == list(AMOUNTS)
    with pytest.raises(RefundTooLarge):
        await refund(shop, order, BOUGHT)
    shipping = await shop.request_refund()(order.id, replace(GOODWILL, shipping=True))
    assert shipping is not None
    assert shipping.amount == yuan(5)
    refunds = await shop.order_queries().refunds(order.id)
    assert sum((each.amount for each in refunds), yuan(0)) == order.total
    assert (await found(shop, order.id)).stage is OrderStage.CANCELLED
    assert await available(shop) == 10
    assert await violations(shop.database()) == []


async def test_a_gift_that_is_not_sent_is_taken_out_without_money(shop: Shop, order: Order) -> None:
    assert await refund(shop, order, GIFT) is None
    kept = await found(shop, order.id)
    assert (kept.refunded, kept.cancelled) == ({GIFT: 1}, {GIFT: 1})
    assert kept.unshipped == {BOUGHT: 3, GIFT: 1}
    assert await shop.order_queries().refunds(order.id) == ()
    assert await available(shop) == 6
    assert await violations(shop.database()) == []


async def test_the_lines_are_returned_apart(shop: Shop, bank: Bank, order: Order) -> None:
    await deliver(shop, order)
    with pytest.raises(ReturnRefused):
        await returned(shop, order, GIFT, 3)
    bought = await returned(shop, order, BOUGHT, 2)
    gift = await returned(shop, order, GIFT, 2)
    assert await available(shop) == 9
    await shop.refund_return()(gift.id, "staff")
    states = [each.state for each in await shop.order_queries().returns(order.id)]
    assert states == [ReturnState.INSPECTED, ReturnState.REFUNDED]
    assert await shop.order_queries().refunds(order.id) == ()
    await shop.refund_return()(bought.id, "staff")
    await shop.send_refunds()()
    (paid_back,) = await shop.order_queries().refunds(order.id)
    assert (paid_back.amount.minor, paid_back.state) == (sum(AMOUNTS[:2]), RefundState.SUCCEEDED)
    assert [each.minor for each in bank.given_back.values()] == [sum(AMOUNTS[:2])]
    assert (await found(shop, order.id)).refunded == {BOUGHT: 2, GIFT: 2}
    assert await violations(shop.database()) == []


async def test_an_exchanged_unit_is_refunded_at_what_it_was_paid_with(
    shop: Shop, order: Order
) -> None:
    await deliver(shop, order)
    assert await refund(shop, order, BOUGHT, 2) == sum(AMOUNTS[:2])
    back = await returned(shop, order, BOUGHT, 1, Remedy.EXCHANGE)
    number = await shop.exchange_return()(back.id)
    exchange = await shop.order_queries().find(number)
    assert exchange is not None
    assert (exchange.total, exchange.quantities) == (yuan(0), {BOUGHT: 1})
    assert await refund(shop, exchange, BOUGHT) == AMOUNTS[2]
    refunds = [*await shop.order_queries().refunds(order.id)]
    refunds += await shop.order_queries().refunds(exchange.id)
    assert sum((each.amount for each in refunds), yuan(0)) == Money(sum(AMOUNTS), "CNY")
    assert await violations(shop.database()) == []


async def test_cancelling_refunds_both_lines(shop: Shop, order: Order) -> None:
    await refund(shop, order, BOUGHT)
    await shop.cancel_order()(order.id, "customer")
    refunds = await shop.order_queries().refunds(order.id)
    assert sum((each.amount for each in refunds), yuan(0)) == order.total
    assert (await found(shop, order.id)).refunded == order.quantities
    assert await available(shop) == 10
    assert await violations(shop.database()) == []
