"""The home page."""

from asyncio import gather
from typing import Any

from litestar import Response, get

from adapters.web.dependencies import Given
from adapters.web.storefront.catalogue.blocks import (
    cards_of,
    rendered_blocks,
    shown_blocks,
    with_blocks,
)
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.recommendation import RecentlyViewed
from core.application.catalogue.browsing import BrowseProducts
from core.application.content.home import ShowBlocks
from core.application.recommendation import SuggestProducts, SuggestToMember
from ports.search import SearchQuery, Sort

ROW_SIZE = 12


@get("/", include_in_schema=False)
async def home(
    context: Given[StorefrontContext],
    browse_products: Given[BrowseProducts],
    suggest_products: Given[SuggestProducts],
    suggest_to_member: Given[SuggestToMember],
    show_blocks: Given[ShowBlocks],
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
    blocks, views = await show_blocks(language, groups), context.slot_views()
    slots, rendered = await gather(
        context.filled(views.home(), views.cards(cards_of(blocks), *rows.values())),
        rendered_blocks(context, blocks),
    )
    return await context.page(
        "catalogue/home.html",
        public=True,
        slots=with_blocks(slots, rendered),
        blocks=shown_blocks(blocks, rendered),
        **rows,
    )


handlers = [home]
