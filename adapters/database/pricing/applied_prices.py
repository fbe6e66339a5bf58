"""The repository of applied prices, and their history for staff."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.version import increase_version
from adapters.database.engine import Database
from adapters.database.statements import insert_into, is_unique_violation
from adapters.database.tables.applied_prices import applied_prices
from adapters.serialization.cursors import read_cursor, timestamp, write_cursor
from core.domain.errors import StaleVersion
from core.domain.identifiers import ProductId, Sku
from core.domain.pricing.applied.price_history import PUBLIC, PriceRecord
from core.domain.pricing.applied.prior_price import PriorBasis

END = (
    update(applied_prices)
    .where(applied_prices.c.id == bindparam("of_id"), applied_prices.c.ends_at.is_(None))
    .values(ends_at=bindparam("at"))
)


class SqlAppliedPrices:
    """`ports.applied_prices.AppliedPrices` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self, product_ids: Sequence[ProductId], skus: Sequence[str]
    ) -> Sequence[PriceRecord]:
        rows = await self._connection.execute(
            select(applied_prices).where(
                applied_prices.c.ends_at.is_(None),
                or_(applied_prices.c.product_id.in_(product_ids), applied_prices.c.sku.in_(skus)),
            )
        )
        return [_record(row) for row in rows]

    async def public_history(self, skus: Sequence[str], since: datetime) -> Sequence[PriceRecord]:
        rows = await self._connection.execute(
            select(applied_prices)
            .where(
                applied_prices.c.sku.in_(skus),
                applied_prices.c.audience == PUBLIC,
                or_(applied_prices.c.ends_at.is_(None), applied_prices.c.ends_at >= since),
            )
            .order_by(applied_prices.c.sku, applied_prices.c.starts_at, applied_prices.c.id)
        )
        return [_record(row) for row in rows]

    async def end(self, ended: Mapping[UUID, datetime]) -> None:
        for record_id, at in sorted(ended.items()):
            changed = await self._connection.execute(END, {"of_id": record_id, "at": at})
            if changed.rowcount == 0:
                raise StaleVersion("applied price", record_id)
        if ended:
            await increase_version(self._connection)

    async def add(self, records: Sequence[PriceRecord]) -> None:
        if not records:
            return
        try:
            await self._connection.execute(insert_into(applied_prices), [_row(r) for r in records])
        except IntegrityError as error:
            if is_unique_violation(error):
                raise StaleVersion("applied price", records[0].sku) from error
            raise
        await increase_version(self._connection)


class SqlPriceHistory:
    """`ports.applied_prices.PriceHistoryQueries`."""

    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def of_sku(self, sku: Sku, limit: int, cursor: str) -> tuple[Sequence[PriceRecord], str]:
        position = (applied_prices.c.starts_at, applied_prices.c.id)
        page = (
            select(applied_prices)
            .where(applied_prices.c.sku == sku)
            .order_by(*(each.desc() for each in position))
            .limit(limit + 1)
        )
        if cursor:
            at, last = read_cursor(cursor, (timestamp, UUID))
            page = page.where(
                or_(
                    applied_prices.c.starts_at < at,
                    and_(applied_prices.c.starts_at == at, applied_prices.c.id < last),
                )
            )
        async with self._reads.connect() as connection:
            rows = (await connection.execute(page)).all()
        records = [_record(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return records, ""
        return records, write_cursor(records[-1].starts_at.isoformat(), records[-1].id)

    async def of_product(self, product_id: ProductId, limit: int) -> Sequence[PriceRecord]:
        latest = (
            select(applied_prices)
            .where(applied_prices.c.product_id == product_id)
            .order_by(applied_prices.c.starts_at.desc(), applied_prices.c.id.desc())
            .limit(limit)
        )
        async with self._reads.connect() as connection:
            return [_record(row) for row in await connection.execute(latest)]


class SqlPurgeAppliedPrices:
    """`ports.applied_prices.PurgeAppliedPrices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, before: datetime, limit: int) -> int:
        reduced = applied_prices.alias("reduced")
        is_needed = exists().where(
            and_(
                reduced.c.sku == applied_prices.c.sku,
                reduced.c.ends_at.is_(None),
                reduced.c.source != "",
            )
        )
        old = (
            select(applied_prices.c.id)
            .where(applied_prices.c.ends_at < before, ~is_needed)
            .limit(limit)
        )
        async with self._database.writes.begin() as connection:
            ids = list(await connection.scalars(old))
            deleted = await connection.execute(
                delete(applied_prices).where(applied_prices.c.id.in_(ids))
            )
        return deleted.rowcount


def _record(row: Row[Any]) -> PriceRecord:
    return PriceRecord(
        id=row.id,
        sku=row.sku,
        product_id=ProductId(row.product_id),
        audience=row.audience,
        minor=row.minor,
        source=row.source,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        prior_minor=row.prior_minor,
        prior_basis=row.prior_basis and PriorBasis(row.prior_basis),
    )


def _row(record: PriceRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "sku": record.sku,
        "product_id": record.product_id,
        "audience": record.audience,
        "minor": record.minor,
        "source": record.source,
        "prior_minor": record.prior_minor,
        "prior_basis": record.prior_basis and str(record.prior_basis),
        "starts_at": record.starts_at,
        "ends_at": record.ends_at,
    }
