"""The home page."""

from typing import Any

from litestar import Response, get

from adapters.web.dependencies import Given
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.recommendation import RecentlyViewed
from core.application.catalogue.browsing import BrowseProducts
from core.application.recommendation import SuggestProducts, SuggestToMember
from ports.search import SearchQuery, Sort

ROW_SIZE = 12


@get("/", include_in_schema=False)
async def home(
    context: Given[StorefrontContext],
    browse_products: Given[BrowseProducts],
    suggest_products: Given[SuggestProducts],
    suggest_to_member: Given[SuggestToMember],
) -> Response[bytes]:
    language, member = context.language, context.customer_id
    groups = await context.price_groups()
    newest = await browse_products(
        SearchQuery(sort=Sort.NEWEST, limit=ROW_SIZE, in_stock=True), language, groups
    )
    viewed = RecentlyViewed.of(context)
    rows: dict[str, Any] = {
        "for_you": await suggest_to_member(member, language, groups=groups) if member else (),
        "viewed": await viewed.cards(context) if viewed else (),
        "newest": newest.products,
        "trending": await suggest_products((), language, limit=ROW_SIZE, groups=groups),
    }
    views = context.slot_views()
    slots = await context.filled(views.home(), views.cards(*rows.values()))
    return await context.page("catalogue/home.html", public=True, slots=slots, **rows)


handlers = [home]
