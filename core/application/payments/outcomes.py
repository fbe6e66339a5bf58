"""Making true here what a gateway says: the one place where money changes an order.

Notification, query and close are three ways to the same function, and whoever arrives
second finds nothing left to do.
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


COUNTED = frozenset({PaymentState.AUTHORIZED, PaymentState.CAPTURING})
"""Held money that an order counts on: taking it changes nothing for the order."""


REFUSED = frozenset({PaymentState.VOIDING, PaymentState.VOIDED})
"""Money that we let go of: if it was taken all the same, it is given back."""


@dataclass(frozen=True, slots=True)
class RecordPaymentOutcome:
    """Apply what a gateway says, within a unit or in one of its own; whether it was news.

    Raises:
        NotFound: no attempt, or no refund, has this reference.
        PaymentMismatch: another account, amount or currency.
        IllegalTransition: it cannot have happened to what we know.
    """

    units: UnitsOfWork
    now: Clock
    new_id: NewId
    new_number: NewNumber

    async def payment(self, known: GatewayPayment, gateway: str) -> bool:
        async def once() -> bool:
            async with self.units() as unit:
                news = await self.payment_in(unit, known, gateway)
                await unit.commit()
            return news

        return await retrying(once)

    async def refund(self, known: GatewayRefund, gateway: str) -> bool:
        async def once() -> bool:
            async with self.units() as unit:
                news = await self.refund_in(unit, known, gateway)
                await unit.commit()
            return news

        return await retrying(once)

    async def payment_in(self, unit: UnitOfWork, known: GatewayPayment, gateway: str) -> bool:
        payment = await unit.payments.find_for_update(known.reference)
        if payment is None or payment.gateway != gateway:
            raise NotFound("payment", known.reference)
        if known.status in SECURED and known.amount is not None:
            payment.check(known.account, known.amount)
            return await self._secured(unit, payment, known)
        if known.status is GatewayStatus.CLOSED and payment.state in UNCAPTURED:
            await self._let_go(unit, payment)
            return True
        return False

    async def _secured(self, unit: UnitOfWork, payment: Payment, known: GatewayPayment) -> bool:
        """The money is held or taken; the first time, the order is paid by it."""
        before, now = payment.state, self.now()
        if known.status is GatewayStatus.AUTHORIZED:
            news = payment.authorize(known.provider_reference, now)
        else:
            news = payment.mark_paid(known.provider_reference, known.paid_at or now)
        if not news:
            return False
        await unit.payments.save(payment)
        if before in COUNTED:
            return True
        order = await unit.orders.get_for_update(payment.order_id)
        if before not in REFUSED and order.state is OrderState.PLACED:
            order.pay(now)
            await unit.stock.allocate(order.id)
        elif (
            before not in REFUSED
            and order.state is OrderState.CANCELLED
            and await self._set_aside(unit, order)
        ):
            order.reinstate(now)
        else:
            order.record_late_payment(payment.id, now)
            await self._give_back(unit, payment, order)
        await unit.orders.save(order)
        return True

    async def _let_go(self, unit: UnitOfWork, payment: Payment) -> None:
        """The gateway holds it no longer: an order that relied on it has no money."""
        relied_on, now = payment.state in COUNTED, self.now()
        payment.void(now)
        await unit.payments.save(payment)
        if not relied_on:
            return
        order = await unit.orders.get_for_update(payment.order_id)
        order.cancel(now, "gateway")
        await unit.orders.save(order)
        await unit.stock.release(order.id)

    async def refund_in(self, unit: UnitOfWork, known: GatewayRefund, gateway: str) -> bool:
        refund = await unit.refunds.find_for_update(known.reference)
        if refund is None or refund.gateway != gateway:
            raise NotFound("refund", known.reference)
        payment = await unit.payments.get_for_update(refund.payment_id)
        _check_refund(refund, payment, known)
        if not refund.is_open:
            return False
        now = self.now()
        if known.status is GatewayRefundStatus.SUCCEEDED:
            entries = await unit.payments.entries(payment.id)
            before = balances(entries, payment.amount.currency).refunded
            refund.succeed(known.provider_reference, known.at or now)
            payment.refund_succeeded(refund.reference, refund.amount, before, known.at or now)
        elif known.status is GatewayRefundStatus.FAILED:
            await fail_refund(unit, refund, payment, known.failure or "failed", self.now)
        else:
            return False
        await unit.refunds.save(refund)
        await unit.payments.save(payment)
        return True

    async def _set_aside(self, unit: UnitOfWork, order: Order) -> bool:
        """Its goods are there again, so the customer gets what was paid for."""
        quantities, region = order.quantities, order.region
        if not await unit.stock.try_reserve(order.id, quantities, self.now(), region):
            return False
        await unit.stock.allocate(order.id)
        return True

    async def _give_back(self, unit: UnitOfWork, payment: Payment, order: Order) -> None:
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
    """Set the money aside and write the refund down; a worker sends it once this is committed.

    Raises:
        RefundTooLarge: not so much is left of the payment.
    """
    await unit.refunds.reserve_amount(payment.id, refund.amount)
    payment.refund_requested(refund.reference, refund.amount, refund.requested_at)
    refund.requested()
    await unit.payments.save(payment)
    await unit.refunds.save(refund)


async def fail_refund(
    unit: UnitOfWork, refund: Refund, payment: Payment, failure: str, now: Clock
) -> None:
    """The gateway will not do it: the amount and the units can be given back in another way."""
    refund.fail(failure, now())
    payment.refund_failed(refund.reference, refund.amount, now())
    await unit.refunds.release_amount(payment.id, refund.amount)
    await unit.refunds.release_units(refund.order_id, refund.quantities)


def _check_refund(refund: Refund, payment: Payment, known: GatewayRefund) -> None:
    if known.account != payment.account:
        raise PaymentMismatch(refund.reference, "another account")
    if known.payment_reference not in {"", payment.reference}:
        raise PaymentMismatch(refund.reference, "another payment")
    if known.amount is not None and known.amount != refund.amount:
        raise PaymentMismatch(refund.reference, "another amount")
    if known.status is GatewayRefundStatus.SUCCEEDED and refund.tries == 0:
        raise IllegalTransition("refund", refund.state, "succeed")
