"""Cancelling orders, and expiring unpaid ones."""

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

EXPIRE_AGAIN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Call off an order that has not shipped: its goods go back, and what was paid for it.

    Open payments are closed first: money that is on its way wins.
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
        """False if somebody began to pay since the payments were closed."""
        async with self.units() as unit:
            order = await unit.orders.get_for_update(order_id)
            if any(payment.is_open for payment in await unit.payments.list(order_id)):
                return False
            order.cancel(self.now(), actor)
            await unit.orders.save(order)
            await unit.stock.release(order.id)
            await self.request_refund.everything(
                unit, order, RefundInput(reason=RefundReason.ORDER_CANCELLED, actor=actor)
            )
            await unit.commit()
        return True


@dataclass(frozen=True, slots=True)
class ExpireOrders:
    """Cancel what was not paid in time; how many. What cannot be closed yet waits its turn.

    Any number of workers may do it at once: each order is with one of them at a time.
    """

    units: UnitsOfWork
    cancel: CancelOrder
    now: Clock

    async def __call__(self, limit: int = 100) -> int:
        now = self.now()
        async with self.units() as unit:
            overdue = await unit.orders.claim_overdue(now, limit, now + EXPIRE_AGAIN_AFTER)
            await unit.commit()
        cancelled = 0
        for order_id in overdue:
            try:
                await self.cancel(order_id, "system")
            except (DomainError, PortError):
                continue
            cancelled += 1
        return cancelled
