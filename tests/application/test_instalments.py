"""Instalments: an order is paid in parts, one after the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from adapters.database.tables.stock import reservations
from core.application.orders.checkout import PlacedOrder
from core.domain.errors import IllegalTransition, Invalid
from core.domain.money import Money
from core.domain.orders.instalments import Instalment
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.payments.balances import Cover
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.application.test_chargebacks import kinds
from tests.application.test_order_money import money_of
from tests.application.test_purchases import expire, payments_of, refunds_of, report_paid
from tests.application.test_reconciliation import lines_of, today
from tests.application.test_refunds import order_of
from tests.application.test_returns import GOODWILL
from tests.bank import BACK, CART, Bank, available, notification, place, state_of
from tests.factories import stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

DEPOSIT, BALANCE = yuan(68), yuan(100)


def instalment(code: str, amount: Money, hours: float) -> Instalment:
    return Instalment(
        code=code, amount=amount, pay_before=datetime.now(UTC) + timedelta(hours=hours)
    )


async def place_in_parts(shop: Shop, cart: str = CART) -> PlacedOrder:
    """An order of 168 yuan: 68 within an hour, 100 within two days."""
    placed = await place(shop, cart)
    await shop.split_payment()(
        placed.id, [instalment("deposit", DEPOSIT, 1), instalment("balance", BALANCE, 48)]
    )
    return placed


async def pay_next(shop: Shop, bank: Bank, placed: PlacedOrder, key: str) -> Order:
    await shop.start_payment()(placed.id, BACK)
    await report_paid(shop, bank, key)
    return await order_of(shop, placed)


async def test_an_order_is_paid_by_its_last_instalment(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place_in_parts(shop)
    assert (await order_of(shop, placed)).due == DEPOSIT
    order = await pay_next(shop, bank, placed, "n1")
    assert bank.asked[-1].amount == DEPOSIT
    assert (order.stage, order.due) == (OrderStage.PLACED, BALANCE)
    assert [each.move for each in order.history] == ["place", "instalment_paid"]
    assert order.pay_before == order.instalments[1].pay_before
    async with shop.database().reads.connect() as connection:
        assert await connection.scalar(select(reservations.c.expires_at)) == order.pay_before
    money = await money_of(shop, placed)
    assert (money.outstanding, money.charge_status) == (BALANCE, Cover.PARTIAL)
    assert await violations(shop.database()) == []
    order = await pay_next(shop, bank, placed, "n2")
    assert bank.asked[-1].amount == BALANCE
    assert (order.stage, order.due) == (OrderStage.PAID, yuan(0))
    assert (await money_of(shop, placed)).charge_status is Cover.FULL
    stored = await kinds(shop)
    assert (stored.count("InstalmentPaid"), stored.count("OrderPaid")) == (1, 1)
    assert await violations(shop.database()) == []


async def test_an_order_waits_for_the_next_instalment_and_then_its_money_goes_back(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place_in_parts(shop)
    await pay_next(shop, bank, placed, "n1")
    assert await expire(shop, 24) == 0
    assert await expire(shop, 49) == 1
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.amount, refund.instalment) == (DEPOSIT, "deposit")
    assert await available(shop) == 10
    await shop.send_refunds()()
    money = await money_of(shop, placed)
    assert (money.balances.refunded, money.outstanding) == (DEPOSIT, yuan(0))
    assert await violations(shop.database()) == []


async def test_an_order_whose_first_instalment_is_missed_expires(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place_in_parts(shop)
    await shop.start_payment()(placed.id, BACK)
    assert await expire(shop, 2) == 1
    await report_paid(shop, bank)
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await refunds_of(shop, placed) == [(DEPOSIT, RefundReason.PAID_TOO_LATE)]
    assert await violations(shop.database()) == []


async def test_an_instalment_that_is_paid_twice_does_not_pay_the_next_one(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    placed = await place_in_parts(shop)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    await pay_next(shop, bank, placed, "n1")
    second.known = GatewayStatus.PAID
    await shop.receive_notification()("second", notification(second.asked[0].reference, "n2"))
    assert (await order_of(shop, placed)).due == BALANCE
    assert await refunds_of(shop, placed) == [(DEPOSIT, RefundReason.PAID_TWICE)]
    assert await violations(shop.database()) == []


async def test_a_paid_instalment_closes_the_other_payments_of_it(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    shop.gateways().by_code["second"] = Bank()  # type: ignore[index]
    placed = await place_in_parts(shop)
    await shop.start_payment()(placed.id, replace(BACK, gateway="second"))
    await pay_next(shop, bank, placed, "n1")
    await shop.start_payment()(placed.id, BACK)
    await shop.relay_events().drain()
    await shop.deliver_events().drain()
    states = {
        (each.gateway, each.shares[0].instalment): each.state
        for each in await payments_of(shop, placed)
    }
    assert states == {
        ("second", "deposit"): "closed",
        ("bank", "deposit"): "paid",
        ("bank", "balance"): "pending",
    }


async def test_refunds_of_an_order_that_is_paid_in_parts_name_the_instalment(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place_in_parts(shop)
    await pay_next(shop, bank, placed, "n1")
    with pytest.raises(IllegalTransition):
        await shop.request_refund()(placed.id, replace(GOODWILL, amount=yuan(1)))
    await pay_next(shop, bank, placed, "n2")
    await shop.request_refund()(placed.id, replace(GOODWILL, amount=BALANCE))
    await shop.cancel_order()(placed.id, "customer")
    refunds = await shop.order_queries().refunds(placed.id)
    assert [(each.amount, each.instalment) for each in refunds] == [
        (BALANCE, "balance"),
        (DEPOSIT, "deposit"),
    ]
    assert await violations(shop.database()) == []


async def test_an_order_with_a_paid_instalment_is_no_difference(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place_in_parts(shop)
    await pay_next(shop, bank, placed, "n1")
    bank.lines = await lines_of(shop, placed)
    assert (await shop.reconcile()("bank", today())).differences == ()


async def test_orders_of_a_purchase_are_paid_in_parts(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    parts, whole = await place_in_parts(shop, "parts"), await place(shop, "whole")
    await shop.combine_orders()([parts.id, whole.id])
    await shop.start_payment()(whole.id, BACK)
    assert bank.asked[-1].amount == DEPOSIT + yuan(168)
    await report_paid(shop, bank)
    assert await state_of(shop, whole) is OrderStage.PAID
    await shop.start_payment()(parts.id, BACK)
    assert bank.asked[-1].amount == BALANCE
    await report_paid(shop, bank, "n2")
    assert await state_of(shop, parts) is OrderStage.PAID
    assert await violations(shop.database()) == []


async def test_instalments_are_the_total_in_the_order_of_their_limits(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    deposit, balance = instalment("deposit", DEPOSIT, 1), instalment("balance", BALANCE, 48)
    split = shop.split_payment()
    for wrong in (
        [deposit],
        [deposit, replace(balance, amount=yuan(99))],
        [deposit, replace(balance, code="deposit")],
        [deposit, replace(balance, pay_before=deposit.pay_before)],
        [replace(deposit, pay_before=datetime.now(UTC)), balance],
        [],
    ):
        with pytest.raises(Invalid):
            await split(placed.id, wrong)
    with pytest.raises(Invalid):
        instalment("De posit", DEPOSIT, 1)
    with pytest.raises(Invalid):
        instalment("deposit", yuan(0), 1)
    await shop.start_payment()(placed.id, BACK)
    with pytest.raises(Invalid, match="own payments"):
        await split(placed.id, [deposit, balance])
    other = await place_in_parts(shop, "other")
    with pytest.raises(Invalid, match="already"):
        await split(other.id, [deposit, balance])
    await report_paid(shop, bank)
    with pytest.raises(IllegalTransition):
        await split(placed.id, [deposit, balance])
