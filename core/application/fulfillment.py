"""Ships orders and records deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.application.payments.authorizations import CapturePayments
from core.application.payments.outcomes import CAPTURABLE
from core.application.retries import retrying
from core.domain.errors import CapturePending, IllegalTransition
from core.domain.fulfillment import Shipment, check_tracking_number
from core.domain.identifiers import LineKey, OrderId, ShipmentId
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from ports.clock import Clock, NewId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel to ship. ``quantities`` None means all units that are not shipped yet."""

    carrier: str
    tracking_number: str
    quantities: Mapping[LineKey, int] | None = None

    def __post_init__(self) -> None:
        check_tracking_number(self.tracking_number)


@dataclass(frozen=True, slots=True)
class ShipOrder:
    """Ship a parcel of a paid order, and take its units out of stock.

    Authorized payments are captured before the first parcel. The parcel is recorded after the
    capture.

    Raises:
        Rejected: the gateway refuses the capture; nothing is shipped.
        CapturePending: the capture is not finished; nothing is shipped.
    """

    units: UnitsOfWork
    capture_payments: CapturePayments
    now: Clock
    new_id: NewId

    async def __call__(self, order_id: OrderId, parcel: Parcel, actor: str) -> None:
        async def ship() -> bool:
            async with self.units() as unit:
                order = await unit.orders.get_for_update(order_id)
                shipment = Shipment(
                    id=ShipmentId(self.new_id()),
                    carrier=parcel.carrier,
                    tracking_number=parcel.tracking_number,
                    quantities=self._quantities(order, parcel),
                    shipped_at=self.now(),
                )
                order.ship(shipment, actor)
                if any(each.state in CAPTURABLE for each in await unit.payments.list(order_id)):
                    return False
                await unit.orders.save(order)
                await unit.stock.dispatch(order.id, order.by_sku(shipment.quantities))
                await unit.recipient_log.record(order.id, [parcel.carrier], shipment.shipped_at)
                await unit.commit()
            return True

        if not await retrying(ship):
            await self.capture_payments(order_id)
            if not await retrying(ship):
                raise CapturePending

    def _quantities(self, order: Order, parcel: Parcel) -> Mapping[LineKey, int]:
        if parcel.quantities is not None:
            return parcel.quantities
        if order.state is not OrderState.PAID or not order.unshipped:
            raise IllegalTransition("order", order.stage, "ship")
        return order.unshipped


@dataclass(frozen=True, slots=True)
class DeliverOrder:
    """Record that a parcel has arrived. ``shipment_id`` None means all parcels in transport."""

    units: UnitsOfWork
    now: Clock

    async def __call__(
        self, order_id: OrderId, actor: str, shipment_id: ShipmentId | None = None
    ) -> None:
        async def deliver() -> None:
            async with self.units() as unit:
                order = await unit.orders.get_for_update(order_id)
                order.deliver(shipment_id, self.now(), actor)
                await unit.orders.save(order)
                await unit.commit()

        await retrying(deliver)
