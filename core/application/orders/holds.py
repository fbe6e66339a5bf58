"""Places holds on orders, lifts them, and ends those whose time is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.leases import LEASE, work_through
from core.application.orders.cancellation import CancelOrder
from core.application.retries import retried
from core.domain.errors import DomainError
from core.domain.identifiers import OrderId
from core.domain.orders.holds import Hold, HoldEnd
from core.domain.orders.order import Order
from ports.clock import Clock
from ports.errors import PortError
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Raises as `Order.place_hold`."""

    units: UnitsOfWork
    now: Clock

    @retried
    async def __call__(self, order_id: OrderId, hold: Hold, actor: str) -> None:
        async with self.units() as unit:
            order = await unit.orders.get_for_update(order_id)
            order.place_hold(hold, self.now(), actor)
            await unit.orders.save(order)
            await unit.commit()


@dataclass(frozen=True, slots=True)
class LiftHold:
    """Raises `NotFound` if the order has no such hold."""

    units: UnitsOfWork
    now: Clock

    @retried
    async def __call__(self, order_id: OrderId, code: str, actor: str) -> None:
        async with self.units() as unit:
            order = await unit.orders.get_for_update(order_id)
            order.lift_hold(code, self.now(), actor)
            await unit.orders.save(order)
            await unit.commit()


@dataclass(frozen=True, slots=True)
class EndHolds:
    """End the holds whose time is over: lift them, or cancel and refund the order.

    Returns the number of orders. An order that cannot be cancelled yet is tried again after the
    lease. Safe for any number of concurrent workers.
    """

    units: UnitsOfWork
    cancel: CancelOrder
    now: Clock

    async def __call__(self, limit: int = 100) -> int:
        ended = 0

        async def end(order_id: OrderId) -> None:
            nonlocal ended
            try:
                if not await self.cancel(order_id, "system", self._must_cancel):
                    await self._lift(order_id)
            except (DomainError, PortError):
                return
            ended += 1

        await work_through(self._claim, end, limit)
        return ended

    def _must_cancel(self, order: Order) -> bool:
        now = self.now()
        return any(
            each.is_over(now) and each.then is HoldEnd.CANCEL_AND_REFUND for each in order.holds
        )

    @retried
    async def _lift(self, order_id: OrderId) -> None:
        now = self.now()
        async with self.units() as unit:
            order = await unit.orders.get_for_update(order_id)
            for hold in order.holds:
                if hold.is_over(now) and hold.then is HoldEnd.LIFT:
                    order.lift_hold(hold.code, now, "system")
            await unit.orders.save(order)
            await unit.commit()

    @retried
    async def _claim(self, limit: int) -> Sequence[OrderId]:
        now = self.now()
        async with self.units() as unit:
            held = await unit.orders.claim_held(now, limit, now + LEASE)
            await unit.commit()
        return held
