"""Cancels orders, and expires unpaid ones."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.payments.attempts import ClosePayments
from core.application.payments.refunds import RefundInput, RequestRefund
from core.application.retries import ATTEMPTS, retrying
from core.domain.errors import DomainError, IllegalTransition
from core.domain.identifiers import OrderId
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import RefundReason
from ports.clock import Clock
from ports.errors import PortError
from ports.unit_of_work import UnitsOfWork

EXPIRY_LEASE = timedelta(minutes=2)
"""Lease: other workers skip a claimed order for this long."""


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel an order that has not shipped: release its stock and refund its payments.

    Open payments are closed first. If one of them is paid meanwhile, the order stays.

    Raises:
        IllegalTransition: the order is shipped or cancelled, or a payment cannot be closed.
    """

    units: UnitsOfWork
    close_payments: ClosePayments
    request_refund: RequestRefund
    now: Clock

    async def __call__(self, order_id: OrderId, actor: str) -> None:
        for _ in range(ATTEMPTS):
            if not await self.close_payments(order_id):
                break
            if await retrying(lambda: self._cancel(order_id, actor)):
                return
        raise IllegalTransition("order", OrderStage.PAID, "cancel")

    async def _cancel(self, order_id: OrderId, actor: str) -> bool:
        """Returns false if a payment was started after the others were closed."""
        async with self.units() as unit:
            order = await unit.orders.get_for_update(order_id)
            if any(payment.is_open for payment in await unit.payments.list(order_id)):
                return False
            order.cancel(self.now(), actor)
            await unit.orders.save(order)
            await unit.stock.release(order.id)
            await self.request_refund.refund_all_in(
                unit, order, RefundInput(reason=RefundReason.ORDER_CANCELLED, actor=actor)
            )
            await unit.commit()
        return True


@dataclass(frozen=True, slots=True)
class ExpireOrders:
    """Cancel orders that were not paid in time. Returns the number of cancelled orders.

    An order that cannot be cancelled yet is tried again after the lease. Safe for any number
    of concurrent workers: a lease gives each order to one of them.
    """

    units: UnitsOfWork
    cancel: CancelOrder
    now: Clock

    async def __call__(self, limit: int = 100) -> int:
        now = self.now()
        async with self.units() as unit:
            overdue = await unit.orders.claim_overdue(now, limit, now + EXPIRY_LEASE)
            await unit.commit()
        cancelled = 0
        for order_id in overdue:
            try:
                await self.cancel(order_id, "system")
            except (DomainError, PortError):
                continue
            cancelled += 1
        return cancelled
