"""The balances of an order's money, from its payments and their ledgers."""

from dataclasses import replace

import pytest

from core.application.orders.checkout import PlacedOrder
from core.application.payments.money import MoneyView, money_view
from core.domain.payments.balances import Cover
from core.domain.returns import Remedy
from entrepot.assembly.shop import Shop
from ports.errors import Rejected
from tests.application.test_failed_refunds import MoodyBank
from tests.application.test_returns import GOODWILL, buy, details, inspected_return
from tests.application.test_returns import ship_and_deliver as ship_and_deliver_all
from tests.bank import BACK, LINE, Bank, place
from tests.factories import stock_up, yuan

pytestmark = pytest.mark.anyio

ONE = replace(GOODWILL, quantities={LINE: 1})


async def money_of(shop: Shop, placed: PlacedOrder) -> MoneyView:
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return money_view(order, await shop.order_queries().ledgers(order.id))


async def test_a_payment_that_waits_is_pending(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    money = await money_of(shop, placed)
    assert money.balances.charge_pending == bank.amount == money.outstanding
    assert money.charge_status is Cover.NONE


async def test_a_refund_of_goods_leaves_nothing_outstanding(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    assert (await money_of(shop, placed)).charge_status is Cover.FULL
    await shop.request_refund()(placed.id, replace(ONE, amount=yuan(100)))
    pending = await money_of(shop, placed)
    assert (pending.balances.refund_pending, pending.reimbursed) == (yuan(100), yuan(100))
    await shop.send_refunds()()
    done = await money_of(shop, placed)
    assert (done.balances.refunded, done.balances.refund_pending) == (yuan(100), yuan(0))
    assert (done.outstanding, done.charge_status) == (yuan(0), Cover.FULL)


async def test_a_refund_that_failed_is_still_owed_to_the_buyer(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, ONE)
    refusing = MoodyBank()
    refusing.mood = Rejected("no card")
    shop.gateways().by_code["bank"] = refusing  # type: ignore[index]
    await shop.send_refunds()()
    money = await money_of(shop, placed)
    assert (money.outstanding, money.charge_status) == (yuan(-168), Cover.OVERCHARGED)


async def test_goods_that_are_exchanged_are_not_reimbursed(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await ship_and_deliver_all(shop, placed)
    return_ = await inspected_return(shop, placed, details(Remedy.EXCHANGE))
    number = await shop.exchange_return()(return_.id)
    money = await money_of(shop, placed)
    assert (money.reimbursed, money.outstanding) == (yuan(0), yuan(0))
    exchange = await shop.order_queries().find(number)
    assert exchange is not None
    await shop.cancel_order()(exchange.id, "customer")
    refunded = await money_of(shop, placed)
    assert (refunded.reimbursed, refunded.outstanding) == (yuan(168), yuan(0))


async def test_a_cancelled_order_costs_nothing(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.cancel_order()(placed.id, "customer")
    await shop.send_refunds()()
    money = await money_of(shop, placed)
    assert money.balances.charged == money.outstanding == yuan(0)
    assert money.balances.refunded == money.reimbursed
