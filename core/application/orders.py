"""Looking at orders, and what happens to them after they were placed."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.application.holding import CapturePayments
from core.application.payments import ClosePayments
from core.application.refunds import RefundWish, RequestRefund
from core.application.retrying import ATTEMPTS, retrying
from core.application.settlement import COUNTED
from core.domain.address import Address
from core.domain.errors import DomainError, IllegalTransition, NotFound
from core.domain.fulfillment import Shipment, check_tracking_number
from core.domain.identifiers import CustomerId, OrderId, ProductId, ShipmentId, Sku
from core.domain.money import Money
from core.domain.order import Move, Order, OrderStage, OrderState
from core.domain.refund import RefundReason
from ports.clock import Clock, NewId
from ports.errors import PortError
from ports.media import Media
from ports.storage.ledgers import OrderLedger
from ports.storage.units import UnitsOfWork
from ports.trust import Seal

EXPIRE_AGAIN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineView:
    sku: Sku
    product_id: ProductId
    title: str
    options: str
    picture: str
    quantity: int
    unit_price: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentView:
    """One parcel: units by SKU, and when it arrived (None: not yet)."""

    id: ShipmentId
    carrier: str
    tracking_number: str
    quantities: Mapping[Sku, int]
    shipped_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order as its customer, or the back office, reads it."""

    number: str
    state: OrderStage
    placed_at: datetime
    pay_before: datetime
    lines: tuple[OrderLineView, ...]
    goods_total: Money
    shipping_name: str
    shipping_price: Money
    total: Money
    contact: str
    address: Address | None
    shipments: tuple[ShipmentView, ...]
    history: tuple[Move, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccess:
    """Why somebody may see an order: a member's own, a guest's link, or the back office.

    ``retained``: the address, too, that is kept for the law alone, of an order that nobody works
    on any more, once its person was erased or wants no use of their data.
    """

    customer_id: CustomerId | None = None
    token: str = ""
    staff: bool = False
    retained: bool = False

    @property
    def barred(self) -> tuple[str, ...]:
        """For which reasons of keeping an address it is not shown."""
        return ("returns", "restricted") if self.staff else ("open", "returns")


@dataclass(frozen=True, slots=True)
class FindOrder:
    """An order for who may see it. To anybody else it does not exist."""

    ledger: OrderLedger
    seal: Seal

    async def __call__(self, number: str, access: OrderAccess) -> Order:
        order = await self.ledger.find(number)
        if order is None or not self._may(order, access):
            raise NotFound("order", number)
        if access.retained or self._is_own(order, access):
            return order
        if await self.ledger.withheld(order.id) in access.barred:
            order.address, order.contact = None, ""
            order.shipments = tuple(replace(each, tracking_number="") for each in order.shipments)
        return order

    def _is_own(self, order: Order, access: OrderAccess) -> bool:
        return access.customer_id is not None and access.customer_id == order.customer_id

    def _may(self, order: Order, access: OrderAccess) -> bool:
        own = self._is_own(order, access)
        linked = hmac.compare_digest(access.token.encode(), self.seal(order.number).encode())
        return access.staff or own or linked


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
            order = await unit.orders.claim(order_id)
            if any(payment.is_open for payment in await unit.payments.list(order_id)):
                return False
            order.cancel(self.now(), actor)
            await unit.orders.save(order)
            await unit.stock.release(order.id)
            await self.request_refund.everything(
                unit, order, RefundWish(reason=RefundReason.ORDER_CANCELLED, actor=actor)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What goes to a carrier; ``quantities`` None is all that is still to be sent."""

    carrier: str
    tracking_number: str
    quantities: Mapping[Sku, int] | None = None

    def __post_init__(self) -> None:
        check_tracking_number(self.tracking_number)


@dataclass(frozen=True, slots=True)
class ShipOrder:
    """Hand a parcel of a paid order to a carrier: its goods leave the stock.

    Money that is only held is taken before the first parcel goes.

    Raises:
        Rejected: the gateway does not give what it held; nothing is sent.
    """

    units: UnitsOfWork
    capture_payments: CapturePayments
    now: Clock
    new_id: NewId

    async def __call__(self, order_id: OrderId, parcel: Parcel, actor: str) -> None:
        async def ship() -> bool:
            async with self.units() as unit:
                order = await unit.orders.claim(order_id)
                shipment = Shipment(
                    id=ShipmentId(self.new_id()),
                    carrier=parcel.carrier,
                    tracking_number=parcel.tracking_number,
                    quantities=self._units(order, parcel),
                    shipped_at=self.now(),
                )
                order.ship(shipment, actor)
                if any(each.state in COUNTED for each in await unit.payments.list(order_id)):
                    return False
                await unit.orders.save(order)
                await unit.stock.dispatch(order.id, shipment.quantities)
                await unit.outbound.record(order.id, [parcel.carrier], shipment.shipped_at)
                await unit.commit()
            return True

        if not await retrying(ship):
            await self.capture_payments(order_id)
            await retrying(ship)

    def _units(self, order: Order, parcel: Parcel) -> Mapping[Sku, int]:
        if parcel.quantities is not None:
            return parcel.quantities
        if order.state is not OrderState.PAID or not order.unshipped:
            raise IllegalTransition("order", order.stage, "ship")
        return order.unshipped


@dataclass(frozen=True, slots=True)
class DeliverOrder:
    """The customer has a parcel, or all that were on their way."""

    units: UnitsOfWork
    now: Clock

    async def __call__(
        self, order_id: OrderId, actor: str, shipment_id: ShipmentId | None = None
    ) -> None:
        async def deliver() -> None:
            async with self.units() as unit:
                order = await unit.orders.claim(order_id)
                order.deliver(shipment_id, self.now(), actor)
                await unit.orders.save(order)
                await unit.commit()

        await retrying(deliver)


def order_view(order: Order, language: str, media: Media) -> OrderView:
    return OrderView(
        number=order.number,
        state=order.stage,
        placed_at=order.placed_at,
        pay_before=order.pay_before,
        lines=_lines(order, language, media),
        goods_total=order.goods_total,
        shipping_name=order.shipping.name.in_language(language),
        shipping_price=order.shipping.price,
        total=order.total,
        contact=order.contact,
        address=order.address,
        shipments=_shipments(order.shipments),
        history=order.history,
    )


def _lines(order: Order, language: str, media: Media) -> tuple[OrderLineView, ...]:
    return tuple(
        OrderLineView(
            sku=line.sku,
            product_id=line.product_id,
            title=line.title.in_language(language),
            options=line.options.in_language(language),
            picture=media.address(line.picture) if line.picture else "",
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.total,
        )
        for line in order.lines
    )


def _shipments(shipments: Sequence[Shipment]) -> tuple[ShipmentView, ...]:
    return tuple(
        ShipmentView(
            id=each.id,
            carrier=each.carrier,
            tracking_number=each.tracking_number,
            quantities=each.quantities,
            shipped_at=each.shipped_at,
            delivered_at=each.delivered_at,
        )
        for each in shipments
    )
