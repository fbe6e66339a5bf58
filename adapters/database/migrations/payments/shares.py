"""Revision 0009: each order is a purchase of its own, and each payment has one share."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from adapters.database.columns import Json

PAGE_SIZE = 1_000


orders = sa.table(
    "orders",
    sa.column("id", sa.Uuid()),
    sa.column("purchase_id", sa.Uuid()),
    sa.column("instalments", Json),
)
payments = sa.table(
    "payments",
    sa.column("id", sa.Uuid()),
    sa.column("order_id", sa.Uuid()),
    sa.column("purchase_id", sa.Uuid()),
    sa.column("shares", Json),
    sa.column("amount_minor", sa.BigInteger()),
    sa.column("charged_back_minor", sa.BigInteger()),
)
entries = sa.table(
    "payment_entries",
    sa.column("payment_id", sa.Uuid()),
    sa.column("order_id", sa.Uuid()),
    sa.column("kind", sa.Text()),
)
refunds = sa.table(
    "refunds",
    sa.column("payment_id", sa.Uuid()),
    sa.column("paid_order_id", sa.Uuid()),
    sa.column("instalment", sa.Text()),
)


def fill(connection: sa.Connection) -> None:
    connection.execute(sa.update(orders).values(purchase_id=orders.c.id, instalments=[]))
    connection.execute(
        sa.update(payments).values(purchase_id=payments.c.order_id, charged_back_minor=0)
    )
    share = (
        sa.update(payments)
        .where(payments.c.id == sa.bindparam("of_payment"))
        .values(shares=sa.bindparam("only", type_=Json))
    )
    for page in _pages(connection):
        connection.execute(share, [_only_share(row) for row in page])
    connection.execute(
        sa.update(entries)
        .where(entries.c.kind.like("refund%"))
        .values(order_id=_paid_order(entries))
    )
    connection.execute(sa.update(refunds).values(paid_order_id=_paid_order(refunds), instalment=""))


def _paid_order(table: sa.TableClause) -> sa.ScalarSelect[Any]:
    return (
        sa.select(payments.c.order_id).where(payments.c.id == table.c.payment_id).scalar_subquery()
    )


def _pages(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    last = UUID(int=0)
    page = (
        sa.select(payments.c.id, payments.c.order_id, payments.c.amount_minor)
        .where(payments.c.id > sa.bindparam("last", type_=sa.Uuid()))
        .order_by(payments.c.id)
        .limit(PAGE_SIZE)
    )
    while rows := connection.execute(page, {"last": last}).all():
        yield rows
        last = rows[-1].id


def _only_share(row: Any) -> dict[str, Any]:
    share = {
        "order": str(row.order_id),
        "amount": row.amount_minor,
        "instalment": "",
        "released": False,
    }
    return {"of_payment": row.id, "only": [share]}
