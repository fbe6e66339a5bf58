"""Read models of the storefront: cards, products, offers and facets."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.properties import promoted_properties
from adapters.database.catalogue.shown_prices import CardPrice, ShownPrices, suggested_of
from adapters.database.catalogue.statements import (
    card_query,
    card_variant_query,
    category_query,
    handle_query,
    label_query,
    newest_query,
    offer_query,
    product_query,
    published_query,
    variant_query,
)
from adapters.database.catalogue.version import catalogue_version
from adapters.database.documents import choice_label
from adapters.database.engine import Database
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import CategoryId, ProductId, Sku
from core.domain.money import Money
from core.domain.pricing.applied.shown_prices import NO_GROUPS, ShownPrice
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
from ports.clock import Clock
from ports.media import Media


class SqlCatalogueQueries:
    def __init__(
        self,
        database: Database,
        media: Media,
        prices: ShownPrices,
        declared_fields: DeclaredFields,
        now: Clock,
    ) -> None:
        self._fields = declared_fields
        self._prices = prices
        self._reads = database.reads
        self._media = media
        self._now = now

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
                        fields=self._fields.views(FieldOwner.CATEGORY, row.fields, language),
                    )
                )
                views += descendants(row.id, depth + 1)
            return views

        return tuple(descendants(None, 1))

    async def cards(
        self, product_ids: Sequence[ProductId], language: str, groups: frozenset[str] = NO_GROUPS
    ) -> tuple[ProductCard, ...]:
        if not product_ids:
            return ()
        async with self._reads.connect() as connection:
            now = self._now()
            found = await _rows(connection, card_query, product_ids=product_ids, now=now)
            rows = {ProductId(row.id): row for row in found}
            live = list(rows) if groups else [each for each in rows if not rows[each].all_compiled]
            variants: Sequence[Row[Any]] = ()
            if live:
                variants = await _rows(connection, card_variant_query, product_ids=live, now=now)
        compiled = [row for product_id, row in rows.items() if product_id not in live]
        prices = await self._prices.cards(compiled, variants, groups)
        return tuple(
            self._card(rows[each], prices[each], language) for each in product_ids if each in prices
        )

    async def newest(self, limit: int) -> tuple[ProductId, ...]:
        async with self._reads.connect() as connection:
            rows = await _rows(connection, newest_query, most=limit)
        return tuple(ProductId(row.id) for row in rows)

    async def published(self) -> int:
        async with self._reads.connect() as connection:
            return await connection.scalar(published_query) or 0

    async def handles(self, limit: int, offset: int) -> tuple[str, ...]:
        async with self._reads.connect() as connection:
            rows = await connection.scalars(handle_query, {"most": limit, "skipped": offset})
            return tuple(rows)

    async def product(
        self, handle: str, language: str, groups: frozenset[str] = NO_GROUPS
    ) -> ProductView | None:
        async with self._reads.connect() as connection:
            rows = await _rows(connection, product_query, handle=handle)
            if not rows:
                return None
            variant_rows = await _rows(
                connection, variant_query, product_id=rows[0].id, now=self._now()
            )
        prices = await self._prices.product(rows[0], variant_rows, groups)
        return self._product(rows[0], variant_rows, prices, language)

    async def offers(self, skus: Sequence[Sku]) -> Mapping[Sku, Offer]:
        if not skus:
            return {}
        async with self._reads.connect() as connection:
            rows = await _rows(connection, offer_query, skus=skus, now=self._now())
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

    def _card(self, row: Row[Any], price: CardPrice, language: str) -> ProductCard:
        picture = row.pictures[0] if row.pictures else None
        title = Text(row.title).in_language(language)
        return ProductCard(
            id=ProductId(row.id),
            handle=row.handle,
            title=title,
            price=Money(price.shown.minor, row.currency),
            highest_price=Money(price.highest_minor, row.currency),
            offer=_labels(price.shown, language),
            prior=self._prices.prior(price.lowest, price.shown),
            suggested=suggested_of(price.lowest, price.shown),
            picture=self._media.address(picture["path"]) if picture else "",
            picture_alt=Text(picture["alt"]).in_language(language) if picture else title,
            in_stock=price.in_stock,
        )

    def _product(
        self,
        row: Row[Any],
        variant_rows: Sequence[Row[Any]],
        prices: Mapping[str, ShownPrice],
        language: str,
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
                    price=Money(prices[each.sku].minor, each.currency),
                    offer=_labels(prices[each.sku], language),
                    prior=self._prices.prior(each, prices[each.sku]),
                    suggested=suggested_of(each, prices[each.sku]),
                    available=each.available,
                    picture=self._media.address(each.picture) if each.picture else "",
                    fields=self._fields.views(FieldOwner.VARIANT, each.fields, language),
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
            fields=self._fields.views(FieldOwner.PRODUCT, row.fields, language),
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
            is_on_sale=bool(row.is_on_sale),
            **promoted_properties(row),
            tax_class=row.tax_class,
            return_exception=row.return_exception or "",
        )


def _labels(price: ShownPrice, language: str) -> str:
    return " · ".join(label.in_language(language) for label in price.labels)


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
