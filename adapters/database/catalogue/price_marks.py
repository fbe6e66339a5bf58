"""Marks products whose prices in lists are to be compiled again."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.applied_prices import price_compilations
from core.domain.identifiers import ProductId

DUE = -1
"""Stands for the version of the rules until a product is compiled: each version is above it."""


async def mark_saved(connection: AsyncConnection, product_id: ProductId, now: datetime) -> None:
    statement = upsert(connection, price_compilations).values(
        product_id=product_id, rules_version=DUE, saved_at=now
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["product_id"], set_={"rules_version": DUE, "saved_at": now}
        )
    )


async def mark_all(connection: AsyncConnection, now: datetime) -> None:
    """For a change that promotions may see on any product, such as that of a category."""
    # In one order, so that two of these never wait for each other.
    locked = (
        select(price_compilations.c.product_id)
        .order_by(price_compilations.c.product_id)
        .with_for_update()
    )
    await connection.execute(
        update(price_compilations)
        .where(price_compilations.c.product_id.in_(locked))
        .values(rules_version=DUE, saved_at=now)
    )
