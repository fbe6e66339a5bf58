"""Holds of orders: what they block, and how they end."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.application.orders.cancellation import ExpireOrders
from core.application.orders.holds import EndHolds
from core.domain.errors import AlreadyExists, IllegalTransition, Invalid, NotFound
from core.domain.identifiers import OrderId
from core.domain.orders.holds import Blocked, Hold, HoldEnd, OrderHeld
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.application.test_returns import buy
from tests.bank import BACK, PARCEL, Bank, available, place, state_of
from tests.factories import stock_up

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def later(hours: float) -> datetime:
    return datetime.now(UTC) + hours * HOUR


def a_hold(*blocks: Blocked, hours: float = 2, then: HoldEnd = HoldEnd.LIFT) -> Hold:
    return Hold(
        code="group",
        blocks=frozenset(blocks or {Blocked.SHIP}),
        reason=Text({"zh": "等待成团", "en": "The group is not complete"}),
        until=later(hours),
        then=then,
    )


def ending(shop: Shop, hours: float) -> EndHolds:
    """The job as it runs ``hours`` from now."""
    at = later(hours)
    return replace(shop.end_holds(), now=lambda: at)


def expiring(shop: Shop, hours: float) -> ExpireOrders:
    at = later(hours)
    return replace(shop.expire_orders(), now=lambda: at)


async def order_of(shop: Shop, order_id: OrderId) -> Order:
    async with shop.units()() as unit:
        return await unit.orders.get(order_id)


async def test_a_held_order_is_not_shipped_until_the_hold_is_lifted(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.place_hold()(placed.id, a_hold(), "staff")
    with pytest.raises(OrderHeld):
        await shop.ship_order()(placed.id, PARCEL, "staff")
    await shop.lift_hold()(placed.id, "group", "staff")
    await shop.ship_order()(placed.id, PARCEL, "staff")
    order = await order_of(shop, placed.id)
    moves = [each.move for each in order.history]
    assert order.holds == ()
    assert moves == ["place", "pay", "hold", "lift_hold", "ship_rest"]


@pytest.mark.usefixtures("bank")
async def test_a_held_order_takes_no_payment_and_keeps_its_time_for_it(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop)
    before = (await order_of(shop, placed.id)).pay_before
    await shop.place_hold()(placed.id, a_hold(Blocked.PAY), "staff")
    with pytest.raises(OrderHeld):
        await shop.start_payment()(placed.id, BACK)
    held = (await order_of(shop, placed.id)).pay_before
    assert timedelta(hours=1.9) < held - before < timedelta(hours=2.1)
    assert await expiring(shop, 1)() == 0
    await shop.lift_hold()(placed.id, "group", "staff")
    assert (await order_of(shop, placed.id)).pay_before - before < timedelta(minutes=1)
    await shop.start_payment()(placed.id, BACK)


async def test_an_order_that_is_not_paid_after_its_hold_expires(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=3)
    await shop.place_hold()(placed.id, a_hold(Blocked.PAY), "staff")
    assert await expiring(shop, 1)() == 0
    assert await ending(shop, 2.1)() == 1
    assert await expiring(shop, 2.1)() == 0
    assert await expiring(shop, 4)() == 1
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await available(shop) == 10


async def test_two_holds_stop_the_time_for_the_payment_once(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop)
    before = (await order_of(shop, placed.id)).pay_before
    await shop.place_hold()(placed.id, a_hold(Blocked.PAY, hours=3), "staff")
    second = replace(a_hold(Blocked.PAY, hours=2), code="approval")
    await shop.place_hold()(placed.id, second, "staff")
    assert (await order_of(shop, placed.id)).pay_before - before < timedelta(hours=3.1)
    await shop.lift_hold()(placed.id, "group", "staff")
    moved = (await order_of(shop, placed.id)).pay_before - before
    assert timedelta(hours=1.9) < moved < timedelta(hours=2.1)


async def test_a_hold_ends_by_itself(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.place_hold()(placed.id, a_hold(), "staff")
    assert await ending(shop, 1)() == 0
    assert await ending(shop, 3)() == 1
    assert await ending(shop, 4)() == 0
    await shop.ship_order()(placed.id, PARCEL, "staff")


async def test_a_failed_group_is_cancelled_and_refunded_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    hold = a_hold(then=HoldEnd.CANCEL_AND_REFUND)
    await shop.place_hold()(placed.id, hold, "plugin")
    ended = await asyncio.gather(*(ending(shop, 3)() for _ in range(6)))
    await shop.send_refunds()()
    order = await order_of(shop, placed.id)
    assert sum(ended) == 1
    assert (order.stage, order.holds) == (OrderStage.CANCELLED, ())
    assert sum(each.minor for each in bank.given_back.values()) == order.total.minor
    assert await available(shop) == 10


async def test_lifting_and_ending_at_once_is_one_of_them(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    hold = a_hold(then=HoldEnd.CANCEL_AND_REFUND)
    await shop.place_hold()(placed.id, hold, "plugin")
    lifted, _ = await asyncio.gather(
        shop.lift_hold()(placed.id, "group", "staff"), ending(shop, 3)(), return_exceptions=True
    )
    stage = await state_of(shop, placed)
    assert stage is (OrderStage.CANCELLED if isinstance(lifted, NotFound) else OrderStage.PAID)


async def test_one_code_is_one_hold(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.place_hold()(placed.id, a_hold(), "staff")
    with pytest.raises(AlreadyExists):
        await shop.place_hold()(placed.id, a_hold(Blocked.PAY_OUT), "staff")
    with pytest.raises(NotFound):
        await shop.lift_hold()(placed.id, "other", "staff")


async def test_holds_that_cannot_work_are_refused(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    with pytest.raises(IllegalTransition):
        await shop.place_hold()(placed.id, a_hold(Blocked.PAY), "staff")
    with pytest.raises(Invalid, match="future"):
        await shop.place_hold()(placed.id, a_hold(hours=-1), "staff")
    with pytest.raises(Invalid, match="what the hold blocks"):
        replace(a_hold(), blocks=frozenset())
    with pytest.raises(Invalid, match="when this hold ends"):
        replace(a_hold(), until=None, then=HoldEnd.CANCEL_AND_REFUND)
    with pytest.raises(Invalid, match="must block the shipment"):
        a_hold(Blocked.PAY_OUT, then=HoldEnd.CANCEL_AND_REFUND)
    await shop.ship_order()(placed.id, PARCEL, "staff")
    hold = a_hold(then=HoldEnd.CANCEL_AND_REFUND)
    with pytest.raises(Invalid, match="package was sent"):
        await shop.place_hold()(placed.id, hold, "staff")


async def test_a_hold_and_its_end_are_events(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.place_hold()(placed.id, a_hold(), "staff")
    await shop.lift_hold()(placed.id, "group", "staff")
    envelopes = await shop.outbox().claim(later(1), 99)
    names = [type(each.event).__name__ for each in envelopes]
    assert names[-2:] == ["OrderHoldPlaced", "OrderHoldLifted"]
