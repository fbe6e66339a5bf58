"""Orders whose address the back office may not use: retained or restricted personal data."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables.customers import customers
from adapters.database.tables.orders import orders
from adapters.database.tables.privacy import retained_records

IN_PROGRESS = ("placed", "paid")


async def withheld_reasons(
    connection: AsyncConnection, order_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """The reason for each withheld order: ``open``, ``returns`` or ``restricted``.

    See `ports.orders.OrderQueries.withheld`.
    """
    if not order_ids:
        return {}
    retained = select(retained_records.c.reference, retained_records.c.reason).where(
        retained_records.c.data_provider == "shop",
        retained_records.c.reference.in_([f"orders/{order_id}" for order_id in order_ids]),
    )
    restricted = (
        select(orders.c.id)
        .join(customers, customers.c.id == orders.c.customer_id)
        .where(
            orders.c.id.in_(order_ids),
            customers.c.restricted.is_(True),
            orders.c.state.not_in(IN_PROGRESS),
        )
    )
    reasons = {
        UUID(row.reference.partition("/")[2]): str(row.reason)
        for row in await connection.execute(retained)
    }
    # The record of an open order may be older than the end of the order.
    still_open = [order_id for order_id, reason in reasons.items() if reason == "open"]
    if still_open:
        ended = select(orders.c.id).where(
            orders.c.id.in_(still_open), orders.c.state.not_in(IN_PROGRESS)
        )
        reasons |= dict.fromkeys(await connection.scalars(ended), "returns")
    return reasons | dict.fromkeys(await connection.scalars(restricted), "restricted")
