"""Search documents: published products with the words, filters and prices that find them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.prices import is_open_price, open_price, price_minor
from adapters.database.catalogue.statements import available
from adapters.database.tables.catalogue import brands, categories, products, variants
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.filters import filters_of
from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money
from ports.search import SearchDocument


async def read_documents(
    connection: AsyncConnection,
    product_ids: Sequence[ProductId],
    now: datetime,
    declared: DeclaredFields,
) -> tuple[SearchDocument, ...]:
    category_rows = (await connection.execute(select(categories))).all()
    described = (
        select(products, brands.c.name.label("brand"))
        .outerjoin(brands, brands.c.id == products.c.brand_id)
        .where(products.c.id.in_(product_ids), products.c.state == "published")
    )
    product_rows = (await connection.execute(described)).all()
    offered = (
        select(
            variants.c.product_id,
            variants.c.sku,
            variants.c.supplier_sku,
            func.coalesce(open_price.c.minor, price_minor).label("price_minor"),
            variants.c.currency,
            available.label("available"),
            variants.c.fields,
        )
        .outerjoin(open_price, is_open_price)
        .where(variants.c.product_id.in_(product_ids))
        .order_by(variants.c.product_id, variants.c.position)
    )
    variant_rows = (await connection.execute(offered, {"now": now})).all()
    variants_of: dict[ProductId, list[Any]] = {}
    for row in variant_rows:
        variants_of.setdefault(row.product_id, []).append(row)
    parents = {row.id: row.parent_id for row in category_rows}
    names = {row.id: row.name for row in category_rows}
    documents = []
    for each in product_rows:
        own = variants_of[each.id]
        document = _document(each, own, _path(each.category_id, parents), names)
        filters = filters_of(declared, each.fields, (variant.fields for variant in own))
        documents.append(replace(document, attributes=document.attributes | filters))
    return tuple(documents)


def _document(
    row: Row[Any],
    own_variants: Sequence[Row[Any]],
    path: Sequence[CategoryId],
    names: Mapping[CategoryId, Mapping[str, str]],
) -> SearchDocument:
    return SearchDocument(
        product_id=ProductId(row.id),
        texts=(
            " ".join(row.title.values()),
            " ".join((row.brand or {}).values()),
            " ".join(name for category in path for name in names.get(category, {}).values()),
            " ".join(row.tags),
            " ".join(f"{variant.sku} {variant.supplier_sku}" for variant in own_variants),
            " ".join(label for each in row.attributes for label in each["label"].values()),
            " ".join(
                name
                for option in row.options
                for value in option["values"]
                for name in value["name"].values()
            ),
        ),
        categories=frozenset(path),
        attributes=frozenset((each["code"], each["value"]) for each in row.attributes),
        lowest_price=min(
            (Money(variant.price_minor, variant.currency) for variant in own_variants),
            key=lambda price: price.minor,
        ),
        published_at=row.published_at,
        in_stock=any(variant.available > 0 for variant in own_variants),
    )


def _path(
    category: CategoryId, parents: Mapping[CategoryId, CategoryId | None]
) -> list[CategoryId]:
    """The category and its ancestors."""
    path: list[CategoryId] = []
    current: CategoryId | None = category
    while current is not None and current not in path:
        path.append(current)
        current = parents.get(current)
    return path
