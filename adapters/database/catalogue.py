"""Repositories of what the shop offers."""

from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.documents import (
    attributes_from,
    attributes_to,
    options_from,
    options_to,
    pictures_from,
    pictures_to,
    text_to,
)
from adapters.database.statements import (
    is_unique_violation,
    replace_children,
    save_versioned,
    upsert,
)
from adapters.database.tables import (
    attribute_values,
    brands,
    categories,
    counters,
    products,
    variants,
)
from core.domain.catalogue.category import Brand, Category
from core.domain.catalogue.product import Product, ProductState, ReturnException, Variant
from core.domain.errors import AlreadyExists, Invalid, NotFound
from core.domain.events import Event
from core.domain.identifiers import BrandId, CategoryId, ProductId, Sku, VariantId
from core.domain.money import Money
from core.domain.text import Text

CATALOGUE = "catalogue"
"""The counter that every change of the catalogue moves: what caches go by."""


class SqlCategories:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, category_id: CategoryId) -> Category:
        row = await _first(self._connection, categories, categories.c.id == category_id)
        if row is None:
            raise NotFound("category", category_id)
        return _category(row)

    async def find(self, slug: str) -> Category | None:
        row = await _first(self._connection, categories, categories.c.slug == slug)
        return None if row is None else _category(row)

    async def list(self) -> tuple[Category, ...]:
        rows = await self._connection.execute(
            select(categories).order_by(categories.c.position, categories.c.slug)
        )
        children: dict[CategoryId | None, list[Category]] = {}
        for row in rows:
            children.setdefault(row.parent_id, []).append(_category(row))
        ordered: list[Category] = []
        level = children.get(None, [])
        while level:
            ordered += level
            level = [child for parent in level for child in children.get(parent.id, [])]
        return tuple(ordered)

    async def save(self, category: Category) -> None:
        await self._refuse_circle(category)
        category.version = await save_versioned(
            self._connection,
            categories,
            {
                "id": category.id,
                "parent_id": category.parent_id,
                "slug": category.slug,
                "name": text_to(category.name),
                "position": category.position,
            },
            version=category.version,
            kind="category",
            key=category.slug,
        )
        await count_change(self._connection)

    async def _refuse_circle(self, category: Category) -> None:
        if category.parent_id is None:
            return
        above = (
            select(categories.c.id, categories.c.parent_id)
            .where(categories.c.id == category.parent_id)
            .cte("above", recursive=True)
        )
        above = above.union(
            select(categories.c.id, categories.c.parent_id).where(
                categories.c.id == above.c.parent_id
            )
        )
        found = set((await self._connection.execute(select(above.c.id))).scalars())
        if not found:
            raise NotFound("category", category.parent_id)
        if category.id in found:
            raise Invalid("parent", "A category cannot be its own parent.")


class SqlBrands:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, brand_id: BrandId) -> Brand:
        row = await _first(self._connection, brands, brands.c.id == brand_id)
        if row is None:
            raise NotFound("brand", brand_id)
        return _brand(row)

    async def find(self, slug: str) -> Brand | None:
        row = await _first(self._connection, brands, brands.c.slug == slug)
        return None if row is None else _brand(row)

    async def list(self) -> tuple[Brand, ...]:
        rows = await self._connection.execute(select(brands).order_by(brands.c.slug))
        return tuple(_brand(row) for row in rows)

    async def save(self, brand: Brand) -> None:
        brand.version = await save_versioned(
            self._connection,
            brands,
            {"id": brand.id, "slug": brand.slug, "name": text_to(brand.name)},
            version=brand.version,
            kind="brand",
            key=brand.slug,
        )
        await count_change(self._connection)


