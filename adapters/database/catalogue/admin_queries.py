"""Queries of the back office about products, and documents for the search index."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.catalogue.search_documents import read_documents
from adapters.database.engine import Database
from adapters.database.keyset import Keyset
from adapters.database.tables.catalogue import products, variants
from adapters.database.tables.stock import stock_levels
from adapters.serialization.cursors import read_cursor, timestamp, write_cursor
from core.domain.catalogue.product import ProductState
from core.domain.fields.declared import DeclaredFields
from core.domain.identifiers import ProductId, Sku
from core.domain.text import LANGUAGES, Text
from ports.catalogue.queries import ProductSummary
from ports.clock import Clock
from ports.media import Media
from ports.pagination import PageOf, Slice
from ports.search import SearchDocument

BY_TIME = Keyset((products.c.created_at, products.c.id), (timestamp, UUID))


class SqlProductQueries:
    def __init__(
        self, database: Database, media: Media, declared_fields: DeclaredFields, now: Clock
    ) -> None:
        self._fields = declared_fields
        self._reads = database.reads
        self._media = media
        self._now = now

    async def list(
        self, *, words: str, state: ProductState | None, language: str, limit: int, cursor: str
    ) -> tuple[tuple[ProductSummary, ...], str]:
        page = _product_page(words, state, cursor).limit(limit + 1)
        async with self._reads.connect() as connection:
            rows = (await connection.execute(page)).all()
            shown = rows[:limit]
            summaries = await self._summaries(connection, shown, language)
        if len(rows) <= limit:
            return summaries, ""
        return summaries, write_cursor(shown[-1].created_at.isoformat(), shown[-1].id)

    async def listed(
        self, words: str, state: ProductState | None, part: Slice, language: str
    ) -> PageOf[ProductSummary]:
        page = BY_TIME.select(_matching_products(words, state), part)
        async with self._reads.connect() as connection:
            rows, after, before = BY_TIME.page((await connection.execute(page)).all(), part)
            return PageOf(await self._summaries(connection, rows, language), after, before)

    async def _summaries(
        self, connection: AsyncConnection, rows: Sequence[Row[Any]], language: str
    ) -> tuple[ProductSummary, ...]:
        counted = (await connection.execute(_counts([row.id for row in rows]))).all()
        counts = {row.product_id: row for row in counted}
        return tuple(self._summary(row, counts.get(row.id), language) for row in rows)

    async def skus(self, words: str, language: str, limit: int) -> tuple[tuple[Sku, str], ...]:
        found = (
            select(variants.c.sku, products.c.title)
            .join(products, products.c.id == variants.c.product_id)
            .where(
                or_(
                    variants.c.sku.icontains(words, autoescape=True),
                    *(
                        products.c.title[each].as_string().icontains(words, autoescape=True)
                        for each in LANGUAGES
                    ),
                )
            )
            .order_by(variants.c.sku)
            .limit(limit)
        )
        async with self._reads.connect() as connection:
            rows = (await connection.execute(found)).all()
        return tuple((Sku(row.sku), Text(row.title).in_language(language)) for row in rows)

    async def documents(self, product_ids: Sequence[ProductId]) -> tuple[SearchDocument, ...]:
        if not product_ids:
            return ()
        async with self._reads.connect() as connection:
            return await read_documents(connection, product_ids, self._now(), self._fields)

    async def product_ids(self, after: ProductId | None, limit: int) -> tuple[ProductId, ...]:
        page = select(products.c.id).order_by(products.c.id).limit(limit)
        if after is not None:
            page = page.where(products.c.id > after)
        async with self._reads.connect() as connection:
            return tuple(ProductId(row.id) for row in await connection.execute(page))

    def _summary(self, row: Row[Any], counts: Row[Any] | None, language: str) -> ProductSummary:
        return ProductSummary(
            id=ProductId(row.id),
            handle=row.handle,
            title=Text(row.title).in_language(language),
            state=ProductState(row.state),
            variants=counts.variants if counts else 0,
            on_hand=counts.on_hand if counts else 0,
            reserved=counts.reserved if counts else 0,
            picture=self._media.address(row.pictures[0]["path"]) if row.pictures else "",
            created_at=row.created_at,
        )


def _matching_products(words: str, state: ProductState | None) -> Select[Any]:
    page = select(
        products.c.id,
        products.c.handle,
        products.c.title,
        products.c.state,
        products.c.pictures,
        products.c.created_at,
    )
    if state is not None:
        page = page.where(products.c.state == str(state))
    return page.where(_matching(words)) if words else page


def _product_page(words: str, state: ProductState | None, cursor: str) -> Select[Any]:
    page = _matching_products(words, state).order_by(
        products.c.created_at.desc(), products.c.id.desc()
    )
    if cursor:
        at, last = read_cursor(cursor, (timestamp, UUID))
        page = page.where(
            or_(
                products.c.created_at < at,
                and_(products.c.created_at == at, products.c.id < last),
            )
        )
    return page


def _matching(words: str) -> ColumnElement[bool]:
    pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    by_sku = select(variants.c.product_id).where(
        or_(variants.c.sku == words, variants.c.supplier_sku == words)
    )
    return or_(
        products.c.handle.ilike(f"%{pattern}%", escape="\\"),
        products.c.title["zh"].as_string().ilike(f"%{pattern}%", escape="\\"),
        products.c.title["en"].as_string().ilike(f"%{pattern}%", escape="\\"),
        products.c.id.in_(by_sku),
    )


def _counts(product_ids: Sequence[UUID]) -> Select[tuple[UUID, int, int, int]]:
    return (
        select(
            variants.c.product_id,
            func.count(variants.c.id.distinct()).label("variants"),
            func.coalesce(func.sum(stock_levels.c.on_hand), 0).label("on_hand"),
            func.coalesce(func.sum(stock_levels.c.reserved), 0).label("reserved"),
        )
        .outerjoin(stock_levels, stock_levels.c.sku == variants.c.sku)
        .where(variants.c.product_id.in_(product_ids))
        .group_by(variants.c.product_id)
    )
