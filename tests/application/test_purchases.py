"""Purchases: several orders are paid together, and each has its share of the payment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import PlacedOrder
from core.application.payments.chargebacks import ChargebackInput
from core.application.payments.start import AuthorizeFirst
from core.domain.carts import Delivery
from core.domain.errors import IllegalTransition, Invalid, NotFound, RefundTooLarge
from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.orders.states import OrderStage
from core.domain.payments.balances import Cover
from core.domain.payments.payment import Payment, PaymentState
from core.domain.payments.refund import RefundReason
from core.domain.payments.shares import Share
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.application.test_order_money import money_of
from tests.application.test_reconciliation import lines_of, today
from tests.application.test_returns import GOODWILL
from tests.bank import BACK, PARCEL, SMALL, Bank, checkout, notification, place, state_of
from tests.factories import ADDRESS, stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

FIRST, SECOND = yuan(168), yuan(336)
BOTH = yuan(504)


async def two_orders(shop: Shop) -> tuple[PlacedOrder, PlacedOrder]:
    """Orders of 168 and 336 yuan of one buyer, in one purchase."""
    await stock_up(shop)
    one, two = await place(shop, "one"), await place(shop, "two", quantity=2)
    await shop.combine_orders()([one.id, two.id])
    return one, two


async def report_paid(shop: Shop, bank: Bank, key: str = "n1") -> None:
    """The bank says that the last payment is paid."""
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, key))
    bank.known = GatewayStatus.PENDING


async def two_paid_orders(shop: Shop, bank: Bank) -> tuple[PlacedOrder, PlacedOrder]:
    one, two = await two_orders(shop)
    await shop.start_payment()(one.id, BACK)
    await report_paid(shop, bank)
    return one, two


async def states_of(shop: Shop, *orders: PlacedOrder) -> list[OrderStage]:
    return [await state_of(shop, each) for each in orders]


async def payments_of(shop: Shop, placed: PlacedOrder) -> tuple[Payment, ...]:
    return await shop.order_queries().payments(placed.id)


async def refunds_of(shop: Shop, placed: PlacedOrder) -> list[tuple[Money, RefundReason]]:
    return [(each.amount, each.reason) for each in await shop.order_queries().refunds(placed.id)]


async def expire(shop: Shop, hours: float = 2) -> int:
    later = datetime.now(UTC) + timedelta(hours=hours)
    return await replace(shop.expire_orders(), now=lambda: later)()


async def test_one_payment_pays_all_orders_of_a_purchase(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(two.id, BACK)
    assert bank.asked[-1].amount == BOTH
    await report_paid(shop, bank)
    assert await states_of(shop, one, two) == [OrderStage.PAID] * 2
    (payment,) = await payments_of(shop, one)
    assert payment.shares == (
        Share(order_id=one.id, amount=FIRST),
        Share(order_id=two.id, amount=SECOND),
    )
    assert [each.reference for each in await payments_of(shop, two)] == [payment.reference]
    for placed, amount in ((one, FIRST), (two, SECOND)):
        money = await money_of(shop, placed)
        assert (money.balances.charged, money.charge_status) == (amount, Cover.FULL)
    assert await violations(shop.database()) == []


async def test_each_order_of_a_purchase_starts_the_same_payment(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(one.id, BACK)
    await shop.start_payment()(two.id, BACK)
    first, second = bank.asked
    assert (first.reference, first.amount) == (second.reference, second.amount)


async def test_an_order_that_is_cancelled_meanwhile_gets_its_share_back(
    shop: Shop, bank: Bank
) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(one.id, BACK)
    await shop.cancel_order()(one.id, "customer")
    await report_paid(shop, bank)
    assert await states_of(shop, one, two) == [OrderStage.CANCELLED, OrderStage.PAID]
    assert await refunds_of(shop, one) == [(FIRST, RefundReason.PAID_TOO_LATE)]
    assert await refunds_of(shop, two) == []
    await shop.send_refunds()()
    assert (await money_of(shop, one)).balances.refunded == FIRST
    assert (await money_of(shop, two)).balances.refunded == yuan(0)
    assert await violations(shop.database()) == []


async def test_the_next_payment_is_without_the_order_that_was_cancelled(
    shop: Shop, bank: Bank
) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(two.id, BACK)
    await shop.cancel_order()(one.id, "customer")
    bank.known = GatewayStatus.PENDING
    await shop.start_payment()(two.id, BACK)
    assert bank.asked[-1].amount == SECOND
    assert [each.state for each in await payments_of(shop, two)] == ["closed", "pending"]
    with pytest.raises(IllegalTransition):
        await shop.start_payment()(one.id, BACK)
    await report_paid(shop, bank)
    assert await states_of(shop, one, two) == [OrderStage.CANCELLED, OrderStage.PAID]
    assert await violations(shop.database()) == []


async def test_a_payment_of_what_was_due_before_is_closed_first(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(two.id, BACK)
    early = datetime.now(UTC) + timedelta(minutes=1)
    async with shop.units()() as unit:
        order = await unit.orders.get_for_update(one.id)
        order.pay_before = early
        await unit.orders.save(order)
        await unit.commit()
    later = replace(shop.start_payment(), now=lambda: early)
    await later(two.id, BACK)
    assert [each.amount for each in bank.asked] == [BOTH, SECOND]
    assert [each.state for each in await payments_of(shop, two)] == ["closed", "pending"]


async def test_money_for_orders_that_expired_together_is_returned(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(one.id, BACK)
    assert await expire(shop) == 2
    await report_paid(shop, bank)
    assert await states_of(shop, one, two) == [OrderStage.CANCELLED] * 2
    await shop.send_refunds()()
    (payment,) = await payments_of(shop, two)
    assert payment.state is PaymentState.REFUNDED
    assert await violations(shop.database()) == []


async def test_money_that_comes_twice_is_returned_for_each_order(shop: Shop, bank: Bank) -> None:
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    one, two = await two_orders(shop)
    await shop.start_payment()(one.id, BACK)
    await shop.start_payment()(two.id, replace(BACK, gateway="second"))
    await report_paid(shop, bank)
    second.known = GatewayStatus.PAID
    await shop.receive_notification()("second", notification(second.asked[0].reference, "n2"))
    assert await refunds_of(shop, one) == [(FIRST, RefundReason.PAID_TWICE)]
    assert await refunds_of(shop, two) == [(SECOND, RefundReason.PAID_TWICE)]
    assert await violations(shop.database()) == []


async def test_a_refund_is_at_most_the_share_of_its_order(shop: Shop, bank: Bank) -> None:
    one, two = await two_paid_orders(shop, bank)
    for amount in (BOTH, FIRST + yuan(1)):
        with pytest.raises(RefundTooLarge) as refused:
            await shop.request_refund()(one.id, replace(GOODWILL, amount=amount))
        assert refused.value.left == FIRST
    await shop.request_refund()(one.id, replace(GOODWILL, amount=yuan(100)))
    with pytest.raises(RefundTooLarge):
        await shop.request_refund()(one.id, replace(GOODWILL, amount=yuan(69)))
    await shop.request_refund()(one.id, replace(GOODWILL, amount=yuan(68)))
    # All money of the first order is returned, so it is not sent any more; the other one is.
    assert await states_of(shop, one, two) == [OrderStage.CANCELLED, OrderStage.PAID]
    await shop.cancel_order()(two.id, "customer")
    assert await refunds_of(shop, two) == [(SECOND, RefundReason.ORDER_CANCELLED)]
    await shop.send_refunds()()
    (payment,) = await payments_of(shop, one)
    assert payment.state is PaymentState.REFUNDED
    assert await violations(shop.database()) == []


async def test_orders_bear_a_chargeback_by_what_is_left_of_their_shares(
    shop: Shop, bank: Bank
) -> None:
    one, two = await two_paid_orders(shop, bank)
    await shop.request_refund()(two.id, replace(GOODWILL, amount=SECOND - FIRST))
    (payment,) = await payments_of(shop, one)
    details = ChargebackInput(case="D-1", taken=yuan(200))
    for _ in range(2):
        await shop.record_chargeback()(two.id, payment.reference, details)
    for placed in (one, two):
        money = await money_of(shop, placed)
        assert money.balances.charged == yuan(68)
        with pytest.raises(RefundTooLarge):
            await shop.request_refund()(placed.id, replace(GOODWILL, amount=yuan(69)))
    assert await violations(shop.database()) == []
    await shop.reinstate_chargeback()(one.id, payment.reference, "D-1")
    assert (await money_of(shop, one)).balances.charged == FIRST
    assert await violations(shop.database()) == []


async def test_an_authorization_is_released_when_no_order_needs_it(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    authorize = replace(shop.start_payment(), authorize_first=AuthorizeFirst(True))
    await authorize(one.id, BACK)
    bank.known = GatewayStatus.AUTHORIZED
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    assert await states_of(shop, one, two) == [OrderStage.PAID] * 2
    await shop.cancel_order()(one.id, "customer")
    (payment,) = await payments_of(shop, two)
    assert payment.state is PaymentState.AUTHORIZED
    assert await violations(shop.database()) == []
    await shop.cancel_order()(two.id, "customer")
    (payment,) = await payments_of(shop, two)
    assert payment.state is PaymentState.VOIDING
    assert await violations(shop.database()) == []


async def test_a_capture_returns_the_shares_of_cancelled_orders(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    authorize = replace(shop.start_payment(), authorize_first=AuthorizeFirst(True))
    await authorize(one.id, BACK)
    bank.known = GatewayStatus.AUTHORIZED
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    await shop.cancel_order()(one.id, "customer")
    await shop.ship_order()(two.id, PARCEL, "staff")
    (payment,) = await payments_of(shop, two)
    assert payment.state is PaymentState.PAID
    assert await refunds_of(shop, one) == [(FIRST, RefundReason.PAID_TOO_LATE)]
    assert await refunds_of(shop, two) == []
    assert await violations(shop.database()) == []


async def test_an_authorization_that_ends_cancels_the_orders_that_need_it(
    shop: Shop, bank: Bank
) -> None:
    one, two = await two_orders(shop)
    authorize = replace(shop.start_payment(), authorize_first=AuthorizeFirst(True))
    await authorize(one.id, BACK)
    bank.known = GatewayStatus.AUTHORIZED
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    await shop.cancel_order()(one.id, "customer")
    bank.known = GatewayStatus.CLOSED
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, "n2"))
    assert await states_of(shop, one, two) == [OrderStage.CANCELLED] * 2
    assert await violations(shop.database()) == []


async def test_money_of_a_payment_before_the_combination_is_found(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    one, two = await place(shop, "one"), await place(shop, "two", quantity=2)
    await shop.start_payment()(one.id, BACK)
    (payment,) = await payments_of(shop, one)
    assert await shop.close_payment()(payment)
    await shop.combine_orders()([one.id, two.id])
    await report_paid(shop, bank)
    assert await states_of(shop, one, two) == [OrderStage.PAID, OrderStage.PLACED]
    await shop.start_payment()(two.id, BACK)
    assert bank.asked[-1].amount == SECOND
    assert await violations(shop.database()) == []


async def test_only_open_orders_of_one_buyer_are_combined(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    one, two = await place(shop, "one"), await place(shop, "two")
    stranger = await place_for(shop, "stranger@example.com")
    combine = shop.combine_orders()
    refused: tuple[tuple[Sequence[OrderId], type[Exception]], ...] = (
        ([one.id], Invalid),
        ([one.id, one.id], Invalid),
        ([one.id, stranger.id], Invalid),
        ([one.id, OrderId(UUID(int=1))], NotFound),
    )
    for order_ids, error in refused:
        with pytest.raises(error):
            await combine(order_ids)
    await shop.start_payment()(two.id, BACK)
    with pytest.raises(Invalid, match="own payments"):
        await combine([one.id, two.id])
    await report_paid(shop, bank)
    with pytest.raises(IllegalTransition):
        await combine([one.id, two.id])
    three = await place(shop, "three")
    await combine([one.id, three.id])
    with pytest.raises(Invalid, match="own payments"):
        await combine([one.id, three.id])


async def place_for(shop: Shop, contact: str) -> PlacedOrder:
    owner = CartOwner(token=contact)
    await shop.add_to_cart()(owner, SMALL, 1)
    await shop.set_delivery()(owner, Delivery(contact=contact, address=ADDRESS))
    return await shop.place_order()(owner, await checkout(shop, owner))


async def test_a_purchase_is_reconciled(shop: Shop, bank: Bank) -> None:
    one, two = await two_paid_orders(shop, bank)
    await shop.request_refund()(one.id, replace(GOODWILL, amount=yuan(100)))
    await shop.send_refunds()()
    bank.lines = await lines_of(shop, one)
    report = await shop.reconcile()("bank", today())
    assert (report.lines, report.differences) == (2, ())
    async with shop.units()() as unit:
        order = await unit.orders.get_for_update(two.id)
        order.state = order.state.__class__.PLACED
        await unit.orders.save(order)
        await unit.commit()
    (difference,) = (await shop.reconcile()("bank", today())).differences
    assert (difference.kind, difference.order_number) == ("order", two.number)
