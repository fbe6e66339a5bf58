"""Exchanges: the buyer ends with the goods or with the money, never with neither or both."""

from dataclasses import replace

import pytest

from core.domain.errors import DomainError, ReturnRefused
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import RefundState
from core.domain.returns import Remedy, ReturnState
from entrepot.assembly.shop import Shop
from tests.application.test_returns import GOODWILL, buy, details, inspected_return
from tests.application.test_returns import ship_and_deliver as ship_and_deliver_all
from tests.bank import LINE, PARCEL, Bank, available
from tests.factories import stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

ONE = replace(GOODWILL, quantities={LINE: 1})


async def exchanged(shop: Shop, original: Order, units: int = 1) -> Order:
    """Deliver the order, return units of it and exchange them."""
    await shop.ship_order()(original.id, PARCEL, "staff")
    await shop.deliver_order()(original.id, "carrier")
    request = await shop.request_return()(original.id, details(Remedy.EXCHANGE, units))
    handle = shop.handle_return()
    await handle.approve(request.id)
    await handle.receive(request.id, "")
    await handle.inspect(request.id, {LINE: units}, restock=True)
    return await found(shop, await shop.exchange_return()(request.id))


async def found(shop: Shop, number: str) -> Order:
    order = await shop.order_queries().find(number)
    assert order is not None
    return order


@pytest.fixture
async def original(shop: Shop, bank: Bank) -> Order:
    await stock_up(shop)
    return await found(shop, (await buy(shop, bank)).number)


async def test_cancelling_an_exchange_refunds_the_returned_goods(
    shop: Shop, bank: Bank, original: Order
) -> None:
    order = await exchanged(shop, original)
    await shop.cancel_order()(order.id, "customer")
    assert await available(shop) == 9
    (refund,) = await shop.order_queries().refunds(order.id)
    assert refund.amount == yuan(168)
    await shop.send_refunds()()
    assert [each.minor for each in bank.given_back.values()] == [16800]
    (payment,) = await shop.order_queries().payments(original.id)
    assert (refund.payment_id, payment.state) == (payment.id, "partly_refunded")
    assert await violations(shop.database()) == []


async def test_the_price_of_a_cancelled_exchange_is_refunded_once(
    shop: Shop, original: Order
) -> None:
    order = await exchanged(shop, original)
    await shop.cancel_order()(order.id, "customer")
    for each in (order, original):
        with pytest.raises(DomainError):
            await shop.request_refund()(each.id, replace(GOODWILL, quantities={LINE: 2}))
    with pytest.raises(DomainError):
        await shop.request_refund()(order.id, ONE)


async def test_an_exchange_is_refunded_by_units_before_it_is_sent(
    shop: Shop, original: Order
) -> None:
    order = await exchanged(shop, original, 2)
    refund = await shop.request_refund()(order.id, ONE)
    assert refund is not None
    assert refund.amount == yuan(168)
    await shop.ship_order()(order.id, PARCEL, "staff")
    sent = await found(shop, order.number)
    assert [dict(each.quantities) for each in sent.shipments] == [{LINE: 1}]
    assert await violations(shop.database()) == []


async def test_an_exchange_that_is_refunded_in_whole_is_cancelled(
    shop: Shop, original: Order
) -> None:
    order = await exchanged(shop, original)
    await shop.request_refund()(order.id, ONE)
    assert (await found(shop, order.number)).stage is OrderStage.CANCELLED
    assert await violations(shop.database()) == []


async def test_exchanged_goods_are_returned_for_their_price(shop: Shop, original: Order) -> None:
    order = await exchanged(shop, await found(shop, original.number))
    again = await exchanged(shop, order)
    await shop.ship_order()(again.id, PARCEL, "staff")
    await shop.deliver_order()(again.id, "carrier")
    request = await shop.request_return()(again.id, details())
    handle = shop.handle_return()
    await handle.approve(request.id)
    await handle.receive(request.id, "")
    await handle.inspect(request.id, {LINE: 1}, restock=False)
    await shop.refund_return()(request.id, "staff")
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(again.id)
    assert (refund.amount, refund.state) == (yuan(168), RefundState.SUCCEEDED)
    (stored,) = await shop.order_queries().returns(again.id)
    assert stored.state is ReturnState.REFUNDED


async def test_an_exchanged_unit_is_neither_refunded_nor_returned_again(
    shop: Shop, original: Order
) -> None:
    await exchanged(shop, original)
    with pytest.raises(DomainError):
        await shop.request_refund()(original.id, replace(GOODWILL, quantities={LINE: 2}))
    with pytest.raises(ReturnRefused):
        await shop.request_return()(original.id, details(units=2))
    await shop.request_refund()(original.id, ONE)


async def test_a_refunded_unit_is_not_exchanged(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver_all(shop, placed)
    return_ = await inspected_return(shop, placed, details(Remedy.EXCHANGE, 2))
    await shop.request_refund()(placed.id, ONE)
    with pytest.raises(DomainError):
        await shop.exchange_return()(return_.id)
    assert await available(shop) == 10
