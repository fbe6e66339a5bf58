"""Read models of an order, for pages and the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from core.application.orders.line_views import (
    LineUnits,
    OrderLineView,
    line_units,
    line_views,
)
from core.application.pricing.views import (
    AdjustmentView,
    SumsView,
    TaxView,
    adjustment_views,
    sums_view,
    tax_views,
)
from core.domain.address import Address
from core.domain.fields.values import FieldView
from core.domain.fulfillment import Shipment
from core.domain.identifiers import PurchaseId, ShipmentId
from core.domain.money import Money
from core.domain.orders.holds import Blocked, Hold, HoldEnd
from core.domain.orders.instalments import Instalment
from core.domain.orders.lines import Move
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from ports.media import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentView:
    """One parcel. ``delivered_at`` is None until it arrives."""

    id: ShipmentId
    carrier: str
    tracking_number: str
    lines: tuple[LineUnits, ...]
    shipped_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """Why an order waits. ``until`` None: until it is lifted. ``then`` says what follows."""

    code: str
    blocks: tuple[Blocked, ...]
    reason: str
    until: datetime | None
    then: HoldEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """``shipping_price`` is the price after ``shipping_adjustments``.

    ``purchase`` is the same for orders that are paid together. ``due`` is what this order costs
    now: the next instalment, or the total. Without ``instalments``, all is due at once.
    ``fields`` are those of plugins, by name.
    """

    number: str
    state: OrderStage
    placed_at: datetime
    pay_before: datetime
    lines: tuple[OrderLineView, ...]
    goods_total: Money
    shipping_name: str
    shipping_price: Money
    shipping_adjustments: tuple[AdjustmentView, ...]
    shipping_taxes: tuple[TaxView, ...]
    shipping_refunded: bool
    sums: SumsView
    total: Money
    purchase: PurchaseId
    instalments: tuple[Instalment, ...]
    due: Money
    contact: str
    address: Address | None
    shipments: tuple[ShipmentView, ...]
    holds: tuple[HoldView, ...]
    history: tuple[Move, ...]
    fields: Mapping[str, FieldView]


def order_view(
    order: Order, language: str, media: Media, *, every_field: bool = False
) -> OrderView:
    """``every_field``: also the fields of plugins that the buyer does not see."""
    lines = line_views(order, language, media, every_field=every_field)
    shipping_adjustments = adjustment_views(order.shipping.adjustments, language)
    shipping_taxes = tax_views(order.shipping.taxes, language)
    return OrderView(
        number=order.number,
        state=order.stage,
        placed_at=order.placed_at,
        pay_before=order.pay_before,
        lines=lines,
        goods_total=order.goods_total,
        shipping_name=order.shipping.name.in_language(language),
        shipping_price=order.shipping.paid,
        shipping_adjustments=shipping_adjustments,
        shipping_taxes=shipping_taxes,
        shipping_refunded=order.shipping_refunded,
        sums=sums_view(
            sum((each.unit_price * each.quantity for each in lines), Money.zero(order.currency)),
            order.shipping.price,
            (*chain.from_iterable(each.adjustments for each in lines), *shipping_adjustments),
            (*chain.from_iterable(each.taxes for each in lines), *shipping_taxes),
            order.total,
        ),
        total=order.total,
        purchase=order.purchase_id,
        instalments=order.instalments,
        due=order.due,
        contact=order.contact,
        address=order.address,
        shipments=_shipments(order.shipments),
        holds=tuple(_hold(each, language) for each in order.holds),
        history=order.history,
        fields={
            each.name: each.view(language) for each in order.fields if each.shown or every_field
        },
    )


def _shipments(shipments: Sequence[Shipment]) -> tuple[ShipmentView, ...]:
    return tuple(
        ShipmentView(
            id=each.id,
            carrier=each.carrier,
            tracking_number=each.tracking_number,
            lines=line_units(each.quantities),
            shipped_at=each.shipped_at,
            delivered_at=each.delivered_at,
        )
        for each in shipments
    )


def _hold(hold: Hold, language: str) -> HoldView:
    return HoldView(
        code=hold.code,
        blocks=tuple(sorted(hold.blocks)),
        reason=hold.reason.in_language(language),
        until=hold.until,
        then=hold.then,
    )
