"""Recently viewed products. They are stored in the visitor's browser only, with consent."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.datastructures import Cookie

from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.context import StorefrontContext
from adapters.web.visitors import VIEWED_COOKIE
from core.domain.identifiers import ProductId
from ports.catalogue.queries import ProductCard

MAX_PRODUCTS = 6
VIEWED_COOKIE_SECONDS = 30 * 86_400
EMPTY_LIST = "-"


@dataclass(frozen=True, slots=True)
class RecentlyViewed:
    """Newest first. The cookie exists only with the visitor's consent."""

    products: tuple[ProductId, ...]

    @staticmethod
    def of(context: StorefrontContext) -> "RecentlyViewed | None":
        """None without consent."""
        text = str(context.request.cookies.get(VIEWED_COOKIE, ""))
        return RecentlyViewed(tuple(_products(text))) if text else None

    def with_product(self, product_id: ProductId) -> "RecentlyViewed":
        others = (each for each in self.products if each != product_id)
        return RecentlyViewed((product_id, *others)[: MAX_PRODUCTS + 1])

    def cookie(self, context: StorefrontContext) -> Cookie:
        text = ".".join(each.hex for each in self.products) or EMPTY_LIST
        return context.cookie(VIEWED_COOKIE, text, VIEWED_COOKIE_SECONDS)

    async def cards(
        self, context: StorefrontContext, exclude: ProductId | None = None
    ) -> tuple[ProductCard, ...]:
        shown = [each for each in self.products if each != exclude][:MAX_PRODUCTS]
        if not shown:
            return ()
        groups = await context.price_groups()
        return await context.catalogue_queries.cards(shown, context.language, groups)


@post("/privacy/viewed", include_in_schema=False)
async def choose_viewed(
    context: Given[StorefrontContext], form: Given[SubmittedForm]
) -> Response[Any]:
    """Turn the list on, or delete it and turn it off."""
    is_enabled = form.text("wanted") == "1"
    cookie = (
        RecentlyViewed(()).cookie(context) if is_enabled else context.cookie(VIEWED_COOKIE, "", 0)
    )
    return context.redirect("/privacy#cookies", [cookie])


def _products(text: str) -> list[ProductId]:
    products = []
    for part in text.split(".")[: MAX_PRODUCTS + 1]:
        try:
            products.append(ProductId(UUID(hex=part)))
        except ValueError:
            continue
    return products


handlers = [choose_viewed]
