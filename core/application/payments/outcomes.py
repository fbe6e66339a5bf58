"""Applies payment outcomes: the only place where a payment changes an order.

Notifications, queries and closes all call `RecordPaymentOutcome`, which is idempotent.
"""

from dataclasses import dataclass

from core.application.retries import retrying
from core.domain.errors import IllegalTransition, NotFound, PaymentMismatch
from core.domain.identifiers import RefundId
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.ledger import balances
from core.domain.payments.payment import CAPTURED, UNCAPTURED, Payment, PaymentState
from core.domain.payments.refund import Refund, RefundReason
from ports.clock import Clock, NewId, NewNumber
from ports.payments.gateway import GatewayPayment, GatewayStatus
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus
from ports.unit_of_work import UnitOfWork, UnitsOfWork

SECURED = frozenset({GatewayStatus.AUTHORIZED, GatewayStatus.PAID})

CAPTURABLE = frozenset({PaymentState.AUTHORIZED, PaymentState.CAPTURING})
"""The order is paid by an authorization: a capture changes nothing for the order."""

RELEASED = frozenset({PaymentState.VOIDING, PaymentState.VOIDED})
"""The shop has released the authorization: a capture after that is refunded."""


@dataclass(frozen=True, slots=True)
class RecordPaymentOutcome:
    """Apply the outcome that a gateway reports. Idempotent; returns whether it changed anything.

    ``payment`` and ``refund`` open a unit of work; ``payment_in`` and ``refund_in`` use the
    caller's, who commits it.

    Raises:
        NotFound: no payment, or no refund, has this reference.
        PaymentMismatch: the account, amount or currency differs.
        IllegalTransition: the outcome contradicts our state.
    """

    units: UnitsOfWork
    now: Clock
    new_id: NewId
    new_number: NewNumber

    async def payment(self, reported: GatewayPayment, gateway: str) -> bool:
        async def once() -> bool:
            async with self.units() as unit:
                changed = await self.payment_in(unit, reported, gateway)
                await unit.commit()
            return changed

        return await retrying(once)

    async def refund(self, reported: GatewayRefund, gateway: str) -> bool:
        async def once() -> bool:
            async with self.units() as unit:
                changed = await self.refund_in(unit, reported, gateway)
                await unit.commit()
            return changed

        return await retrying(once)

    async def payment_in(self, unit: UnitOfWork, reported: GatewayPayment, gateway: str) -> bool:
        payment = await unit.payments.find_for_update(reported.reference)
        if payment is None or payment.gateway != gateway:
            raise NotFound("payment", reported.reference)
        if reported.status in SECURED and reported.amount is not None:
            payment.check(reported.account, reported.amount)
            return await self._record_secured(unit, payment, reported)
        if reported.status is GatewayStatus.CLOSED and payment.state in UNCAPTURED:
            await self._record_void(unit, payment)
            return True
        return False

    async def _record_secured(
        self, unit: UnitOfWork, payment: Payment, reported: GatewayPayment
    ) -> bool:
        """The payment is authorized or paid. The first time, this pays the order."""
        before, now = payment.state, self.now()
        if reported.status is GatewayStatus.AUTHORIZED:
            changed = payment.authorize(reported.provider_reference, now)
        else:
            changed = payment.mark_paid(reported.provider_reference, reported.paid_at or now)
        if not changed:
            return False
        await unit.payments.save(payment)
        if before in CAPTURABLE:
            return True
        order = await unit.orders.get_for_update(payment.order_id)
        if before not in RELEASED and order.state is OrderState.PLACED:
            order.pay(now)
            await unit.stock.allocate(order.id)
        elif (
            before not in RELEASED
            and order.state is OrderState.CANCELLED
            and await self._allocate_again(unit, order)
        ):
            order.reinstate(now)
        else:
            order.record_late_payment(payment.id, now)
            await self._return_money(unit, payment, order)
        await unit.orders.save(order)
        return True

    async def _record_void(self, unit: UnitOfWork, payment: Payment) -> None:
        """The authorization has ended. An order that was paid by it is cancelled."""
        paid_order, now = payment.state in CAPTURABLE, self.now()
        payment.void(now)
        await unit.payments.save(payment)
        if not paid_order:
            return
        order = await unit.orders.get_for_update(payment.order_id)
        order.cancel(now, "gateway")
        await unit.orders.save(order)
        await unit.stock.release(order.id)

    async def refund_in(self, unit: UnitOfWork, reported: GatewayRefund, gateway: str) -> bool:
        refund = await unit.refunds.find_for_update(reported.reference)
        if refund is None or refund.gateway != gateway:
            raise NotFound("refund", reported.reference)
        payment = await unit.payments.get_for_update(refund.payment_id)
        _check_refund(refund, payment, reported)
        if not refund.is_open:
            return False
        now = self.now()
        if reported.status is GatewayRefundStatus.SUCCEEDED:
            entries = await unit.payments.entries(payment.id)
            before = balances(entries, payment.amount.currency).refunded
            refund.succeed(reported.provider_reference, reported.at or now)
            payment.refund_succeeded(refund.reference, refund.amount, before, reported.at or now)
        elif reported.status is GatewayRefundStatus.FAILED:
            await fail_refund(unit, refund, payment, reported.failure or "failed", self.now)
        else:
            return False
        await unit.refunds.save(refund)
        await unit.payments.save(payment)
        return True

    async def _allocate_again(self, unit: UnitOfWork, order: Order) -> bool:
        """Allocate stock for a cancelled order. Returns false if there is not enough."""
        quantities, region = order.quantities, order.region
        if not await unit.stock.try_reserve(order.id, quantities, self.now(), region):
            return False
        await unit.stock.allocate(order.id)
        return True

    async def _return_money(self, unit: UnitOfWork, payment: Payment, order: Order) -> None:
        """Void the authorization, or refund the paid amount."""
        if payment.state not in CAPTURED:
            payment.request_void(self.now())
            await unit.payments.save(payment)
            return
        late = order.state is OrderState.CANCELLED
        refund = Refund(
            id=RefundId(self.new_id()),
            payment_id=payment.id,
            order_id=order.id,
            gateway=payment.gateway,
            reference=self.new_number(),
            amount=payment.amount,
            reason=RefundReason.PAID_TOO_LATE if late else RefundReason.PAID_TWICE,
            requested_at=self.now(),
            actor="system",
        )
        await begin_refund(unit, refund, payment)


