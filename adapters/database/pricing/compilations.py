"""How far the applied prices of each product are compiled."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.version import PRICING, version_of
from adapters.database.columns import Utc
from adapters.database.tables.applied_prices import price_compilations
from core.domain.identifiers import ProductId
from ports.applied_prices import Compiled, DueProduct

VERSION = version_of(PRICING)

CLAIM = (
    select(price_compilations, VERSION.label("version"))
    .where(
        or_(
            price_compilations.c.rules_version < VERSION,
            price_compilations.c.changes_at <= bindparam("now", type_=Utc),
        )
    )
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)

SAVE = (
    update(price_compilations)
    .where(price_compilations.c.product_id == bindparam("of_product"))
    .values(
        rules_version=bindparam("version"),
        compiled_at=bindparam("at"),
        changes_at=bindparam("next"),
        saved_at=None,
    )
)


class SqlPriceCompilations:
    """`ports.applied_prices.PriceCompilations` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(
        self, now: datetime, limit: int, product_ids: Sequence[ProductId] | None = None
    ) -> Sequence[DueProduct]:
        claim = CLAIM
        if product_ids is not None:
            claim = claim.where(price_compilations.c.product_id.in_(product_ids))
        rows = await self._connection.execute(claim, {"now": now, "most": limit})
        return [
            DueProduct(
                product_id=ProductId(row.product_id),
                compiled_at=row.compiled_at,
                saved_at=row.saved_at,
                changes_at=row.changes_at,
                version=row.version,
            )
            for row in rows
        ]

    async def save(self, compiled: Sequence[Compiled]) -> None:
        await self._connection.execute(
            SAVE,
            [
                {
                    "of_product": each.product_id,
                    "version": each.version,
                    "at": each.at,
                    "next": each.changes_at,
                }
                for each in compiled
            ],
        )
