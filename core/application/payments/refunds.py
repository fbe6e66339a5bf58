"""Requests refunds, and sends them to the gateways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.application.payments.gateways import Gateways
from core.application.payments.outcomes import (
    CAPTURABLE,
    RecordPaymentOutcome,
    begin_refund,
    fail_refund,
)
from core.application.payments.references import reference_of
from core.application.retries import retrying
from core.domain.errors import DomainError, IllegalTransition, Invalid, NotFound, RefundTooLarge
from core.domain.identifiers import BaseUrl, OrderId, RefundId, ReturnId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.payment import CAPTURED, UNCAPTURED, Payment
from core.domain.payments.refund import Refund, RefundReason, RefundState
from ports.clock import Clock, NewId, NewNumber
from ports.errors import PortError, Rejected
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest
from ports.payments.refunds import Refunds as RefundingGateway
from ports.unit_of_work import UnitOfWork, UnitsOfWork

BATCH_SIZE = 50

LEASE = timedelta(minutes=2)
"""Lease: other workers skip a claimed refund for this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInput:
    """What to refund: units of order lines, the shipping price, or an amount.

    ``amount`` None means the price of the units, and of the shipping with ``shipping``.
    """

    reason: RefundReason
    actor: str
    quantities: Mapping[Sku, int] | None = None
    shipping: bool = False
    amount: Money | None = None
    return_id: ReturnId | None = None

    def total(self, order: Order) -> Money:
        if self.amount is not None:
            return self.amount
        goods = sum(
            (order.line(sku).unit_price * units for sku, units in (self.quantities or {}).items()),
            Money.zero(order.currency),
        )
        return goods + order.shipping.price if self.shipping else goods


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """Store a refund; a worker sends it. The refunds never exceed the paid amount.

    Raises:
        Invalid: a quantity is not in the order.
        IllegalTransition: the payment is authorized only; void it instead.
        NotFound: nothing is paid.
        RefundTooLarge: the payment has less left, or a unit is refunded already.
    """

    units: UnitsOfWork
    now: Clock
    new_id: NewId
    new_number: NewNumber

    async def __call__(self, order_id: OrderId, details: RefundInput) -> Refund:
        async def once() -> Refund:
            async with self.units() as unit:
                order = await unit.orders.get_for_update(order_id)
                refund = await self.within(unit, order, details)
                await unit.commit()
            return refund

        return await retrying(once)

    async def within(self, unit: UnitOfWork, order: Order, details: RefundInput) -> Refund:
        """Do the same in the caller's unit of work, with the order locked."""
        amount = details.total(order)
        for sku, units in (details.quantities or {}).items():
            if not 1 <= units <= order.line(sku).quantity:
                raise Invalid("quantity", "Choose items of this order.")
        payments = await unit.payments.list(order.id)
        captured = [each for each in payments if each.state in CAPTURED]
        if not captured:
            for authorized in (each for each in payments if each.state in UNCAPTURED):
                raise IllegalTransition("payment", authorized.state, "refund")
            raise NotFound("payment", order.number)
        await unit.refunds.reserve_units(order.id, details.quantities or {})
        return await self._refund_one(unit, captured, amount, details)

    async def everything(
        self, unit: UnitOfWork, order: Order, details: RefundInput
    ) -> tuple[Refund, ...]:
        """Refund the rest of every payment of the order, and void the authorized ones."""
        refunds = []
        for payment in await unit.payments.list(order.id):
            if payment.state in CAPTURABLE:
                authorized = await unit.payments.get_for_update(payment.id)
                authorized.release(self.now())
                await unit.payments.save(authorized)
            left = await self._left(unit, payment)
            if left.minor > 0:
                locked = await unit.payments.get_for_update(payment.id)
                refund = self._refund(locked, left, details)
                await begin_refund(unit, refund, locked)
                refunds.append(refund)
        return tuple(refunds)

    async def _refund_one(
        self, unit: UnitOfWork, captured: Sequence[Payment], amount: Money, details: RefundInput
    ) -> Refund:
        """Refund the first payment that has the amount left."""
        largest = Money.zero(amount.currency)
        for each in captured:
            payment = await unit.payments.get_for_update(each.id)
            left = await self._left(unit, payment)
            if amount <= left:
                refund = self._refund(payment, amount, details)
                await begin_refund(unit, refund, payment)
                return refund
            largest = max(largest, left)
        raise RefundTooLarge(largest)

    async def _left(self, unit: UnitOfWork, payment: Payment) -> Money:
        zero = Money.zero(payment.amount.currency)
        if payment.state not in CAPTURED:
            return zero
        refunded = (
            refund.amount
            for refund in await unit.refunds.list(payment.order_id)
            if refund.payment_id == payment.id and refund.state is not RefundState.FAILED
        )
        return payment.amount - sum(refunded, zero)

    def _refund(self, payment: Payment, amount: Money, details: RefundInput) -> Refund:
        return Refund(
            id=RefundId(self.new_id()),
            payment_id=payment.id,
            order_id=payment.order_id,
            gateway=payment.gateway,
            reference=self.new_number(),
            amount=amount,
            reason=details.reason,
            requested_at=self.now(),
            actor=details.actor,
            quantities=dict(details.quantities or {}),
            return_id=details.return_id,
        )


