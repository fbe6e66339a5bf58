"""Product lists: a category, or the result of a search."""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.storefront.catalogue.breadcrumbs import breadcrumbs_of
from adapters.web.storefront.catalogue.choices import Choices
from adapters.web.storefront.context import StorefrontContext
from core.application.catalogue.browsing import BrowseProducts, Listing
from core.domain.errors import Invalid, NotFound
from ports.catalogue.queries import CategoryView
from ports.content.filling import FilledSlots
from ports.search import SearchQuery, Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    context: Given[StorefrontContext]
    browse_products: Given[BrowseProducts]
    currency: Given[str]

    async def show(
        self, tree: tuple[CategoryView, ...], category: CategoryView | None = None
    ) -> Response[bytes]:
        """A search that is not valid shows the problem, and the list without filters."""
        choices = Choices.of(self.context)
        try:
            query = choices.query(self.currency)
        except Invalid as error:
            words = "" if error.field == "q" else choices.words
            unfiltered = replace(choices, words=words, price_min="", price_max="", filters=())
            listing = await self._listing(unfiltered.query(self.currency), category)
            variables = _variables(category, tree, choices, listing)
            variables["slots"] = await self._slots(listing)
            return await self.context.refusal("catalogue/listing.html", error, **variables)
        listing = await self._listing(query, category)
        variables = _variables(category, tree, choices, listing)
        variables["slots"] = await self._slots(listing)
        return await self.context.page("catalogue/listing.html", public=True, **variables)

    async def _slots(self, listing: Listing) -> FilledSlots:
        return await self.context.filled(self.context.slot_views().cards(listing.products))

    async def _listing(self, query: SearchQuery, category: CategoryView | None) -> Listing:
        in_category = replace(query, category=category.id if category else None)
        groups = await self.context.price_groups()
        return await self.browse_products(in_category, self.context.language, groups)


@get("/c/{slug:str}", include_in_schema=False)
async def show_category(
    slug: FromPath[str], context: Given[StorefrontContext], listing_page: Given[ListingPage]
) -> Response[bytes]:
    tree = await context.catalogue_queries.categories(context.language)
    category = next((each for each in tree if each.slug == slug), None)
    if category is None:
        raise NotFound("category", slug)
    return await listing_page.show(tree, category)


@get("/search", include_in_schema=False)
async def search(
    context: Given[StorefrontContext], listing_page: Given[ListingPage]
) -> Response[bytes]:
    return await listing_page.show(await context.catalogue_queries.categories(context.language))


def _variables(
    category: CategoryView | None,
    tree: tuple[CategoryView, ...],
    choices: Choices,
    listing: Listing,
) -> dict[str, Any]:
    return {
        "category": category,
        "breadcrumbs": breadcrumbs_of(tree, category) if category else (),
        "children": tuple(each for each in tree if category and each.parent_id == category.id),
        "choices": choices,
        "listing": listing,
        "sorts": Sort,
    }


handlers = [show_category, search]
