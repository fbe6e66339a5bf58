"""Reads and moves the shop of the fixture `lives`."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters.database.columns import CLASSIFICATION
from adapters.database.tables import metadata
from adapters.database.tables.orders import orders
from adapters.database.tables.returns import returns
from adapters.serialization.encrypted import data_key_in
from core.domain.identifiers import CustomerId
from core.domain.privacy.inventory import Pii
from entrepot.assembly.shop import Shop


class MovableClock:
    """A clock that tests can set ahead, also for use cases that are assembled already."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def in_days(shop: Shop, days: int) -> None:
    clock = shop.now()
    assert isinstance(clock, MovableClock)
    clock.ahead = timedelta(days=days)


async def decrypted(shop: Shop) -> dict[str, str]:
    """Return all values that can still be decrypted, by column and row."""
    found = {}
    async with shop.database().reads.connect() as connection:
        for table in metadata.sorted_tables:
            encrypted = [
                column
                for column in table.columns
                if isinstance(classification := column.info[CLASSIFICATION], Pii)
                and classification.encrypted
            ]
            if not encrypted or table.name == "idempotency_keys":
                continue
            for row in await connection.execute(sa.select(table)):
                for column in encrypted:
                    value = getattr(row, column.name)
                    if value is not None:
                        keys = await shop.vault().keys([data_key_in(value)])
                        text = keys.decrypt(str(column), row.id, value)
                        found[f"{column} {row.id}"] = json.dumps(text, ensure_ascii=False)
    return found


async def rows_of(shop: Shop, customer: CustomerId) -> dict[str, list[Any]]:
    """Return the stored rows of a person."""
    of = orders.c.id.in_(sa.select(orders.c.id).where(orders.c.customer_id == customer))
    queries: dict[str, Any] = {
        "customers": sa.text("SELECT * FROM customers WHERE id = :id"),
        "addresses": sa.text("SELECT * FROM addresses WHERE customer_id = :id"),
        "carts": sa.text("SELECT * FROM carts WHERE customer_id = :id"),
        "orders": sa.select(orders).where(of),
        "returns": sa.select(returns).join(orders).where(of),
    }
    found = {}
    async with shop.database().reads.connect() as connection:
        for name, query in queries.items():
            identifier = customer.hex if shop.database().is_sqlite else customer
            values = {"id": identifier} if isinstance(query, sa.TextClause) else {}
            found[name] = [tuple(row) for row in await connection.execute(query, values)]
    assert all(found.values())
    return found
