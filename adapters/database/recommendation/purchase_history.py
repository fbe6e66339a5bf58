"""What was bought, as a recommender may see it."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import select, union

from adapters.database.engine import Database
from adapters.database.orders.queries import PAID
from adapters.database.privacy.consents import last_words
from adapters.database.tables.customers import customers
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.privacy import consents
from core.domain.identifiers import ProductId
from core.domain.privacy.consent import PERSONALISATION
from ports.recommendation import Basket

BASKETS_AT_ONCE = 1_000


class SqlPurchaseHistory:
    """Paid orders for a recommender: who, what and when, and nothing else.

    Nobody is counted who does not want to be.
    """

    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def baskets(self) -> AsyncIterator[Basket]:
        last: UUID | None = None
        unwilling = await self._unwilling()
        while True:
            page = (
                select(orders.c.id, orders.c.customer_id, orders.c.placed_at)
                .where(orders.c.state.in_(PAID))
                .order_by(orders.c.id)
                .limit(BASKETS_AT_ONCE)
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
            bought: dict[UUID, set[ProductId]] = {}
            for line in lines:
                bought.setdefault(line.order_id, set()).add(ProductId(line.product_id))
            for row in rows:
                if row.customer_id in unwilling:
                    continue
                yield Basket(
                    person=str(row.customer_id or row.id),
                    products=frozenset(bought.get(row.id, set())),
                    at=row.placed_at,
                )
            last = rows[-1].id

    async def _unwilling(self) -> frozenset[UUID]:
        """Who took their consent back, or has their data restricted."""
        said = last_words().where(
            consents.c.purpose == PERSONALISATION, consents.c.given.is_(False)
        )
        refused = said.with_only_columns(consents.c.customer_id)
        restricted = select(customers.c.id).where(customers.c.restricted.is_(True))
        async with self._reads.connect() as connection:
            return frozenset(await connection.scalars(union(refused, restricted)))
