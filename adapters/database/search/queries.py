"""The statements of a search, one for each shape that a question can have."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, distinct, exists, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.search.words import Words
from adapters.database.tables.search import search_attributes as attributes
from adapters.database.tables.search import search_documents as documents
from adapters.database.tables.search import search_places as places
from adapters.serialization.cursors import read_cursor, timestamp, whole_number
from ports.search import SearchQuery, Sort

EVERYWHERE = UUID(int=0)
"""The place where every document stands, so that the whole shop is listed like a category."""

SHAPES_KEPT = 200
BY_PRICE = {Sort.PRICE_ASCENDING, Sort.PRICE_DESCENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which conditions a question has; what it asks for is in the parameters.

    ``codes`` is the number of attributes that are filtered by.
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
    """What the statements of the question's shape are executed with."""
    values: dict[str, Any] = {
        "category": query.category or EVERYWHERE,
        "words": expression,
        "lowest": query.lowest,
        "highest": query.highest,
    }
    for place, (code, chosen) in enumerate(sorted(query.attributes.items())):
        values[f"code_{place}"] = code
        values[f"values_{place}"] = sorted(chosen)
    return values


def position_of(query: SearchQuery, shape: Shape) -> dict[str, Any]:
    """Where the page begins, as its statement wants to know it.

    Raises:
        Rejected: the cursor is not one of ours.
    """
    if shape.ranked:
        return {"offset": read_cursor(query.cursor, (whole_number,))[0] if query.cursor else 0}
    if not query.cursor:
        return {}
    kind = whole_number if query.sort in BY_PRICE else timestamp
    value, last = read_cursor(query.cursor, (kind, whole_number))
    return {"value": value, "last": last}


@lru_cache(SHAPES_KEPT)
def page_statement(words: Words, shape: Shape) -> Select[Any]:
    """One page of documents: ``most`` of them, from the position on."""
    page = (
        _matched(words, shape)
        .add_columns(documents.c.product_id, places.c.lowest_price, places.c.published_at)
        .where(*(_has(place) for place in range(shape.codes)))
        .limit(bindparam("most"))
    )
    if shape.ranked:
        return page.order_by(words.distance, documents.c.id).offset(bindparam("offset"))
    return _sorted(page, shape)


@lru_cache(SHAPES_KEPT)
def total_statement(words: Words, shape: Shape) -> Select[Any]:
    matched = _flagged(words, shape)
    flags = [matched.c[f"has_{place}"] for place in range(shape.codes)]
    return select(func.count()).select_from(matched).where(*flags)


@lru_cache(SHAPES_KEPT)
def facets_statement(words: Words, shape: Shape) -> Select[Any]:
    """A facet's own choice does not narrow its counts, so that another can be chosen."""
    matched = _flagged(words, shape)
    narrowed = [
        or_(matched.c[f"has_{place}"], attributes.c.code == bindparam(f"code_{place}"))
        for place in range(shape.codes)
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
    """Documents in the category with the words, the price and the stock asked for."""
    found = select(documents.c.id).join(
        places,
        and_(
            places.c.document_id == documents.c.id,
            places.c.category_id == bindparam("category"),
        ),
    )
    if shape.words:
        found = found.join(words.table, words.key == documents.c.id).where(words.matching)
    if shape.lowest:
        found = found.where(places.c.lowest_price >= bindparam("lowest"))
    if shape.highest:
        found = found.where(places.c.lowest_price <= bindparam("highest"))
    if shape.in_stock:
        found = found.where(documents.c.in_stock == true())
    return found


def _flagged(words: Words, shape: Shape) -> Any:
    flags = (_has(place).label(f"has_{place}") for place in range(shape.codes))
    return _matched(words, shape).add_columns(*flags).cte("matched")


def _sorted(page: Select[Any], shape: Shape) -> Select[Any]:
    """By keys that stand in the index of the category, continued after the cursor's row."""
    identity = places.c.document_id
    key: ColumnElement[Any] = (
        places.c.lowest_price if shape.sort in BY_PRICE else places.c.published_at
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


def _has(place: int) -> ColumnElement[bool]:
    return exists().where(
        attributes.c.document_id == documents.c.id,
        attributes.c.code == bindparam(f"code_{place}"),
        attributes.c.value.in_(bindparam(f"values_{place}", expanding=True)),
    )
