"""A search index in the shop's own database: three statements for each page of results."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from cachetools import TTLCache
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.search.queries import (
    ALL_CATEGORIES,
    BY_PRICE,
    Shape,
    facets_statement,
    page_statement,
    parameters,
    position_of,
    shape_of,
    total_statement,
)
from adapters.database.search.words import PostgresWords, SqliteWords, WordRow, Words
from adapters.database.statements import upsert
from adapters.database.tables.search import search_attributes, search_categories, search_documents
from adapters.serialization.cursors import write_cursor
from core.domain.identifiers import ProductId
from ports.errors import Unavailable
from ports.search import FacetCount, SearchDocument, SearchQuery, SearchResult, Segmentation, Sort

COUNTS_TTL_SECONDS = 20.0
VOCABULARY_TTL_SECONDS = 300.0

documents = search_documents
categories = search_categories
Counts = tuple[int, tuple[FacetCount, ...]]
Page = tuple[tuple[ProductId, ...], str]


class DatabaseSearch:
    """Counting and ranking read every match, so popular queries are answered from a cache.

    Totals, facet counts and ranks may be 20 seconds old; products never are.
    """

    def __init__(self, database: Database, segmentation: Segmentation) -> None:
        self._database = database
        self._segmentation = segmentation
        self._words: Words = SqliteWords() if database.is_sqlite else PostgresWords()
        self._counts: TTLCache[Any, Counts] = TTLCache(1_000, COUNTS_TTL_SECONDS)
        self._ranked: TTLCache[Any, Page] = TTLCache(1_000, COUNTS_TTL_SECONDS)
        self._vocabulary: TTLCache[str, list[str]] = TTLCache(1, VOCABULARY_TTL_SECONDS)

    async def put(self, added: tuple[SearchDocument, ...]) -> None:
        if not added:
            return
        async with self._database.writes.begin() as connection:
            ids = await self._put_documents(connection, added)
            await _replace(
                connection,
                categories,
                list(ids.values()),
                [
                    _category_row(ids, each, category)
                    for each in added
                    for category in _categories_of(each)
                ],
            )
            await _replace(
                connection,
                search_attributes,
                list(ids.values()),
                [
                    {"document_id": ids[each.product_id], "code": code, "value": value}
                    for each in added
                    for code, value in sorted(each.attributes)
                ],
            )
            await self._words.put(
                connection,
                [self._word_row(ids[each.product_id], each.texts) for each in added],
            )
        self._clear_caches()

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        async with self._database.writes.begin() as connection:
            deleted = await connection.execute(
                delete(documents)
                .where(documents.c.product_id.in_(product_ids))
                .returning(documents.c.id)
            )
            await self._words.remove(connection, [row.id for row in deleted])
        self._clear_caches()

    async def search(self, query: SearchQuery) -> SearchResult:
        words = self._segmentation.query_words(query.words)
        if query.words.strip() and not words:
            return SearchResult(product_ids=(), total=0)
        try:
            async with self._database.reads.connect() as connection:
                total, facets = await self._count(connection, query, words)
                corrected = words
                if total == 0 and words:
                    vocabulary = await self._read_vocabulary(connection)
                    for corrected in self._segmentation.guesses(words, vocabulary):
                        total, facets = await self._count(connection, query, corrected)
                        if total:
                            break
                ids, cursor = await self._page(connection, query, corrected) if total else ((), "")
        except DBAPIError as error:
            raise Unavailable from error
        return SearchResult(
            product_ids=ids,
            total=total,
            facets=facets,
            cursor=cursor,
            corrected=" ".join(corrected) if corrected != words and total else "",
        )

    async def _put_documents(
        self, connection: AsyncConnection, added: Sequence[SearchDocument]
    ) -> dict[ProductId, int]:
        statement = upsert(connection, documents)
        changed = {
            name: statement.excluded[name] for name in ("lowest_price", "published_at", "in_stock")
        }
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["product_id"], set_=changed),
            [
                {
                    "product_id": each.product_id,
                    "lowest_price": each.lowest_price.minor,
                    "published_at": each.published_at,
                    "in_stock": each.in_stock,
                }
                for each in added
            ],
        )
        rows = await connection.execute(
            select(documents.c.product_id, documents.c.id).where(
                documents.c.product_id.in_([each.product_id for each in added])
            )
        )
        return {ProductId(row.product_id): row.id for row in rows}

    async def _count(
        self, connection: AsyncConnection, query: SearchQuery, words: list[str]
    ) -> Counts:
        key = _cache_key(query, words)
        counts = self._counts.get(key)
        if counts is None:
            counts = await self._count_now(connection, query, words)
            self._counts[key] = counts
        return counts

    async def _count_now(
        self, connection: AsyncConnection, query: SearchQuery, words: list[str]
    ) -> Counts:
        shape = replace(shape_of(query, words), sort=Sort.RELEVANCE, continued=False)
        values = parameters(query, self._words.expression(words))
        total = await connection.scalar(total_statement(self._words, shape), values)
        if not total:
            return 0, ()
        rows = await connection.execute(facets_statement(self._words, shape), values)
        return total, tuple(
            FacetCount(code=row.code, value=row.value, count=row.documents) for row in rows
        )

    async def _page(
        self, connection: AsyncConnection, query: SearchQuery, words: list[str]
    ) -> Page:
        shape = shape_of(query, words)
        if not shape.ranked:
            return await self._page_now(connection, query, words, shape)
        key = (*_cache_key(query, words), query.cursor, query.limit)
        if key not in self._ranked:
            self._ranked[key] = await self._page_now(connection, query, words, shape)
        return self._ranked[key]

    async def _page_now(
        self, connection: AsyncConnection, query: SearchQuery, words: list[str], shape: Shape
    ) -> Page:
        position = position_of(query, shape)
        values = {
            **parameters(query, self._words.expression(words)),
            **position,
            "most": query.limit + 1,
        }
        rows = (await connection.execute(page_statement(self._words, shape), values)).all()
        shown = rows[: query.limit]
        product_ids = tuple(ProductId(row.product_id) for row in shown)
        if len(rows) <= query.limit:
            return product_ids, ""
        if shape.ranked:
            return product_ids, write_cursor(position["offset"] + query.limit)
        last = shown[-1]
        key = last.lowest_price if query.sort in BY_PRICE else last.published_at.isoformat()
        return product_ids, write_cursor(key, last.id)

    async def _read_vocabulary(self, connection: AsyncConnection) -> list[str]:
        if "all" not in self._vocabulary:
            self._vocabulary["all"] = await self._words.vocabulary(connection)
        return self._vocabulary["all"]

    def _word_row(self, document_id: int, texts: Sequence[str]) -> WordRow:
        split = self._segmentation.document_words
        title, rest = split(texts[0]), split(" ".join(texts[1:]))
        return {"id": document_id, "title": " ".join(title), "rest": " ".join(rest)}

    def _clear_caches(self) -> None:
        self._counts.clear()
        self._ranked.clear()
        self._vocabulary.clear()


def _cache_key(query: SearchQuery, words: list[str]) -> tuple[Any, ...]:
    """Everything of a query that decides which products match."""
    return (
        tuple(words),
        query.category,
        frozenset(query.attributes.items()),
        query.lowest,
        query.highest,
        query.in_stock,
    )


def _categories_of(document: SearchDocument) -> list[UUID]:
    return [ALL_CATEGORIES, *sorted(document.categories)]


def _category_row(
    ids: dict[ProductId, int], document: SearchDocument, category: UUID
) -> dict[str, Any]:
    return {
        "category_id": category,
        "document_id": ids[document.product_id],
        "lowest_price": document.lowest_price.minor,
        "published_at": document.published_at,
    }


async def _replace(
    connection: AsyncConnection, table: Any, ids: list[int], rows: list[dict[str, Any]]
) -> None:
    await connection.execute(delete(table).where(table.c.document_id.in_(ids)))
    if rows:
        await connection.execute(insert(table), rows)
