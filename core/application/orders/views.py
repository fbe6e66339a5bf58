"""Read models of an order, for pages and the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.address import Address
from core.domain.fulfillment import Shipment
from core.domain.identifiers import ProductId, ShipmentId, Sku
from core.domain.money import Money
from core.domain.orders.order import Move, Order
from core.domain.orders.states import OrderStage
from ports.media import Media


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
    """One parcel: units by SKU; ``delivered_at`` is None until it arrives."""

    id: ShipmentId
    carrier: str
    tracking_number: str
    quantities: Mapping[Sku, int]
    shipped_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
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
