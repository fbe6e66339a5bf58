"""Authorized payments: captured once at the first shipment, or voided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.application.orders.checkout import PlacedOrder
from core.application.payments.refunds import RefundInput
from core.application.payments.start import AuthorizeFirst
from core.domain.errors import CapturePending, IllegalTransition, Invalid
from core.domain.orders.states import OrderStage
from core.domain.payments.ledger import Balances
from core.domain.payments.payment import Payment
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.errors import OutcomeUnknown, Rejected
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentReference
from tests.bank import BACK, LINE, PARCEL, Bank, available, notification, place, state_of
from tests.factories import stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio


@pytest.fixture
async def placed(shop: Shop, bank: Bank) -> PlacedOrder:
    """An order with an authorized payment."""
    await stock_up(shop)
    placed = await place(shop, quantity=2)
    await replace(shop.start_payment(), authorize_first=AuthorizeFirst(True))(placed.id, BACK)
    bank.known = GatewayStatus.AUTHORIZED
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    return placed


async def payment_of(shop: Shop, placed: PlacedOrder) -> Payment:
    (payment,) = await shop.order_queries().payments(placed.id)
    return payment


async def sums_of(shop: Shop, placed: PlacedOrder) -> Balances:
    (ledger,) = await shop.order_queries().ledgers(placed.id)
    return ledger.sums


async def poll(shop: Shop, hours: float = 2) -> None:
    at = datetime.now(UTC) + timedelta(hours=hours)
    await replace(shop.poll_payments(), now=lambda: at)()


async def test_an_authorization_pays_the_order_and_is_captured_with_the_first_parcel(
    shop: Shop, bank: Bank, placed: PlacedOrder
) -> None:
    assert await state_of(shop, placed) is OrderStage.PAID
    amount = (await payment_of(shop, placed)).amount
    before = await sums_of(shop, placed)
    assert (before.authorized, before.captured) == (amount, yuan(0))
    await shop.ship_order()(placed.id, replace(PARCEL, quantities={LINE: 1}), "staff")
    after = await sums_of(shop, placed)
    assert (after.authorized, after.captured) == (yuan(0), amount)
    bank.known = GatewayStatus.CLOSED
    await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.SHIPPED
    assert await violations(shop.database()) == []


async def test_a_parcel_that_cannot_be_shipped_captures_nothing(
    shop: Shop, placed: PlacedOrder
) -> None:
    with pytest.raises(Invalid):
        await shop.ship_order()(placed.id, replace(PARCEL, quantities={LINE: 3}), "staff")
    assert (await payment_of(shop, placed)).state == "authorized"


async def test_cancelling_voids_the_authorization(
    shop: Shop, bank: Bank, placed: PlacedOrder
) -> None:
    await shop.cancel_order()(placed.id, "customer")
    assert (await payment_of(shop, placed)).state == "voiding"
    bank.down = True
    await poll(shop)
    assert (await payment_of(shop, placed)).state == "voiding"
    bank.down = False
    await poll(shop, 4)
    assert bank.known is GatewayStatus.CLOSED
    payment = await payment_of(shop, placed)
    assert (payment.state, payment.check_at) == ("voided", None)
    assert (await sums_of(shop, placed)).authorized == yuan(0)
    assert await shop.order_queries().refunds(placed.id) == ()
    assert await available(shop) == 10
    assert await violations(shop.database()) == []


async def test_a_capture_after_the_cancellation_is_refunded(
    shop: Shop, bank: Bank, placed: PlacedOrder
) -> None:
    await shop.cancel_order()(placed.id, "customer")
    bank.known = GatewayStatus.PAID
    await poll(shop)
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.amount == (await payment_of(shop, placed)).amount
    assert await violations(shop.database()) == []


async def test_an_authorization_that_lapsed_cancels_its_order(
    shop: Shop, bank: Bank, placed: PlacedOrder
) -> None:
    bank.known = GatewayStatus.CLOSED
    with pytest.raises(Rejected):
        await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert (await payment_of(shop, placed)).state == "voided"
    assert await available(shop) == 10
    assert await violations(shop.database()) == []


async def test_a_lapsed_authorization_is_found_by_polling(
    shop: Shop, bank: Bank, placed: PlacedOrder
) -> None:
    await poll(shop)
    assert (await payment_of(shop, placed)).state == "authorized"
    bank.known = GatewayStatus.CLOSED
    await poll(shop, 6)
    assert await state_of(shop, placed) is OrderStage.CANCELLED


async def test_the_outcome_of_an_uncertain_capture_is_found_by_polling(
    shop: Shop, bank: Bank, placed: PlacedOrder
) -> None:
    bank.down = True
    with pytest.raises(OutcomeUnknown):
        await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.PAID
    with pytest.raises(IllegalTransition):
        await shop.cancel_order()(placed.id, "customer")
    bank.down = False
    await poll(shop)
    assert (await payment_of(shop, placed)).state == "paid"
    await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await violations(shop.database()) == []


async def test_a_capture_that_did_not_happen_leaves_the_payment_authorized(
    shop: Shop, bank: Bank, placed: PlacedOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        raise OutcomeUnknown

    with monkeypatch.context() as patch:
        patch.setattr(bank, "capture", lost)
        with pytest.raises(OutcomeUnknown):
            await shop.ship_order()(placed.id, PARCEL, "staff")
    await poll(shop)
    assert (await payment_of(shop, placed)).state == "authorized"
    await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.SHIPPED


async def test_a_parcel_is_not_recorded_while_the_capture_is_pending(
    shop: Shop, bank: Bank, placed: PlacedOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pending(payment: PaymentReference, *_: object) -> GatewayPayment:
        return replace(bank.says(payment.reference), status=GatewayStatus.PENDING, amount=None)

    with monkeypatch.context() as patch:
        patch.setattr(bank, "capture", pending)
        with pytest.raises(CapturePending):
            await shop.ship_order()(placed.id, PARCEL, "staff")
        with pytest.raises(CapturePending):
            await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.PAID
    assert (await payment_of(shop, placed)).state == "capturing"
    bank.known = GatewayStatus.PAID
    await poll(shop)
    await shop.ship_order()(placed.id, PARCEL, "staff")
    assert await state_of(shop, placed) is OrderStage.SHIPPED
    assert await violations(shop.database()) == []


async def test_an_authorized_payment_cannot_be_refunded(shop: Shop, placed: PlacedOrder) -> None:
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=yuan(1))
    with pytest.raises(IllegalTransition):
        await shop.request_refund()(placed.id, details)


async def test_a_late_authorization_does_not_undo_the_void(
    shop: Shop, bank: Bank, placed: PlacedOrder
) -> None:
    await shop.cancel_order()(placed.id, "customer")
    await poll(shop)
    bank.known = GatewayStatus.AUTHORIZED
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, "late"))
    assert (await payment_of(shop, placed)).state == "voided"
    assert await state_of(shop, placed) is OrderStage.CANCELLED
