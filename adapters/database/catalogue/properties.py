"""The properties of products that promotions ask for, in the statement of their prices."""

from typing import Any, TypedDict

from sqlalchemy import Row, select

from adapters.database.tables.catalogue import brands, categories, products

SEPARATOR = "/"

_roots = (
    select(categories.c.id, categories.c.slug.label("path"))
    .where(categories.c.parent_id.is_(None))
    .cte("category_paths", recursive=True)
)

category_paths = _roots.union_all(
    select(categories.c.id, (_roots.c.path + SEPARATOR + categories.c.slug).label("path")).join(
        _roots, categories.c.parent_id == _roots.c.id
    )
)
"""Each category with the slugs from the top level down to it."""

promoted_columns = (
    category_paths.c.path.label("category_path"),
    brands.c.slug.label("brand_slug"),
    products.c.tags,
    products.c.attributes,
)


class PromotedProperties(TypedDict):
    categories: frozenset[str]
    brand: str
    tags: frozenset[str]
    attributes: frozenset[str]


def promoted_properties(row: Row[Any]) -> PromotedProperties:
    return {
        "categories": frozenset(row.category_path.split(SEPARATOR)),
        "brand": row.brand_slug or "",
        "tags": frozenset(row.tags),
        "attributes": frozenset(f"{each['code']}={each['value']}" for each in row.attributes),
    }
