"""Paid orders for recommenders, without personal data."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import select, union

from adapters.database.engine import Database
from adapters.database.orders.queries import PAID
from adapters.database.privacy.consents import latest_consents
from adapters.database.tables.customers import customers
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.privacy import consents
from core.domain.identifiers import ProductId
from core.domain.privacy.consent import PERSONALISATION
from ports.recommendation import Basket

PAGE_SIZE = 1_000


class SqlPurchaseHistory:
    """Products and time of each paid order; customers who withdrew consent are left out."""

    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def baskets(self) -> AsyncIterator[Basket]:
        last: UUID | None = None
        excluded = await self._excluded_customers()
        while True:
            page = (
                select(orders.c.id, orders.c.customer_id, orders.c.placed_at)
                .where(orders.c.state.in_(PAID))
                .order_by(orders.c.id)
                .limit(PAGE_SIZE)
            )
            if last is not None:
                page = page.where(orders.c.id > last)
            async with self._reads.connect() as connection:
                rows = (await connection.execute(page)).all()
                if not rows:
                    return
                lines = (
                    await connection.execute(
                        select(order_lines.c.order_id, order_lines.c.product_id).where(
                            order_lines.c.order_id.between(rows[0].id, rows[-1].id)
                        )
                    )
                ).all()
            products_of: dict[UUID, set[ProductId]] = {}
            for line in lines:
                products_of.setdefault(line.order_id, set()).add(ProductId(line.product_id))
            for row in rows:
                if row.customer_id in excluded:
                    continue
                yield Basket(
                    person=str(row.customer_id or row.id),
                    products=frozenset(products_of.get(row.id, set())),
                    at=row.placed_at,
                )
            last = rows[-1].id

    async def _excluded_customers(self) -> frozenset[UUID]:
        """Customers who withdrew consent to personalisation, or whose data is restricted."""
        refusals = latest_consents().where(
            consents.c.purpose == PERSONALISATION, consents.c.given.is_(False)
        )
        withdrawn = refusals.with_only_columns(consents.c.customer_id)
        restricted = select(customers.c.id).where(customers.c.restricted.is_(True))
        async with self._reads.connect() as connection:
            return frozenset(await connection.scalars(union(withdrawn, restricted)))
