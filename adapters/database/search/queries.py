"""Statements of a search. Each shape of a query has one, which is built once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, distinct, exists, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.search.words import Words
from adapters.database.tables.search import search_attributes as attributes
from adapters.database.tables.search import search_categories as categories
from adapters.database.tables.search import search_documents as documents
from adapters.serialization.cursors import read_cursor, timestamp, whole_number
from ports.search import SearchQuery, Sort

ALL_CATEGORIES = UUID(int=0)
"""A category of every document, so that one index serves searches without a category."""

CACHED_SHAPES = 200
BY_PRICE = {Sort.PRICE_ASCENDING, Sort.PRICE_DESCENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The conditions of a query, without their values.

    ``codes`` is the number of attributes in the filter.
    """

    words: bool
    lowest: bool
    highest: bool
    in_stock: bool
    codes: int
    sort: Sort
    continued: bool

    @property
    def ranked(self) -> bool:
        return self.words and self.sort is Sort.RELEVANCE


def shape_of(query: SearchQuery, words: Sequence[str]) -> Shape:
    return Shape(
        words=bool(words),
        lowest=query.lowest is not None,
        highest=query.highest is not None,
        in_stock=query.in_stock,
        codes=len(query.attributes),
        sort=query.sort,
        continued=bool(query.cursor),
    )


def parameters(query: SearchQuery, expression: str) -> dict[str, Any]:
    """Values for the statements of the query's shape."""
    values: dict[str, Any] = {
        "category": query.category or ALL_CATEGORIES,
        "words": expression,
        "lowest": query.lowest,
        "highest": query.highest,
    }
    for position, (code, chosen) in enumerate(sorted(query.attributes.items())):
        values[f"code_{position}"] = code
        values[f"values_{position}"] = sorted(chosen)
    return values


def position_of(query: SearchQuery, shape: Shape) -> dict[str, Any]:
    """Parameters of the page's start: an offset for ranked pages, else the last row's keys.

    Raises:
        Rejected: the cursor is malformed.
    """
    if shape.ranked:
        return {"offset": read_cursor(query.cursor, (whole_number,))[0] if query.cursor else 0}
    if not query.cursor:
        return {}
    kind = whole_number if query.sort in BY_PRICE else timestamp
    value, last = read_cursor(query.cursor, (kind, whole_number))
    return {"value": value, "last": last}


@lru_cache(CACHED_SHAPES)
def page_statement(words: Words, shape: Shape) -> Select[Any]:
    """One page of at most ``most`` documents."""
    page = (
        _matched(words, shape)
        .add_columns(documents.c.product_id, categories.c.lowest_price, categories.c.published_at)
        .where(*(_has(position) for position in range(shape.codes)))
        .limit(bindparam("most"))
    )
    if shape.ranked:
        return page.order_by(words.distance, documents.c.id).offset(bindparam("offset"))
    return _sorted(page, shape)


@lru_cache(CACHED_SHAPES)
def total_statement(words: Words, shape: Shape) -> Select[Any]:
    matched = _flagged(words, shape)
    flags = [matched.c[f"has_{position}"] for position in range(shape.codes)]
    return select(func.count()).select_from(matched).where(*flags)


@lru_cache(CACHED_SHAPES)
def facets_statement(words: Words, shape: Shape) -> Select[Any]:
    """Counts for each facet value.

    A facet's own filter does not apply to its counts, so that other values can be chosen.
    """
    matched = _flagged(words, shape)
    narrowed = [
        or_(matched.c[f"has_{position}"], attributes.c.code == bindparam(f"code_{position}"))
        for position in range(shape.codes)
    ]
    return (
        select(
            attributes.c.code,
            attributes.c.value,
            func.count(distinct(matched.c.id)).label("documents"),
        )
        .join(matched, matched.c.id == attributes.c.document_id)
        .where(*narrowed)
        .group_by(attributes.c.code, attributes.c.value)
        .order_by(attributes.c.code, func.count().desc(), attributes.c.value)
    )


def _matched(words: Words, shape: Shape) -> Select[Any]:
    """Documents that match category, words, price and stock; attributes are checked later."""
    matched = select(documents.c.id).join(
        categories,
        and_(
            categories.c.document_id == documents.c.id,
            categories.c.category_id == bindparam("category"),
        ),
    )
    if shape.words:
        matched = matched.join(words.table, words.key == documents.c.id).where(words.matching)
    if shape.lowest:
        matched = matched.where(categories.c.lowest_price >= bindparam("lowest"))
    if shape.highest:
        matched = matched.where(categories.c.lowest_price <= bindparam("highest"))
    if shape.in_stock:
        matched = matched.where(documents.c.in_stock == true())
    return matched


def _flagged(words: Words, shape: Shape) -> Any:
    flags = (_has(position).label(f"has_{position}") for position in range(shape.codes))
    return _matched(words, shape).add_columns(*flags).cte("matched")


def _sorted(page: Select[Any], shape: Shape) -> Select[Any]:
    """Keyset pagination by the columns of the category's index."""
    identity = categories.c.document_id
    key: ColumnElement[Any] = (
        categories.c.lowest_price if shape.sort in BY_PRICE else categories.c.published_at
    )
    ascending = shape.sort is Sort.PRICE_ASCENDING
    if shape.continued:
        value: Any = bindparam("value", type_=key.type)
        last: Any = bindparam("last")
        page = page.where(
            or_(key > value, and_(key == value, identity > last))
            if ascending
            else or_(key < value, and_(key == value, identity < last))
        )
    return page.order_by(*((key, identity) if ascending else (key.desc(), identity.desc())))


def _has(position: int) -> ColumnElement[bool]:
    return exists().where(
        attributes.c.document_id == documents.c.id,
        attributes.c.code == bindparam(f"code_{position}"),
        attributes.c.value.in_(bindparam(f"values_{position}", expanding=True)),
    )
