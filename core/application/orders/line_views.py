"""Read models of order lines."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.application.pricing.views import (
    AdjustmentView,
    TaxView,
    adjustment_views,
    tax_views,
)
from core.domain.fields.values import FieldView
from core.domain.identifiers import LineKey, ProductId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order
from ports.media import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUnits:
    """``line`` is the ``key`` of an order line."""

    line: LineKey
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineView:
    """``refunded`` units are refunded or exchanged; ``cancelled`` ones of them were not sent.

    ``source`` is the code of the promotion that added the line, such as a gift; empty for what
    the buyer chose. ``total`` is the price after the adjustments. ``fields`` are those of plugins.
    """

    key: LineKey
    source: str
    sku: Sku
    product_id: ProductId
    title: str
    options: str
    picture: str
    quantity: int
    refunded: int
    cancelled: int
    unit_price: Money
    adjustments: tuple[AdjustmentView, ...]
    taxes: tuple[TaxView, ...]
    total: Money
    fields: Mapping[str, FieldView]


def line_views(
    order: Order, language: str, media: Media, *, every_field: bool
) -> tuple[OrderLineView, ...]:
    return tuple(
        OrderLineView(
            key=line.key,
            source=line.source,
            sku=line.sku,
            product_id=line.product_id,
            title=line.title.in_language(language),
            options=line.options.in_language(language),
            picture=media.address(line.picture) if line.picture else "",
            quantity=line.quantity,
            refunded=order.refunded.get(line.key, 0),
            cancelled=order.cancelled.get(line.key, 0),
            unit_price=line.unit_price,
            adjustments=adjustment_views(line.adjustments, language),
            taxes=tax_views(line.taxes, language),
            total=line.total,
            fields={
                each.name: each.view(language) for each in line.fields if each.shown or every_field
            },
        )
        for line in order.lines
    )


def line_units(quantities: Mapping[LineKey, int]) -> tuple[LineUnits, ...]:
    return tuple(LineUnits(line=key, quantity=units) for key, units in quantities.items())
