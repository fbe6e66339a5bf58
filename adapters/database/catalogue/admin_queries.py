"""Queries of the back office about products, and documents for the search index."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.catalogue.search_documents import read_documents
from adapters.database.engine import Database
from adapters.database.tables.catalogue import products, variants
from adapters.database.tables.stock import stock_levels
from adapters.serialization.cursors import read_cursor, timestamp, write_cursor
from core.domain.catalogue.product import ProductState
from core.domain.fields.declared import DeclaredFields
from core.domain.identifiers import ProductId
from core.domain.text import Text
from ports.catalogue.queries import ProductSummary
from ports.clock import Clock
from ports.media import Media
from ports.search import SearchDocument


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
            counted = (await connection.execute(_counts([row.id for row in shown]))).all()
        counts = {row.product_id: row for row in counted}
        summaries = tuple(self._summary(row, counts.get(row.id), language) for row in shown)
        if len(rows) <= limit:
            return summaries, ""
        return summaries, write_cursor(shown[-1].created_at.isoformat(), shown[-1].id)

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
        )


def _product_page(words: str, state: ProductState | None, cursor: str) -> Select[Any]:
    page = select(
        products.c.id,
        products.c.handle,
        products.c.title,
        products.c.state,
        products.c.pictures,
        products.c.created_at,
    ).order_by(products.c.created_at.desc(), products.c.id.desc())
    if state is not None:
        page = page.where(products.c.state == str(state))
    if words:
        page = page.where(_matching(words))
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
