"""Rows of order lines, and the columns of shipping, from and to the domain."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from adapters.database.documents import text_to
from adapters.database.orders.fields import fields_from, fields_to
from adapters.database.pricing.order_prices import (
    adjustments_from,
    adjustments_to,
    paid_units_from,
    taxes_from,
    taxes_to,
)
from adapters.database.tables.orders import order_lines
from core.domain.identifiers import LineKey, ProductId, Sku
from core.domain.money import Money
from core.domain.orders.lines import OrderLine, Shipping
from core.domain.orders.order import Order
from core.domain.text import Text

LINES = (
    select(order_lines)
    .where(order_lines.c.order_id == bindparam("order_id"))
    .order_by(order_lines.c.position)
)


CANCELLED_UNITS = (
    update(order_lines)
    .where(
        order_lines.c.order_id == bindparam("of_order"), order_lines.c.key == bindparam("of_key")
    )
    .values(cancelled=bindparam("units"))
)


def line_rows(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.id,
            "position": position,
            "key": line.key,
            "source": line.source,
            "sku": line.sku,
            "product_id": line.product_id,
            "title": text_to(line.title),
            "options": text_to(line.options),
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price.minor,
            "adjustments": adjustments_to(line.adjustments),
            "taxes": taxes_to(line.taxes),
            "paid_units": line.paid_units.runs,
            "exchanged_units": line.exchanged_units and line.exchanged_units.runs,
            "picture": line.picture,
            "return_exception": line.return_exception,
            "tax_class": line.tax_class,
            "fields": fields_to(line.fields),
            "refunded": 0,
            "cancelled": 0,
        }
        for position, line in enumerate(order.lines)
    ]


def line_of(row: Row[Any], currency: str) -> OrderLine:
    return OrderLine(
        key=LineKey(row.key),
        sku=Sku(row.sku),
        product_id=ProductId(row.product_id),
        title=Text(row.title),
        options=Text(row.options),
        quantity=row.quantity,
        unit_price=Money(row.unit_price_minor, currency),
        paid_units=paid_units_from(row.paid_units),
        source=row.source,
        adjustments=adjustments_from(row.adjustments, currency),
        taxes=taxes_from(row.taxes, currency),
        exchanged_units=row.exchanged_units and paid_units_from(row.exchanged_units),
        picture=row.picture,
        return_exception=row.return_exception,
        tax_class=row.tax_class,
        fields=fields_from(row.fields),
    )


def units_of(lines: Sequence[Row[Any]], column: str) -> Mapping[LineKey, int]:
    """The values of a column that counts units, by line, without zeros."""
    return {LineKey(line.key): units for line in lines if (units := getattr(line, column))}


def shipping_columns(shipping: Shipping) -> dict[str, Any]:
    return {
        "shipping_code": shipping.code,
        "shipping_name": text_to(shipping.name),
        "shipping_minor": shipping.price.minor,
        "shipping_adjustments": adjustments_to(shipping.adjustments),
        "shipping_taxes": taxes_to(shipping.taxes),
        "shipping_paid_minor": shipping.paid.minor,
    }


def shipping_of(row: Row[Any]) -> Shipping:
    return Shipping(
        code=row.shipping_code,
        name=Text(row.shipping_name),
        price=Money(row.shipping_minor, row.currency),
        adjustments=adjustments_from(row.shipping_adjustments, row.currency),
        taxes=taxes_from(row.shipping_taxes, row.currency),
    )
