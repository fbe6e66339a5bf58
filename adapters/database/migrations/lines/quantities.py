"""Turns units by SKU into units by line, in shipments, refunds and returns."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from adapters.database.columns import Json
from adapters.database.migrations.lines.order_lines import lines

COLUMNS = {
    "shipments": ("quantities",),
    "refunds": ("quantities",),
    "returns": ("quantities", "accepted"),
}
BATCH_SIZE = 1_000

Keys = Mapping[tuple[UUID, str], str]


def rename_keys(connection: sa.Connection) -> None:
    for name, columns in COLUMNS.items():
        table = sa.table(
            name,
            sa.column("id", sa.Uuid()),
            sa.column("order_id", sa.Uuid()),
            *(sa.column(column, Json) for column in columns),
        )
        change = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("of_id"))
            .values({column: sa.bindparam(f"new_{column}", type_=Json) for column in columns})
        )
        for rows in pages(connection, table):
            keys = _keys_of(connection, {row.order_id for row in rows})
            connection.execute(change, [_renamed(row, columns, keys) for row in rows])


def pages(connection: sa.Connection, table: sa.TableClause) -> Iterator[list[sa.Row[Any]]]:
    """All rows in the order of their ids, so that a large shop is never in memory as a whole."""
    page = sa.select(table).order_by(table.c.id).limit(BATCH_SIZE)
    rows = list(connection.execute(page))
    while rows:
        yield rows
        rows = list(connection.execute(page.where(table.c.id > rows[-1].id)))


def _keys_of(connection: sa.Connection, order_ids: Collection[UUID]) -> Keys:
    """The key of each line, by its order and its SKU, which was unique in the order."""
    rows = connection.execute(
        sa.select(lines.c.order_id, lines.c.sku, lines.c.key).where(lines.c.order_id.in_(order_ids))
    )
    return {(row.order_id, row.sku): row.key for row in rows}


def _renamed(row: sa.Row[Any], columns: Collection[str], keys: Keys) -> dict[str, Any]:
    values: dict[str, Any] = {"of_id": row.id}
    for column in columns:
        units = getattr(row, column)
        values[f"new_{column}"] = units and {
            keys[row.order_id, sku]: count for sku, count in units.items()
        }
    return values
