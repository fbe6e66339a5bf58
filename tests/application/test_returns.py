"""Money and goods on their way back: refunds, returns, exchanges, and cancelling what is paid."""

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
from ports.errors import Rejected, Unavailable
from ports.payments.gateway import GatewayStatus
from ports.payments.refunds import GatewayRefund, RefundRequest
from tests.bank import BACK, PARCEL, SMALL, Bank, available, notification, place, state_of
from tests.factories import stock_up, yuan

pytestmark = pytest.mark.anyio

GOODWILL = RefundInput(reason=RefundReason.GOODWILL, actor="staff")


async def buy(shop: Shop, bank: Bank, cart: str = "cart", quantity: int = 2) -> PlacedOrder:
    """Bought and paid."""
    placed = await place(shop, cart, quantity)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, cart))
    bank.known = GatewayStatus.PENDING
    return placed


async def receive(shop: Shop, placed: PlacedOrder) -> None:
    await shop.ship_order()(placed.id, PARCEL, "staff")
    await shop.deliver_order()(placed.id, "carrier")


def details(remedy: Remedy = Remedy.REFUND, units: int = 1) -> ReturnInput:
    return ReturnInput(quantities={SMALL: units}, reason=ReturnReason.DAMAGED, remedy=remedy)


async def sent_back(shop: Shop, placed: PlacedOrder, wanted: ReturnInput) -> Return:
    """Asked for, approved, received and inspected."""
    goods_back = await shop.request_return()(placed.id, wanted)
    handle = shop.handle_return()
    await handle.approve(goods_back.id)
    await handle.receive(goods_back.id, "SF1234567890")
    await handle.inspect(goods_back.id, wanted.quantities, restock=True)
    return goods_back


