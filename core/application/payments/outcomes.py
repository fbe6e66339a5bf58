"""Applies payment outcomes: the only place where a payment changes an order.

Notifications, queries and closes all call `RecordPaymentOutcome`, which is idempotent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.ledger.order_points import OrderPoints
from core.application.payments.locks import lock_refund
from core.application.payments.refund_outcomes import check_refund, record_refund
from core.application.payments.reports import check_values
from core.application.retries import retrying
from core.domain.claims import OrderEnd
from core.domain.errors import IllegalTransition, NotFound
from core.domain.identifiers import RefundId
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.payment import CAPTURED, UNCAPTURED, Payment, PaymentState
from core.domain.payments.refund import Refund, RefundReason
from ports.clock import Clock, NewId, NewNumber
from ports.payments.gateway import GatewayPayment, GatewayStatus
from ports.payments.refunds import GatewayRefund
from ports.unit_of_work import RepeatableUnits, UnitOfWork

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
        PaymentMismatch: the account, amount, currency or trade number differs.
        AlreadyExists: another payment has this trade number.
        IllegalTransition: the outcome contradicts our state, such as a refund that succeeds
            after staff returned the money in another way.
    """

    units: RepeatableUnits
    now: Clock
    new_id: NewId
    new_number: NewNumber
    order_points: OrderPoints

    async def payment(self, reported: GatewayPayment, gateway: str) -> bool:
        async def once() -> bool:
            async with self.units() as unit:
                changed = await self.payment_in(unit, reported, gateway)
                await unit.commit()
            return changed

        return await retrying(once, repeatable=True)

    async def refund(self, reported: GatewayRefund, gateway: str) -> bool:
        async def once() -> bool:
            async with self.units() as unit:
                changed = await self.refund_in(unit, reported, gateway)
                await unit.commit()
            return changed

        return await retrying(once, repeatable=True)

    async def payment_in(self, unit: UnitOfWork, reported: GatewayPayment, gateway: str) -> bool:
        check_values(reported)
        found = await unit.payments.find(reported.reference)
        if found is None or found.gateway != gateway:
            raise NotFound("payment", reported.reference)
        secured = reported.status in SECURED
        if not secured and reported.status is not GatewayStatus.CLOSED:
            return False
        orders = await unit.orders.get_all_for_update([each.order_id for each in found.shares])
        payment = await unit.payments.get_for_update(found.id)
        if secured:
            payment.check(reported.account, reported.amount)
            return await self._record_secured(unit, orders, payment, reported)
        if payment.state in UNCAPTURED:
            await self._record_void(unit, orders, payment)
            return True
        if reported.status is GatewayStatus.CLOSED and payment.state is PaymentState.PAID:
            raise IllegalTransition("payment", payment.state, "close")
        return False

    async def _record_secured(
        self,
        unit: UnitOfWork,
        orders: Sequence[Order],
        payment: Payment,
        reported: GatewayPayment,
    ) -> bool:
        """The payment is authorized or paid. The first time, this pays its orders."""
        before, now = payment.state, self.now()
        if reported.status is GatewayStatus.AUTHORIZED:
            changed = payment.authorize(reported.provider_reference, now)
        else:
            changed = payment.mark_paid(reported.provider_reference, reported.paid_at or now)
        if not changed:
            return False
        await unit.payments.save(payment)
        if before in CAPTURABLE:
            await self._return_released(unit, orders, payment)
            return True
        paid = () if before in RELEASED else await self._pay_orders(unit, orders, payment)
        late = [each for each in orders if each not in paid]
        for order in late:
            order.record_late_payment(payment.id, now)
        for order in orders:
            await unit.orders.save(order)
        await self._return_shares(unit, late, payment)
        return True

    async def _pay_orders(
        self, unit: UnitOfWork, orders: Sequence[Order], payment: Payment
    ) -> Sequence[Order]:
        """Pay each order with its share. Returns the orders that needed it.

        Stock of all of them is allocated at once, because its rows are locked in one order.
        """
        now = self.now()
        needed = [each for each in orders if _is_needed(each, payment)]
        for order in needed:
            order.pay_due(now)
        complete = [each for each in needed if each.state is OrderState.PAID]
        await unit.stock.allocate(*(each.id for each in complete))
        for order in needed:
            if order in complete:
                await unit.claims.take(order.id)
            else:
                await unit.stock.extend(order.id, order.pay_before)
        for order in complete:
            await self.order_points.spend(unit, order)
        if len(orders) == 1 and not needed and await self._reinstate(unit, orders[0]):
            return orders
        return needed

    async def _record_void(
        self, unit: UnitOfWork, orders: Sequence[Order], payment: Payment
    ) -> None:
        """The authorization has ended. The orders that were paid by it are cancelled."""
        paid_orders, now = payment.state in CAPTURABLE, self.now()
        payment.void(now)
        await unit.payments.save(payment)
        if not paid_orders:
            return
        shares = {each.id: payment.share_of(each.id) for each in orders}
        ended = [each for each in orders if (share := shares[each.id]) and not share.released]
        for order in ended:
            order.cancel(now, "gateway")
            await unit.orders.save(order)
            await unit.stock.release(order.id)
            await unit.claims.release(order.id, OrderEnd.CANCELLED)
        for order in ended:
            await self.order_points.cancel(unit, order)

    async def refund_in(self, unit: UnitOfWork, reported: GatewayRefund, gateway: str) -> bool:
        check_values(reported)
        locked = await lock_refund(unit, reported.reference)
        if locked is None or locked.refund.gateway != gateway:
            raise NotFound("refund", reported.reference)
        check_refund(locked, reported)
        changed = await record_refund(unit, locked, reported, self.now())
        if changed:
            await unit.refunds.save(locked.refund)
            await unit.payments.save(locked.payment)
        return changed

    async def _reinstate(self, unit: UnitOfWork, order: Order) -> bool:
        """Reopen an order that was cancelled before it was paid; false if that is not possible.

        An order that was paid before was cancelled with its money: it stays cancelled, as does
        one with instalments, and one with points, which are free again and may be spent.
        """
        if order.state is not OrderState.CANCELLED or order.was_paid:
            return False
        if order.instalments or order.pricing.points:
            return False
        units, region = order.by_sku(order.quantities), order.region
        if not await unit.stock.try_reserve(order.id, units, self.now(), region):
            return False
        if not await unit.claims.try_again(order.id):
            await unit.stock.release(order.id)
            return False
        await unit.stock.allocate(order.id)
        order.reinstate(self.now())
        return True

    async def _return_shares(
        self, unit: UnitOfWork, orders: Sequence[Order], payment: Payment
    ) -> None:
        """Release the authorized shares of these orders, or refund the paid ones."""
        if not orders:
            return
        if payment.state in CAPTURED:
            for order in orders:
                await self._refund_share(unit, order, payment)
            return
        for order in orders:
            payment.release_share(order.id, self.now())
        await unit.payments.save(payment)

    async def _return_released(
        self, unit: UnitOfWork, orders: Sequence[Order], payment: Payment
    ) -> None:
        """The whole authorization is captured, with the shares that are not needed any more."""
        for order in orders:
            share = payment.share_of(order.id)
            if share is not None and share.released:
                await self._refund_share(unit, order, payment)

    async def _refund_share(self, unit: UnitOfWork, order: Order, payment: Payment) -> None:
        share = payment.share_of(order.id)
        assert share is not None
        late = order.state is OrderState.CANCELLED
        refund = Refund(
            id=RefundId(self.new_id()),
            payment_id=payment.id,
            order_id=order.id,
            paid_order_id=order.id,
            gateway=payment.gateway,
            reference=self.new_number(),
            amount=share.amount,
            reason=RefundReason.PAID_TOO_LATE if late else RefundReason.PAID_TWICE,
            requested_at=self.now(),
            actor="system",
            instalment=share.instalment,
        )
        await begin_refund(unit, refund, payment)


def _is_needed(order: Order, payment: Payment) -> bool:
    """Whether the order still waits for what its share pays."""
    share, due = payment.share_of(order.id), order.next_instalment
    if share is None or order.state is not OrderState.PLACED:
        return False
    return share.instalment == (due.code if due else "")


async def begin_refund(unit: UnitOfWork, refund: Refund, payment: Payment) -> None:
    """Reserve the amount and store the refund. A worker sends it after the commit.

    Raises:
        RefundTooLarge: less than this amount is left of the share.
    """
    await unit.refunds.reserve_amount(payment, refund.paid_order_id, refund.amount)
    payment.refund_requested(refund, refund.requested_at)
    refund.requested()
    await unit.payments.save(payment)
    await unit.refunds.save(refund)
