"""The home page."""

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
    return await context.page(
        "catalogue/home.html",
        public=True,
        for_you=await suggest_to_member(member, language, groups=groups) if member else (),
        viewed=await viewed.cards(context) if viewed else (),
        newest=newest.products,
        trending=await suggest_products((), language, limit=ROW_SIZE, groups=groups),
    )


handlers = [home]