class SqlProducts:
    """A product with its variants: two rows of statements to read, a few to write."""

    def __init__(self, connection: AsyncConnection, events: list[Event]) -> None:
        self._connection = connection
        self._events = events

    async def get(self, product_id: ProductId) -> Product:
        product = await self._load(products.c.id == product_id)
        if product is None:
            raise NotFound("product", product_id)
        return product

    async def find(self, handle: str) -> Product | None:
        return await self._load(products.c.handle == handle)

    async def find_by_sku(self, sku: Sku) -> Product | None:
        owner = select(variants.c.product_id).where(variants.c.sku == sku).scalar_subquery()
        return await self._load(products.c.id == owner)

    async def save(self, product: Product) -> None:
        product.version = await save_versioned(
            self._connection,
            products,
            {
                "id": product.id,
                "handle": product.handle,
                "title": text_to(product.title),
                "description": text_to(product.description),
                "category_id": product.category_id,
                "brand_id": product.brand_id,
                "tags": list(product.tags),
                "options": options_to(product.options),
                "attributes": attributes_to(product.attributes),
                "pictures": pictures_to(product.pictures),
                "extras": dict(product.extras),
                "return_exception": product.return_exception and str(product.return_exception),
                "state": str(product.state),
                "created_at": product.created_at,
                "published_at": product.published_at,
            },
            version=product.version,
            kind="product",
            key=product.handle,
        )
        await self._save_variants(product)
        await self._save_labels(product)
        await count_change(self._connection)
        self._events += product.events
        product.events.clear()

    async def _load(self, condition: Any) -> Product | None:
        row = await _first(self._connection, products, condition)
        if row is None:
            return None
        sold = await self._connection.execute(
            select(variants).where(variants.c.product_id == row.id).order_by(variants.c.position)
        )
        return _product(row, tuple(_variant(each) for each in sold))

    async def _save_variants(self, product: Product) -> None:
        rows = [_variant_row(product, place, each) for place, each in enumerate(product.variants)]
        try:
            await replace_children(
                self._connection, variants, variants.c.product_id == product.id, rows
            )
        except IntegrityError as error:
            if is_unique_violation(error):
                taken = ", ".join(variant.sku for variant in product.variants[:3])
                raise AlreadyExists("sku", taken) from error
            raise

    async def _save_labels(self, product: Product) -> None:
        rows = [
            {
                "code": document["code"],
                "value": document["value"],
                "kind": document["kind"],
                "name": document["name"],
                "label": document["label"],
            }
            for document in attributes_to(product.attributes)
        ]
        if not rows:
            return
        statement = upsert(self._connection, attribute_values)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["code", "value"],
                set_={"name": statement.excluded.name, "label": statement.excluded.label},
            ),
            rows,
        )


async def count_change(connection: AsyncConnection) -> None:
    """Tell every cache of the catalogue, in every process, that it is out of date."""
    statement = upsert(connection, counters).values(name=CATALOGUE, value=1)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + 1}
        )
    )


async def catalogue_version(connection: AsyncConnection) -> int:
    value = await connection.scalar(
        select(func.coalesce(func.max(counters.c.value), 0)).where(counters.c.name == CATALOGUE)
    )
    return int(value or 0)


async def _first(connection: AsyncConnection, table: Any, condition: Any) -> Row[Any] | None:
    return (await connection.execute(select(table).where(condition))).first()


def _category(row: Row[Any]) -> Category:
    return Category(
        id=row.id,
        slug=row.slug,
        name=Text(row.name),
        parent_id=row.parent_id,
        position=row.position,
        version=row.version,
    )


def _brand(row: Row[Any]) -> Brand:
    return Brand(id=row.id, slug=row.slug, name=Text(row.name), version=row.version)


def _product(row: Row[Any], sold: tuple[Variant, ...]) -> Product:
    return Product(
        id=row.id,
        handle=row.handle,
        title=Text(row.title),
        description=Text(row.description),
        category_id=row.category_id,
        created_at=row.created_at,
        brand_id=row.brand_id,
        tags=tuple(row.tags),
        options=options_from(row.options),
        variants=sold,
        attributes=attributes_from(row.attributes),
        pictures=pictures_from(row.pictures),
        extras=row.extras,
        return_exception=row.return_exception and ReturnException(row.return_exception),
        state=ProductState(row.state),
        published_at=row.published_at,
        version=row.version,
    )


def _variant(row: Row[Any]) -> Variant:
    compare_at = row.compare_at_minor
    return Variant(
        id=VariantId(row.id),
        sku=Sku(row.sku),
        price=Money(row.price_minor, row.currency),
        options=row.options,
        compare_at=None if compare_at is None else Money(compare_at, row.currency),
        weight_grams=row.weight_grams,
        size_mm=(row.length_mm, row.width_mm, row.height_mm),
        barcode=row.barcode,
        picture=row.picture,
        extras=row.extras,
    )


def _variant_row(product: Product, place: int, variant: Variant) -> dict[str, Any]:
    length, width, height = variant.size_mm
    return {
        "id": variant.id,
        "product_id": product.id,
        "sku": variant.sku,
        "position": place,
        "options": dict(variant.options),
        "price_minor": variant.price.minor,
        "compare_at_minor": None if variant.compare_at is None else variant.compare_at.minor,
        "currency": variant.price.currency,
        "weight_grams": variant.weight_grams,
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "barcode": variant.barcode,
        "picture": variant.picture,
        "extras": dict(variant.extras),
    }
