"""Facts about rows with personal data, from which the retention policy decides."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select

from adapters.database.engine import Database
from adapters.database.privacy.personal_data_tables import PersonalDataTable, data_keys_of
from adapters.database.tables.orders import orders
from adapters.database.tables.payments import refunds
from adapters.database.tables.returns import returns
from core.application.privacy.outcomes import OrderFacts, RowFacts
from core.domain.privacy.inventory import OnErase

OPEN_RETURNS = ("requested", "approved", "received", "inspected", "refund_pending")
OPEN_REFUNDS = ("requested", "pending", "blocked", "failed")


async def facts_of(
    database: Database, data_table: PersonalDataTable, rows: Sequence[Row[Any]]
) -> tuple[RowFacts, ...]:
    """The facts of each row, with at most one more statement for the orders."""
    orders_by_id = await _orders_of(database, data_table, rows)
    return tuple(_facts(data_table, row, orders_by_id) for row in rows)


async def _orders_of(
    database: Database, data_table: PersonalDataTable, rows: Sequence[Row[Any]]
) -> Mapping[UUID, OrderFacts]:
    if data_table.order_id is None:
        return {}
    ids = {getattr(row, data_table.order_id.name) for row in rows}
    returning = exists().where(returns.c.order_id == orders.c.id, returns.c.state.in_(OPEN_RETURNS))
    refunding = exists().where(refunds.c.order_id == orders.c.id, refunds.c.state.in_(OPEN_REFUNDS))
    async with database.reads.connect() as connection:
        rows_of_orders = await connection.execute(
            select(
                orders,
                returning.label("has_open_return"),
                refunding.label("has_open_refund"),
            )
            .where(data_table.order_key.in_(ids))
            .order_by(orders.c.placed_at)
        )
        # Of several orders that were paid together, the last one counts.
        return {getattr(row, data_table.order_key.name): _order(row) for row in rows_of_orders}


def _order(row: Row[Any]) -> OrderFacts:
    moves = [datetime.fromisoformat(move["at"]) for move in row.history]
    return OrderFacts(
        placed_at=row.placed_at,
        state=row.state,
        ended_at=max(moves, default=row.placed_at),
        returning=row.has_open_return or row.has_open_refund,
        anonymous=row.data_key_id is None,
    )


def _facts(
    data_table: PersonalDataTable, row: Row[Any], orders_by_id: Mapping[UUID, OrderFacts]
) -> RowFacts:
    order_id = getattr(row, data_table.order_id.name) if data_table.order_id is not None else None
    clear = (
        str(column.name)
        for column in data_table.columns(OnErase.CLEAR)
        if getattr(row, column.name) is not None
    )
    return RowFacts(
        reference=f"{data_table.section}/{data_table.reference(row)}",
        data_key_ids=tuple(sorted(data_keys_of(data_table, [row]))),
        delete=bool(data_table.columns(OnErase.DELETE)),
        clear=tuple(clear),
        retention=data_table.keeping,
        since=getattr(row, data_table.since.name) if data_table.since is not None else None,
        order=orders_by_id.get(order_id) if order_id else None,
    )
