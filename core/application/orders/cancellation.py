"""Cancels orders, and expires unpaid ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.application.leases import LEASE, work_through
from core.application.ledger.order_points import OrderPoints
from core.application.payments.attempts import ClosePayments
from core.application.payments.refunds import RefundInput, RequestRefund
from core.application.retries import ATTEMPTS, retried, retrying
from core.domain.claims import OrderEnd
from core.domain.errors import DomainError, IllegalTransition
from core.domain.identifiers import OrderId
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.refund import RefundReason
from ports.clock import Clock
from ports.errors import PortError, Unavailable
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel an order that has not shipped: release its stock and claims and refund its payments.

    Open payments are closed first. If one of them is paid meanwhile, the order stays. The price
    of an exchange is refunded to the payment of the original order. ``still`` is asked before,
    and again under the lock of the order: if it says no, nothing happens. Returns whether the
    order was cancelled.

    Raises:
        IllegalTransition: the order is paid, shipped or cancelled.
        Unavailable: a gateway does not say whether a payment is paid; try again later.
    """

    units: UnitsOfWork
    close_payments: ClosePayments
    request_refund: RequestRefund
    order_points: OrderPoints
    now: Clock

    async def __call__(
        self, order_id: OrderId, actor: str, still: Callable[[Order], bool] | None = None
    ) -> bool:
        if still is not None and not still(await self._read(order_id)):
            return False
        for _ in range(ATTEMPTS):
            if not await self.close_payments(order_id):
                break
            cancelled = await retrying(lambda: self._cancel(order_id, actor, still))
            if cancelled is not None:
                return cancelled
        order = await self._read(order_id)
        if order.state is OrderState.PLACED:
            raise Unavailable
        raise IllegalTransition("order", order.stage, "cancel")

    async def _read(self, order_id: OrderId) -> Order:
        async with self.units() as unit:
            return await unit.orders.get(order_id)

    async def _cancel(
        self, order_id: OrderId, actor: str, still: Callable[[Order], bool] | None
    ) -> bool | None:
        """Returns None if a payment was started after the others were closed."""
        async with self.units() as unit:
            order = await unit.orders.get_for_update(order_id)
            if still is not None and not still(order):
                return False
            if any(payment.is_open for payment in await unit.payments.list(order_id)):
                return None
            order.cancel(self.now(), actor)
            await unit.orders.save(order)
            await self.request_refund.refund_all_in(
                unit, order, RefundInput(reason=RefundReason.ORDER_CANCELLED, actor=actor)
            )
            await unit.stock.release(order.id)
            await unit.claims.release(order.id, OrderEnd.CANCELLED)
            await self.order_points.cancel(unit, order)
            await unit.commit()
        return True


@dataclass(frozen=True, slots=True)
class ExpireOrders:
    """Cancel orders that were not paid in time. Returns the number of cancelled orders.

    An order that cannot be cancelled yet, or whose deadline a hold has moved, is tried again
    after the lease. Safe for any number of concurrent workers: a lease gives each order to one
    of them.
    """

    units: UnitsOfWork
    cancel: CancelOrder
    now: Clock

    async def __call__(self, limit: int = 100) -> int:
        cancelled = 0

        async def expire(order_id: OrderId) -> None:
            nonlocal cancelled
            try:
                done = await self.cancel(order_id, "system", self._is_overdue)
            except (DomainError, PortError):
                return
            cancelled += done

        await work_through(self._claim, expire, limit)
        return cancelled

    def _is_overdue(self, order: Order) -> bool:
        return order.pay_before <= self.now()

    @retried
    async def _claim(self, limit: int) -> Sequence[OrderId]:
        now = self.now()
        async with self.units() as unit:
            overdue = await unit.orders.claim_overdue(now, limit, now + LEASE)
            await unit.commit()
        return overdue
