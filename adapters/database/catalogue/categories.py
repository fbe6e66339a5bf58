"""Repositories of categories and brands."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.price_marks import mark_all
from adapters.database.catalogue.products import first_row
from adapters.database.catalogue.version import increase_version
from adapters.database.documents import text_to
from adapters.database.statements import save_versioned
from adapters.database.tables.catalogue import brands, categories
from core.domain.catalogue.category import Brand, Category
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import BrandId, CategoryId
from core.domain.text import Text
from ports.clock import Clock


class SqlCategories:
    def __init__(self, connection: AsyncConnection, now: Clock) -> None:
        self._connection = connection
        self._now = now

    async def get(self, category_id: CategoryId) -> Category:
        row = await first_row(self._connection, categories, categories.c.id == category_id)
        if row is None:
            raise NotFound("category", category_id)
        return _category(row)

    async def find(self, slug: str) -> Category | None:
        row = await first_row(self._connection, categories, categories.c.slug == slug)
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
        await self._check_no_cycle(category)
        if category.version:
            await mark_all(self._connection, self._now())
        category.version = await save_versioned(
            self._connection,
            categories,
            {
                "id": category.id,
                "parent_id": category.parent_id,
                "slug": category.slug,
                "name": text_to(category.name),
                "position": category.position,
                "fields": dict(category.fields),
            },
            version=category.version,
            kind="category",
            key=category.slug,
        )
        await increase_version(self._connection)

    async def _check_no_cycle(self, category: Category) -> None:
        if category.parent_id is None:
            return
        ancestors = (
            select(categories.c.id, categories.c.parent_id)
            .where(categories.c.id == category.parent_id)
            .cte("ancestors", recursive=True)
        )
        ancestors = ancestors.union(
            select(categories.c.id, categories.c.parent_id).where(
                categories.c.id == ancestors.c.parent_id
            )
        )
        ids = set((await self._connection.execute(select(ancestors.c.id))).scalars())
        if not ids:
            raise NotFound("category", category.parent_id)
        if category.id in ids:
            raise Invalid("parent", "A category cannot be its own parent.")


class SqlBrands:
    def __init__(self, connection: AsyncConnection, now: Clock) -> None:
        self._connection = connection
        self._now = now

    async def get(self, brand_id: BrandId) -> Brand:
        row = await first_row(self._connection, brands, brands.c.id == brand_id)
        if row is None:
            raise NotFound("brand", brand_id)
        return _brand(row)

    async def find(self, slug: str) -> Brand | None:
        row = await first_row(self._connection, brands, brands.c.slug == slug)
        return None if row is None else _brand(row)

    async def list(self) -> tuple[Brand, ...]:
        rows = await self._connection.execute(select(brands).order_by(brands.c.slug))
        return tuple(_brand(row) for row in rows)

    async def save(self, brand: Brand) -> None:
        if brand.version:
            await mark_all(self._connection, self._now())
        brand.version = await save_versioned(
            self._connection,
            brands,
            {"id": brand.id, "slug": brand.slug, "name": text_to(brand.name)},
            version=brand.version,
            kind="brand",
            key=brand.slug,
        )
        await increase_version(self._connection)


def _category(row: Row[Any]) -> Category:
    return Category(
        id=row.id,
        slug=row.slug,
        name=Text(row.name),
        parent_id=row.parent_id,
        position=row.position,
        fields=row.fields,
        version=row.version,
    )


def _brand(row: Row[Any]) -> Brand:
    return Brand(id=row.id, slug=row.slug, name=Text(row.name), version=row.version)
