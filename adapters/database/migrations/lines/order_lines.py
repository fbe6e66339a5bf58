"""Fills the new columns of orders and of their lines."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from adapters.database.columns import Json

orders = sa.table(
    "orders",
    sa.column("id", sa.Uuid()),
    sa.column("replaces", sa.Uuid()),
    sa.column("shipping_minor", sa.BigInteger()),
    sa.column("shipping_adjustments", Json),
    sa.column("shipping_taxes", Json),
    sa.column("shipping_paid_minor", sa.BigInteger()),
)


lines = sa.table(
    "order_lines",
    sa.column("order_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("sku", sa.Text()),
    sa.column("quantity", sa.Integer()),
    sa.column("unit_price_minor", sa.BigInteger()),
    sa.column("key", sa.Text()),
    sa.column("source", sa.Text()),
    sa.column("adjustments", Json),
    sa.column("taxes", Json),
    sa.column("paid_units", Json),
    sa.column("exchanged_units", Json),
)


def fill(connection: sa.Connection) -> None:
    """Until now, nothing changed a price: each unit was paid with the unit price."""
    connection.execute(
        sa.update(orders).values(
            shipping_adjustments=[],
            shipping_taxes=[],
            shipping_paid_minor=orders.c.shipping_minor,
        )
    )
    sqlite = connection.dialect.name == "sqlite"
    array = sa.func.json_array if sqlite else sa.func.jsonb_build_array
    connection.execute(
        sa.update(lines).values(
            key=sa.cast(lines.c.position + 1, sa.Text()),
            source="",
            adjustments=[],
            taxes=[],
            paid_units=array(array(lines.c.quantity, lines.c.unit_price_minor)),
        )
    )
    _fill_exchanges(connection)


def _fill_exchanges(connection: sa.Connection) -> None:
    """A line of an exchange has the key and the price of the line of the first original order."""
    exchanges = connection.execute(
        sa.select(orders.c.id, orders.c.replaces).where(orders.c.replaces.is_not(None))
    )
    replaces = {row.id: row.replaces for row in exchanges}
    for order_id in replaces:
        originals = _lines_by_sku(connection, _first(order_id, replaces))
        for sku, line in _lines_by_sku(connection, order_id).items():
            original = originals[sku]
            connection.execute(
                sa.update(lines)
                .where(lines.c.order_id == order_id, lines.c.position == line.position)
                .values(
                    key=original.key,
                    exchanged_units=[[line.quantity, original.unit_price_minor]],
                )
            )


def _first(order_id: UUID, replaces: Mapping[UUID, UUID]) -> UUID:
    while order_id in replaces:
        order_id = replaces[order_id]
    return order_id


def _lines_by_sku(connection: sa.Connection, order_id: UUID) -> Mapping[str, sa.Row[tuple[object]]]:
    rows = connection.execute(sa.select(lines).where(lines.c.order_id == order_id))
    return {row.sku: row for row in rows}
