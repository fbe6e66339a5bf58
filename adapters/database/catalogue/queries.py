"""Read models of the storefront: cards, products, offers and facets."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.version import catalogue_version
from adapters.database.documents import choice_label
from adapters.database.engine import Database
from adapters.database.stock import statements as stock_statements
from adapters.database.tables.catalogue import (
    attribute_values,
    brands,
    categories,
    products,
    variants,
)
from adapters.database.tables.stock import stock_levels
from core.domain.identifiers import CategoryId, ProductId, Sku
from core.domain.money import Money
from core.domain.text import Text
from ports.catalogue.queries import (
    AttributeView,
    CategoryView,
    FacetLabel,
    Offer,
    OptionValueView,
    OptionView,
    PictureView,
    ProductCard,
    ProductView,
    VariantView,
)
from ports.media import Media

available = (
    select(func.coalesce(func.sum(stock_statements.available), 0))
    .where(stock_levels.c.sku == variants.c.sku)
    .correlate(variants)
    .scalar_subquery()
)


card_query = (
    select(
        products.c.id,
        products.c.handle,
        products.c.title,
        products.c.pictures,
        func.min(variants.c.price_minor).label("lowest"),
        func.max(variants.c.price_minor).label("highest"),
        func.min(variants.c.compare_at_minor).label("compare_at"),
        func.min(variants.c.currency).label("currency"),
        func.max(available).label("available"),
    )
    .join(variants, variants.c.product_id == products.c.id)
    .where(
        products.c.state == "published",
        products.c.id.in_(bindparam("product_ids", expanding=True)),
    )
    .group_by(products.c.id)
)


product_query = (
    select(products, brands.c.name.label("brand"))
    .outerjoin(brands, brands.c.id == products.c.brand_id)
    .where(products.c.state == "published", products.c.handle == bindparam("handle"))
)


variant_query = (
    select(variants, available.label("available"))
    .where(variants.c.product_id == bindparam("product_id"))
    .order_by(variants.c.position)
)


offer_query = (
    select(
        variants.c.sku,
        variants.c.options.label("chosen"),
        variants.c.price_minor,
        variants.c.currency,
        variants.c.weight_grams,
        variants.c.length_mm,
        variants.c.width_mm,
        variants.c.height_mm,
        variants.c.picture,
        products.c.id.label("product_id"),
        products.c.handle,
        products.c.title,
        products.c.options,
        products.c.pictures,
        products.c.state,
        products.c.return_exception,
        available.label("available"),
    )
    .join(products, products.c.id == variants.c.product_id)
    .where(variants.c.sku.in_(bindparam("skus", expanding=True)))
)


category_query = select(categories).order_by(categories.c.position, categories.c.slug)


newest_query = (
    select(products.c.id)
    .where(products.c.state == "published")
    .order_by(products.c.created_at.desc(), products.c.id.desc())
    .limit(bindparam("most"))
)


label_query = select(attribute_values)


class SqlCatalogueQueries:
    def __init__(self, database: Database, media: Media) -> None:
        self._reads = database.reads
        self._media = media

    async def version(self) -> int:
        async with self._reads.connect() as connection:
            return await catalogue_version(connection)

    async def categories(self, language: str) -> tuple[CategoryView, ...]:
        async with self._reads.connect() as connection:
            rows = await _rows(connection, category_query)
        children: dict[CategoryId | None, list[Row[Any]]] = {}
        for row in rows:
            children.setdefault(row.parent_id, []).append(row)

        def descendants(parent: CategoryId | None, depth: int) -> list[CategoryView]:
            views: list[CategoryView] = []
            for row in children.get(parent, []):
                views.append(
                    CategoryView(
                        id=CategoryId(row.id),
                        slug=row.slug,
                        name=Text(row.name).in_language(language),
                        parent_id=row.parent_id,
                        depth=depth,
                    )
                )
                views += descendants(row.id, depth + 1)
            return views

        return tuple(descendants(None, 1))

    async def cards(
        self, product_ids: Sequence[ProductId], language: str
    ) -> tuple[ProductCard, ...]:
        if not product_ids:
            return ()
        async with self._reads.connect() as connection:
            rows = await _rows(connection, card_query, product_ids=product_ids)
        cards = {row.id: self._card(row, language) for row in rows}
        return tuple(cards[each] for each in product_ids if each in cards)

    async def newest(self, limit: int) -> tuple[ProductId, ...]:
        async with self._reads.connect() as connection:
            rows = await _rows(connection, newest_query, most=limit)
        return tuple(ProductId(row.id) for row in rows)

    async def product(self, handle: str, language: str) -> ProductView | None:
        async with self._reads.connect() as connection:
            rows = await _rows(connection, product_query, handle=handle)
            if not rows:
                return None
            variant_rows = await _rows(connection, variant_query, product_id=rows[0].id)
        return self._product(rows[0], variant_rows, language)

    async def offers(self, skus: Sequence[Sku]) -> Mapping[Sku, Offer]:
        if not skus:
            return {}
        async with self._reads.connect() as connection:
            rows = await _rows(connection, offer_query, skus=skus)
        return {row.sku: self._offer(row) for row in rows}

    async def facet_labels(self, language: str) -> tuple[FacetLabel, ...]:
        async with self._reads.connect() as connection:
            rows = await _rows(connection, label_query)
        return tuple(
            FacetLabel(
                code=row.code,
                value=row.value,
                name=Text(row.name).in_language(language),
                label=Text(row.label).in_language(language),
            )
            for row in rows
        )

    def _card(self, row: Row[Any], language: str) -> ProductCard:
        picture = row.pictures[0] if row.pictures else None
        title = Text(row.title).in_language(language)
        compare_at = row.compare_at
        return ProductCard(
            id=ProductId(row.id),
            handle=row.handle,
            title=title,
            price=Money(row.lowest, row.currency),
            highest_price=Money(row.highest, row.currency),
            compare_at=None
            if compare_at is None or compare_at <= row.lowest
            else Money(compare_at, row.currency),
            picture=self._media.address(picture["path"]) if picture else "",
            picture_alt=Text(picture["alt"]).in_language(language) if picture else title,
            in_stock=row.available > 0,
        )

    def _product(
        self, row: Row[Any], variant_rows: Sequence[Row[Any]], language: str
    ) -> ProductView:
        return ProductView(
            id=ProductId(row.id),
            handle=row.handle,
            title=Text(row.title).in_language(language),
            description=Text(row.description).in_language(language),
            brand=Text(row.brand or {}).in_language(language),
            category_id=row.category_id,
            options=tuple(_option(option, language) for option in row.options),
            variants=tuple(
                VariantView(
                    sku=Sku(each.sku),
                    label=choice_label(row.options, each.options).in_language(language),
                    options=each.options,
                    price=Money(each.price_minor, each.currency),
                    compare_at=None
                    if each.compare_at_minor is None or each.compare_at_minor <= each.price_minor
                    else Money(each.compare_at_minor, each.currency),
                    available=each.available,
                    picture=self._media.address(each.picture) if each.picture else "",
                )
                for each in variant_rows
            ),
            attributes=_attributes(row.attributes, language),
            pictures=tuple(
                PictureView(
                    address=self._media.address(each["path"]),
                    alt=Text(each["alt"]).in_language(language),
                )
                for each in row.pictures
            ),
            return_exception=row.return_exception or "",
        )

    def _offer(self, row: Row[Any]) -> Offer:
        path = row.picture or (row.pictures[0]["path"] if row.pictures else "")
        return Offer(
            sku=Sku(row.sku),
            product_id=ProductId(row.product_id),
            handle=row.handle,
            title=Text(row.title),
            options=choice_label(row.options, row.chosen),
            price=Money(row.price_minor, row.currency),
            available=row.available,
            weight_grams=row.weight_grams,
            size_mm=(row.length_mm, row.width_mm, row.height_mm),
            picture=self._media.address(path) if path else "",
            for_sale=row.state == "published",
            return_exception=row.return_exception or "",
        )


def _option(document: Any, language: str) -> OptionView:
    return OptionView(
        code=document["code"],
        name=Text(document["name"]).in_language(language),
        values=tuple(
            OptionValueView(code=value["code"], name=Text(value["name"]).in_language(language))
            for value in document["values"]
        ),
    )


def _attributes(documents: Sequence[Any], language: str) -> tuple[AttributeView, ...]:
    """One view for each attribute; several values are joined."""
    labels: dict[str, list[str]] = {}
    for each in documents:
        name = Text(each["name"]).in_language(language)
        labels.setdefault(name, []).append(Text(each["label"]).in_language(language))
    return tuple(
        AttributeView(name=name, label=" · ".join(values)) for name, values in labels.items()
    )


async def _rows(
    connection: AsyncConnection, statement: Any, **values: object
) -> Sequence[Row[Any]]:
    return (await connection.execute(statement, values)).all()
