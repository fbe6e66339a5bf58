"""Refunds of units, of the shipping and of amounts, before and after the shipment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.application.catalogue.drafts import VariantDraft
from core.application.orders.checkout import PlacedOrder
from core.domain.errors import IllegalTransition, Invalid, RefundTooLarge, ReturnRefused
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.payments.payment import Payment
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.application.test_returns import GOODWILL, buy, details, inspected_return
from tests.application.test_returns import ship_and_deliver as ship_and_deliver_all
from tests.bank import BACK, LINE, PARCEL, SMALL, Bank, available, notification, place, state_of
from tests.factories import a_draft, stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

CHEAP = a_draft(
    variants=(VariantDraft(sku=SMALL, price=yuan(20), options={"size": "s"}, on_hand=10),)
)
"""So cheap that its shipping is not free."""

ONE = replace(GOODWILL, quantities={LINE: 1})


async def order_of(shop: Shop, placed: PlacedOrder) -> Order:
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


async def payment_of(shop: Shop, placed: PlacedOrder) -> Payment:
    (payment,) = await shop.order_queries().payments(placed.id)
    return payment


async def test_a_unit_that_is_refunded_before_it_leaves_is_not_sent(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    assert await available(shop) == 8
    await shop.request_refund()(placed.id, ONE)
    assert await available(shop) == 9
    await shop.ship_order()(placed.id, PARCEL, "staff")
    order = await order_of(shop, placed)
    assert [dict(each.quantities) for each in order.shipments] == [{LINE: 1}]
    assert order.stage is OrderStage.SHIPPED
    await shop.deliver_order()(placed.id, "carrier")
    assert await state_of(shop, placed) is OrderStage.DELIVERED
    assert await violations(shop.database()) == []


async def test_an_order_whose_units_are_all_refunded_is_cancelled(shop: Shop, bank: Bank) -> None:
    await stock_up(shop, CHEAP)
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, ONE)
    await shop.request_refund()(placed.id, ONE)
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await available(shop) == 10
    with pytest.raises(IllegalTransition):
        await shop.ship_order()(placed.id, PARCEL, "staff")
    await shop.request_refund()(placed.id, replace(GOODWILL, shipping=True))
    assert await violations(shop.database()) == []


async def test_an_order_is_not_sent_when_the_whole_amount_is_refunded(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    amount = (await payment_of(shop, placed)).amount
    await shop.request_refund()(placed.id, replace(GOODWILL, amount=amount))
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await available(shop) == 10
    assert await violations(shop.database()) == []


async def test_a_refund_by_amount_touches_no_units(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, replace(GOODWILL, amount=yuan(168)))
    await shop.ship_order()(placed.id, PARCEL, "staff")
    order = await order_of(shop, placed)
    assert [dict(each.quantities) for each in order.shipments] == [{LINE: 2}]
    assert (order.refunded, order.cancelled) == ({}, {})


async def test_the_order_is_complete_when_the_rest_of_it_is_refunded(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank, quantity=3)
    await shop.ship_order()(placed.id, replace(PARCEL, quantities={LINE: 1}), "staff")
    await shop.request_refund()(placed.id, ONE)
    assert await state_of(shop, placed) is OrderStage.PARTLY_SHIPPED
    await shop.request_refund()(placed.id, ONE)
    assert await state_of(shop, placed) is OrderStage.SHIPPED
    assert await available(shop) == 9
    await shop.deliver_order()(placed.id, "carrier")
    assert await state_of(shop, placed) is OrderStage.DELIVERED
    assert await violations(shop.database()) == []


async def test_a_delivered_part_is_complete_when_the_rest_is_refunded(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.ship_order()(placed.id, replace(PARCEL, quantities={LINE: 1}), "staff")
    await shop.deliver_order()(placed.id, "carrier")
    assert await state_of(shop, placed) is OrderStage.PARTLY_SHIPPED
    await shop.request_refund()(placed.id, ONE)
    assert await state_of(shop, placed) is OrderStage.DELIVERED
    await shop.request_return()(placed.id, details(units=1))
    assert await violations(shop.database()) == []


async def test_the_shipping_price_is_refunded_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop, CHEAP)
    placed = await buy(shop, bank)
    shipping = replace(GOODWILL, shipping=True)
    await shop.request_refund()(placed.id, shipping)
    with pytest.raises(Invalid, match="shipping fee"):
        await shop.request_refund()(placed.id, shipping)
    with pytest.raises(Invalid, match="shipping fee"):
        await shop.request_refund()(placed.id, replace(ONE, shipping=True))
    (refund,) = await shop.order_queries().refunds(placed.id)
    order = await order_of(shop, placed)
    assert (refund.amount, order.shipping_refunded) == (order.shipping.price, True)


async def test_items_are_refunded_for_at_most_their_price(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    with pytest.raises(Invalid, match="Enter no more"):
        await shop.request_refund()(placed.id, replace(ONE, amount=yuan(169)))
    refund = await shop.request_refund()(placed.id, replace(ONE, amount=yuan(100)))
    assert refund is not None
    assert (refund.amount, refund.quantities) == (yuan(100), {LINE: 1})


async def test_cancelling_refunds_what_no_refund_has_taken(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, ONE)
    await shop.cancel_order()(placed.id, "customer")
    assert await available(shop) == 10
    payment = await payment_of(shop, placed)
    refunds = await shop.order_queries().refunds(placed.id)
    assert sum((each.amount for each in refunds), yuan(0)) == payment.amount
    await shop.send_refunds()()
    assert (await payment_of(shop, placed)).state == "refunded"
    assert await violations(shop.database()) == []


async def test_cancelling_an_order_that_was_paid_twice_returns_each_payment_once(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    bank.known = second.known = GatewayStatus.PAID
    for name, each, key in (("bank", bank, "n1"), ("second", second, "n2")):
        await shop.receive_notification()(name, notification(each.asked[0].reference, key))
    await shop.cancel_order()(placed.id, "customer")
    await shop.send_refunds()()
    payments = await shop.order_queries().payments(placed.id)
    assert [each.state for each in payments] == ["refunded", "refunded"]
    refunds = await shop.order_queries().refunds(placed.id)
    assert sorted(each.reason for each in refunds) == ["order_cancelled", "paid_twice"]
    assert await violations(shop.database()) == []


async def test_money_that_arrives_after_a_refunded_order_was_cancelled_is_returned(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[0].reference, "n1"))
    await shop.request_refund()(placed.id, ONE)
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    second.known = GatewayStatus.PAID
    await shop.receive_notification()("second", notification(second.asked[0].reference, "n2"))
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    reasons = [each.reason for each in await shop.order_queries().refunds(placed.id)]
    assert reasons == [RefundReason.GOODWILL, RefundReason.PAID_TOO_LATE]
    assert await available(shop) == 10
    assert await violations(shop.database()) == []


async def test_a_refunded_unit_cannot_be_returned(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver_all(shop, placed)
    await shop.request_refund()(placed.id, ONE)
    with pytest.raises(ReturnRefused):
        await shop.request_return()(placed.id, details(units=2))
    await shop.request_return()(placed.id, details(units=1))


async def test_a_unit_that_was_never_sent_cannot_be_returned(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, ONE)
    await ship_and_deliver_all(shop, placed)
    with pytest.raises(ReturnRefused):
        await shop.request_return()(placed.id, details(units=2))


async def test_a_unit_that_was_refunded_after_its_return_was_requested_is_refunded_once(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver_all(shop, placed)
    return_ = await inspected_return(shop, placed, details(units=2))
    await shop.request_refund()(placed.id, ONE)
    with pytest.raises(RefundTooLarge):
        await shop.refund_return()(return_.id, "staff")
    with pytest.raises(RefundTooLarge):
        await shop.exchange_return()(return_.id)
    await shop.handle_return().reject(return_.id, "One of them is refunded.")


async def test_a_payment_that_is_polled_without_news_changes_nothing(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    soon = datetime.now(UTC) + timedelta(seconds=15)
    assert await replace(shop.poll_payments(), now=lambda: soon)() == 1
    assert bank.known is GatewayStatus.PENDING
    assert (await payment_of(shop, placed)).amount > Money(0, "CNY")
