"""Refunds, returns, exchanges, and the cancellation of paid orders."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.application.fulfillment import Parcel
from core.application.orders.checkout import PlacedOrder
from core.application.payments.refunds import RefundInput
from core.domain.errors import IllegalTransition, RefundTooLarge, ReturnRefused
from core.domain.money import Money
from core.domain.orders.states import OrderStage
from core.domain.payments.ledger import balances
from core.domain.payments.refund import RefundReason, RefundState
from core.domain.returns import Remedy, Return, ReturnInput, ReturnReason, ReturnState
from entrepot.assembly.shop import Shop
from ports.errors import Unavailable
from ports.payments.gateway import GatewayStatus
from ports.payments.refunds import GatewayRefund, RefundRequest
from tests.bank import BACK, LINE, PARCEL, Bank, available, notification, place, state_of
from tests.factories import stock_up, yuan

pytestmark = pytest.mark.anyio

GOODWILL = RefundInput(reason=RefundReason.GOODWILL, actor="staff")


async def buy(shop: Shop, bank: Bank, cart: str = "cart", quantity: int = 2) -> PlacedOrder:
    """Place an order and pay it."""
    placed = await place(shop, cart, quantity)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, cart))
    bank.known = GatewayStatus.PENDING
    return placed


async def ship_and_deliver(shop: Shop, placed: PlacedOrder) -> None:
    await shop.ship_order()(placed.id, PARCEL, "staff")
    await shop.deliver_order()(placed.id, "carrier")


def details(remedy: Remedy = Remedy.REFUND, units: int = 1) -> ReturnInput:
    return ReturnInput(quantities={LINE: units}, reason=ReturnReason.DAMAGED, remedy=remedy)


async def inspected_return(shop: Shop, placed: PlacedOrder, wanted: ReturnInput) -> Return:
    """Request, approve, receive and inspect a return."""
    return_ = await shop.request_return()(placed.id, wanted)
    handle = shop.handle_return()
    await handle.approve(return_.id)
    await handle.receive(return_.id, "SF1234567890")
    await handle.inspect(return_.id, wanted.quantities, restock=True)
    return return_


async def test_partial_refunds_add_up_to_the_payment(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    request = shop.request_refund()
    await request(placed.id, replace(GOODWILL, quantities={LINE: 1}))
    await shop.send_refunds()()
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "partly_refunded"
    await request(placed.id, replace(GOODWILL, quantities={LINE: 1}, shipping=True))
    await shop.send_refunds()()
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "refunded"
    assert sum(each.minor for each in bank.given_back.values()) == payment.amount.minor
    async with shop.units()() as unit:
        sums = balances(await unit.payments.entries(payment.id), "CNY")
    assert (sums.captured, sums.refunded, sums.pending) == (payment.amount, payment.amount, yuan(0))


async def test_refunds_exceed_neither_the_payment_nor_the_units(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    request = shop.request_refund()
    (payment,) = await shop.order_queries().payments(placed.id)
    with pytest.raises(RefundTooLarge):
        await request(placed.id, replace(GOODWILL, amount=payment.amount + Money(1, "CNY")))
    await request(placed.id, replace(GOODWILL, quantities={LINE: 2}))
    with pytest.raises(RefundTooLarge):
        await request(placed.id, replace(GOODWILL, quantities={LINE: 1}))


async def test_concurrent_refunds_never_exceed_the_payment(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    (payment,) = await shop.order_queries().payments(placed.id)
    part = Money(payment.amount.minor // 3, "CNY")

    async def ask() -> bool:
        try:
            await shop.request_refund()(placed.id, replace(GOODWILL, amount=part))
        except RefundTooLarge:
            return False
        return True

    assert sum(await asyncio.gather(*(ask() for _ in range(10)))) == 3
    await asyncio.gather(*(shop.send_refunds()() for _ in range(4)))
    assert len(bank.given_back) == 3


async def test_a_refund_without_a_response_keeps_its_reference(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    bank.down = True
    await shop.request_refund()(placed.id, replace(GOODWILL, quantities={LINE: 1}))
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.state, refund.tries) == (RefundState.PENDING, 1)
    bank.down = False
    later = replace(shop.send_refunds(), now=lambda: datetime.now(UTC) + timedelta(hours=1))
    await later()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.state is RefundState.SUCCEEDED
    assert list(bank.given_back) == [refund.reference]


async def test_cancelling_a_paid_order_releases_stock_and_refunds(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank, quantity=4)
    assert await available(shop) == 6
    await shop.cancel_order()(placed.id, "customer")
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await available(shop) == 10
    await shop.send_refunds()()
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "refunded"
    with pytest.raises(IllegalTransition):
        await shop.cancel_order()(placed.id, "customer")


async def test_a_shipped_order_cannot_be_cancelled(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    parcel = Parcel(carrier="sf", tracking_number="SF1234567890", quantities={LINE: 1})
    await shop.ship_order()(placed.id, parcel, "staff")
    assert await state_of(shop, placed) is OrderStage.PARTLY_SHIPPED
    with pytest.raises(IllegalTransition):
        await shop.cancel_order()(placed.id, "customer")
    await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.SHIPPED


async def test_a_second_paid_payment_is_refunded(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    bank.known = second.known = GatewayStatus.PAID
    notifications = [("bank", bank, "n1"), ("second", second, "n2")]
    await asyncio.gather(
        *(
            shop.receive_notification()(name, notification(each.asked[0].reference, key))
            for name, each, key in notifications
        )
    )
    assert await state_of(shop, placed) is OrderStage.PAID
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.reason is RefundReason.PAID_TWICE
    await shop.send_refunds()()
    assert len({**bank.given_back, **second.given_back}) == 1


async def test_the_other_payments_of_a_paid_order_are_closed(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[0].reference))
    await shop.relay_events().drain()
    await shop.deliver_events().drain()
    assert second.known is GatewayStatus.CLOSED
    states = {each.gateway: each.state for each in await shop.order_queries().payments(placed.id)}
    assert states == {"bank": "paid", "second": "closed"}


@pytest.mark.usefixtures("bank")
async def test_a_payment_is_polled_until_it_expires_and_is_closed(
    shop: Shop,
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    assert await shop.poll_payments()() == 0
    soon = datetime.now(UTC) + timedelta(seconds=15)
    poll = replace(shop.poll_payments(), now=lambda: soon)
    counts = await asyncio.gather(*(poll() for _ in range(4)))
    assert sum(counts) == 1
    (payment,) = await shop.order_queries().payments(placed.id)
    assert (payment.state, payment.checks) == ("pending", 1)
    late = datetime.now(UTC) + timedelta(hours=2)
    await replace(shop.poll_payments(), now=lambda: late)()
    (payment,) = await shop.order_queries().payments(placed.id)
    assert (payment.state, payment.check_at) == ("closed", None)


async def test_a_payment_without_a_notification_is_found_by_polling(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    soon = datetime.now(UTC) + timedelta(seconds=15)
    await replace(shop.poll_payments(), now=lambda: soon)()
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_a_close_without_effect_is_found_by_a_query(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    closing = bank.says("?")

    async def close(payment: object) -> object:  # noqa: ARG001
        return replace(closing, status=GatewayStatus.CLOSED)

    monkeypatch.setattr(bank, "close", close)
    bank.known = GatewayStatus.PAID
    with pytest.raises(IllegalTransition):
        await shop.cancel_order()(placed.id, "customer")
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_a_return_is_restocked_and_refunded(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver(shop, placed)
    assert await available(shop) == 8
    return_ = await inspected_return(shop, placed, details())
    assert await available(shop) == 9
    await shop.refund_return()(return_.id, "staff")
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.amount, refund.state) == (yuan(168), RefundState.SUCCEEDED)
    (stored,) = await shop.order_queries().returns(placed.id)
    assert stored.state is ReturnState.REFUNDED
    with pytest.raises(IllegalTransition):
        await shop.refund_return()(return_.id, "staff")


async def test_a_return_is_exchanged_for_the_same_goods(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver(shop, placed)
    return_ = await inspected_return(shop, placed, details(Remedy.EXCHANGE))
    number = await shop.exchange_return()(return_.id)
    new = await shop.order_queries().find(number)
    assert new is not None
    assert (new.stage, new.total.minor, new.replaces) == (OrderStage.PAID, 0, placed.id)
    assert await available(shop) == 8
    await shop.ship_order()(new.id, PARCEL, "staff")


async def test_a_unit_is_returned_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver(shop, placed)

    async def ask() -> bool:
        try:
            await shop.request_return()(placed.id, details(units=2))
        except ReturnRefused:
            return False
        return True

    assert sum(await asyncio.gather(*(ask() for _ in range(5)))) == 1
    (first,) = await shop.order_queries().returns(placed.id)
    await shop.handle_return().withdraw(first.id)
    assert await ask()


async def test_undelivered_goods_cannot_be_returned(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    with pytest.raises(ReturnRefused):
        await shop.request_return()(placed.id, details())


async def test_a_rejected_return_has_a_reason(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver(shop, placed)
    return_ = await shop.request_return()(placed.id, details())
    await shop.handle_return().reject(return_.id, "It is not damaged.")
    (stored,) = await shop.order_queries().returns(placed.id)
    assert (stored.state, stored.answer) == (ReturnState.REJECTED, "It is not damaged.")


async def test_a_refund_is_retried_when_the_gateway_was_unavailable(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)

    async def unavailable(_request: RefundRequest) -> GatewayRefund:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(bank, "refund", unavailable)
        await shop.request_refund()(placed.id, replace(GOODWILL, quantities={LINE: 1}))
        await shop.send_refunds()()
    later = replace(shop.send_refunds(), now=lambda: datetime.now(UTC) + timedelta(hours=1))
    await later()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.state is RefundState.SUCCEEDED