async def test_refunds_in_parts_end_with_everything_back(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    request = shop.request_refund()
    await request(placed.id, replace(GOODWILL, quantities={SMALL: 1}))
    await shop.send_refunds()()
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "partly_refunded"
    await request(placed.id, replace(GOODWILL, quantities={SMALL: 1}, shipping=True))
    await shop.send_refunds()()
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "refunded"
    assert sum(each.minor for each in bank.given_back.values()) == payment.amount.minor
    async with shop.units()() as unit:
        sums = balances(await unit.payments.entries(payment.id), "CNY")
    assert (sums.captured, sums.refunded, sums.pending) == (payment.amount, payment.amount, yuan(0))


async def test_no_more_is_given_back_than_was_paid_and_no_unit_twice(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    request = shop.request_refund()
    (payment,) = await shop.order_queries().payments(placed.id)
    with pytest.raises(RefundTooLarge):
        await request(placed.id, replace(GOODWILL, amount=payment.amount + Money(1, "CNY")))
    await request(placed.id, replace(GOODWILL, quantities={SMALL: 2}))
    with pytest.raises(RefundTooLarge):
        await request(placed.id, replace(GOODWILL, quantities={SMALL: 1}))


async def test_refunds_asked_for_at_once_stay_within_what_was_paid(shop: Shop, bank: Bank) -> None:
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


async def test_a_refund_whose_answer_is_lost_keeps_its_number(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    bank.down = True
    await shop.request_refund()(placed.id, replace(GOODWILL, quantities={SMALL: 1}))
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.state, refund.tries) == (RefundState.PENDING, 1)
    bank.down = False
    later = replace(shop.send_refunds(), now=lambda: datetime.now(UTC) + timedelta(hours=1))
    await later()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.state is RefundState.SUCCEEDED
    assert list(bank.given_back) == [refund.reference]


async def test_what_the_gateway_refuses_can_be_given_back_in_another_way(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)

    async def refuse(_request: RefundRequest) -> GatewayRefund:
        raise Rejected("the trade is finished")

    monkeypatch.setattr(bank, "refund", refuse)
    await shop.request_refund()(placed.id, replace(GOODWILL, quantities={SMALL: 2}))
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.state, refund.failure) == (RefundState.FAILED, "the trade is finished")
    await shop.request_refund()(placed.id, replace(GOODWILL, quantities={SMALL: 2}))


async def test_cancelling_what_is_paid_gives_goods_and_money_back(shop: Shop, bank: Bank) -> None:
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


async def test_what_is_on_its_way_cannot_be_cancelled(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    parcel = Parcel(carrier="sf", tracking_number="SF1234567890", quantities={SMALL: 1})
    await shop.ship_order()(placed.id, parcel, "staff")
    assert await state_of(shop, placed) is OrderStage.PARTLY_SHIPPED
    with pytest.raises(IllegalTransition):
        await shop.cancel_order()(placed.id, "customer")
    await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.SHIPPED


async def test_two_attempts_that_are_both_paid_are_one_payment_and_one_refund(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    bank.known = second.known = GatewayStatus.PAID
    told = [("bank", bank, "n1"), ("second", second, "n2")]
    await asyncio.gather(
        *(
            shop.receive_notification()(name, notification(each.asked[0].reference, key))
            for name, each, key in told
        )
    )
    assert await state_of(shop, placed) is OrderStage.PAID
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.reason is RefundReason.PAID_TWICE
    await shop.send_refunds()()
    assert len({**bank.given_back, **second.given_back}) == 1


async def test_once_an_order_is_paid_its_other_attempts_are_closed(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[0].reference))
    await shop.relay_events().drain()
    assert second.known is GatewayStatus.CLOSED
    states = {each.gateway: each.state for each in await shop.order_queries().payments(placed.id)}
    assert states == {"bank": "paid", "second": "closed"}


@pytest.mark.usefixtures("bank")
async def test_an_attempt_is_polled_until_its_time_is_over_and_then_closed(
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


async def test_a_payment_that_nobody_told_us_of_is_found_by_polling(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    soon = datetime.now(UTC) + timedelta(seconds=15)
    await replace(shop.poll_payments(), now=lambda: soon)()
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_a_gateway_that_closes_politely_and_is_paid_all_the_same(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a close the gateway is asked once more."""
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


async def test_goods_come_back_and_are_paid_back(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await receive(shop, placed)
    assert await available(shop) == 8
    goods_back = await sent_back(shop, placed, details())
    assert await available(shop) == 9
    await shop.refund_return()(goods_back.id, "staff")
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.amount, refund.state) == (yuan(168), RefundState.SUCCEEDED)
    (known,) = await shop.order_queries().returns(placed.id)
    assert known.state is ReturnState.REFUNDED
    with pytest.raises(IllegalTransition):
        await shop.refund_return()(goods_back.id, "staff")


async def test_goods_are_exchanged_for_the_same(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await receive(shop, placed)
    goods_back = await sent_back(shop, placed, details(Remedy.EXCHANGE))
    number = await shop.exchange_return()(goods_back.id)
    new = await shop.order_queries().find(number)
    assert new is not None
    assert (new.stage, new.total.minor, new.replaces) == (OrderStage.PAID, 0, placed.id)
    assert await available(shop) == 8
    await shop.ship_order()(new.id, PARCEL, "staff")


async def test_the_same_units_are_sent_back_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await receive(shop, placed)

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


async def test_goods_that_have_not_arrived_are_not_taken_back(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    with pytest.raises(ReturnRefused):
        await shop.request_return()(placed.id, details())


async def test_a_rejected_return_says_why(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await receive(shop, placed)
    goods_back = await shop.request_return()(placed.id, details())
    await shop.handle_return().reject(goods_back.id, "It is not damaged.")
    (known,) = await shop.order_queries().returns(placed.id)
    assert (known.state, known.answer) == (ReturnState.REJECTED, "It is not damaged.")


async def test_an_unavailable_gateway_leaves_the_refund_for_later(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)

    async def away(_request: RefundRequest) -> GatewayRefund:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(bank, "refund", away)
        await shop.request_refund()(placed.id, replace(GOODWILL, quantities={SMALL: 1}))
        await shop.send_refunds()()
    later = replace(shop.send_refunds(), now=lambda: datetime.now(UTC) + timedelta(hours=1))
    await later()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.state is RefundState.SUCCEEDED