async def begin_refund(unit: UnitOfWork, refund: Refund, payment: Payment) -> None:
    """Reserve the amount and store the refund. A worker sends it after the commit.

    Raises:
        RefundTooLarge: the payment has less than this amount left.
    """
    await unit.refunds.reserve_amount(payment.id, refund.amount)
    payment.refund_requested(refund.reference, refund.amount, refund.requested_at)
    refund.requested()
    await unit.payments.save(payment)
    await unit.refunds.save(refund)


async def fail_refund(
    unit: UnitOfWork, refund: Refund, payment: Payment, failure: str, now: Clock
) -> None:
    """Record that the gateway rejected the refund, and release its amount and its units."""
    refund.fail(failure, now())
    payment.refund_failed(refund.reference, refund.amount, now())
    await unit.refunds.release_amount(payment.id, refund.amount)
    await unit.refunds.release_units(refund.order_id, refund.quantities)


def _check_refund(refund: Refund, payment: Payment, reported: GatewayRefund) -> None:
    if reported.account != payment.account:
        raise PaymentMismatch(refund.reference, "another account")
    if reported.payment_reference not in {"", payment.reference}:
        raise PaymentMismatch(refund.reference, "another payment")
    if reported.amount is not None and reported.amount != refund.amount:
        raise PaymentMismatch(refund.reference, "another amount")
    if reported.status is GatewayRefundStatus.SUCCEEDED and refund.tries == 0:
        raise IllegalTransition("refund", refund.state, "succeed")
