"""The catalogue as plugins read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.plugins.shop.orders import check_limit
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import CategoryId, ProductId, Sku
from core.domain.text import LANGUAGES, Text
from ports.catalogue.queries import CatalogueQueries, ProductCard, ProductView
from ports.errors import Rejected
from ports.plugin_shop.catalogue import (
    Availability,
    ShopProduct,
    ShopProductPage,
    ShopProductSummary,
    ShopVariant,
)
from ports.search import SearchIndex, SearchQuery, Sort


@dataclass(frozen=True, slots=True)
class PluginCatalogue:
    """`ports.plugin_shop.catalogue.ShopCatalogue`."""

    catalogue_queries: CatalogueQueries
    search: SearchIndex

    async def get(self, product_id: ProductId) -> ShopProduct:
        for card in await self.catalogue_queries.cards([product_id], LANGUAGES[0]):
            return await self.by_handle(card.handle)
        raise NotFound("product", product_id)

    async def by_handle(self, handle: str) -> ShopProduct:
        views: dict[str, ProductView] = {}
        for language in LANGUAGES:
            view = await self.catalogue_queries.product(handle, language)
            if view is None:
                raise NotFound("product", handle)
            views[language] = view
        return _product(views)

    async def by_sku(self, sku: Sku) -> ShopProduct:
        offer = (await self.catalogue_queries.offers([sku])).get(sku)
        if offer is None or not offer.for_sale:
            raise NotFound("product", sku)
        return await self.by_handle(offer.handle)

    async def of_category(self, slug: str, limit: int = 20, cursor: str = "") -> ShopProductPage:
        check_limit(limit)
        category = await self._category(slug)
        query = SearchQuery(category=category, sort=Sort.NEWEST, limit=limit, cursor=cursor)
        try:
            found = await self.search.search(query)
        except Rejected as error:
            raise Invalid("cursor", "Use the cursor of the page before.") from error
        cards = {
            language: await self.catalogue_queries.cards(found.product_ids, language)
            for language in LANGUAGES
        }
        products = tuple(map(_summary, *(cards[language] for language in LANGUAGES)))
        return ShopProductPage(products=products, cursor=found.cursor)

    async def _category(self, slug: str) -> CategoryId:
        for category in await self.catalogue_queries.categories(LANGUAGES[0]):
            if category.slug == slug:
                return category.id
        raise NotFound("category", slug)


def _summary(*cards: ProductCard) -> ShopProductSummary:
    """``cards`` show one product in the languages of the shop, in their order."""
    first = cards[0]
    return ShopProductSummary(
        id=first.id,
        handle=first.handle,
        title=_text([card.title for card in cards]),
        price=first.price,
        highest_price=first.highest_price,
        availability=_availability(in_stock=first.in_stock),
    )


def _product(views: dict[str, ProductView]) -> ShopProduct:
    each = [views[language] for language in LANGUAGES]
    first = each[0]
    labels = [{variant.sku: variant.label for variant in view.variants} for view in each]
    return ShopProduct(
        id=first.id,
        handle=first.handle,
        title=_text([view.title for view in each]),
        brand=first.brand,
        category_id=first.category_id,
        variants=tuple(
            ShopVariant(
                sku=variant.sku,
                label=_text([label.get(variant.sku, "") for label in labels]),
                price=variant.price,
                availability=_availability(in_stock=variant.available > 0),
            )
            for variant in first.variants
        ),
    )


def _text(texts: Sequence[str]) -> Text:
    return Text(dict(zip(LANGUAGES, texts, strict=True)))


def _availability(*, in_stock: bool) -> Availability:
    return Availability.IN_STOCK if in_stock else Availability.SOLD_OUT