@dataclass(frozen=True, slots=True)
class SendRefunds:
    """Send the refunds that are due, and query those already sent. Returns the number of refunds.

    Safe for any number of concurrent workers. Every try uses the same reference, so the gateway
    makes one refund of them.
    """

    units: UnitsOfWork
    gateways: Gateways
    record_outcome: RecordPaymentOutcome
    now: Clock
    base_url: BaseUrl

    async def __call__(self, limit: int = BATCH_SIZE) -> int:
        now = self.now()
        async with self.units() as unit:
            due = await unit.refunds.claim_due(now, limit, now + LEASE)
            await unit.commit()
        for refund in due:
            await self.send(refund.reference)
        return len(due)

    async def send(self, reference: str) -> None:
        due = await retrying(lambda: self._mark_pending(reference))
        if due is None:
            return
        refund, payment, repeated = due
        if refund.gateway not in self.gateways.by_code:
            return
        gateway = self.gateways.refunding(refund.gateway)
        if gateway is None:
            await self._fail(reference, "this gateway gives no refunds")
            return
        try:
            reported = await _send(gateway, self._request(refund, payment), repeated=repeated)
            await self.record_outcome.refund(reported, refund.gateway)
        except Rejected as refusal:
            await self._fail(reference, refusal.reason)
        except (PortError, DomainError):
            return

    async def _mark_pending(self, reference: str) -> tuple[Refund, Payment, bool] | None:
        async with self.units() as unit:
            refund = await unit.refunds.find_for_update(reference)
            if refund is None or not refund.is_open:
                return None
            payment = await unit.payments.get_for_update(refund.payment_id)
            repeated = refund.state is RefundState.PENDING
            refund.ask(self.now())
            await unit.refunds.save(refund)
            await unit.commit()
        return refund, payment, repeated

    async def _fail(self, reference: str, failure: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                refund = await unit.refunds.find_for_update(reference)
                if refund is None or not refund.is_open:
                    return
                payment = await unit.payments.get_for_update(refund.payment_id)
                await fail_refund(unit, refund, payment, failure, self.now)
                await unit.refunds.save(refund)
                await unit.payments.save(payment)
                await unit.commit()

        await retrying(once)

    def _request(self, refund: Refund, payment: Payment) -> RefundRequest:
        return RefundRequest(
            payment=reference_of(payment),
            reference=refund.reference,
            amount=refund.amount,
            requested_at=refund.requested_at,
            notify_url=f"{self.base_url}/notify/{refund.gateway}",
            reason=refund.reason,
        )


async def _send(
    gateway: RefundingGateway, request: RefundRequest, *, repeated: bool
) -> GatewayRefund:
    """Send a refund. A repeated one is sent only if the gateway does not know it."""
    if repeated:
        reported = await gateway.query_refund(request)
        if reported.status is not GatewayRefundStatus.NOT_FOUND:
            return reported
    return await gateway.refund(request)
