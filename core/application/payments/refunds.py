"""Requests refunds; `SendRefunds` sends them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.application.payments.outcomes import (
    CAPTURABLE,
    begin_refund,
)
from core.application.retries import retrying
from core.domain.errors import IllegalTransition, Invalid, NotFound, RefundTooLarge
from core.domain.identifiers import OrderId, RefundId, ReturnId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.payment import CAPTURED, UNCAPTURED, Payment
from core.domain.payments.refund import Refund, RefundReason, RefundState
from ports.clock import Clock, NewId, NewNumber
from ports.unit_of_work import UnitOfWork, UnitsOfWork


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
                refund = await self.request_in(unit, order, details)
                await unit.commit()
            return refund

        return await retrying(once)

    async def request_in(self, unit: UnitOfWork, order: Order, details: RefundInput) -> Refund:
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

    async def refund_all_in(
        self, unit: UnitOfWork, order: Order, details: RefundInput
    ) -> tuple[Refund, ...]:
        """Refund the rest of every payment of the order, and void the authorized ones."""
        refunds = []
        for payment in await unit.payments.list(order.id):
            if payment.state in CAPTURABLE:
                authorized = await unit.payments.get_for_update(payment.id)
                authorized.request_void(self.now())
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
