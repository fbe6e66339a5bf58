"""What a visitor looked at last: in their browser alone, and if they want it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from adapters.web.storefront.visit import Form, Visit
from adapters.web.visitors import VIEWED
from core.domain.identifiers import ProductId
from ports.storage.shelf import ProductCard

MOST = 6
VIEWED_LIVES_SECONDS = 30 * 86_400
NOTHING_YET = "-"


@dataclass(frozen=True, slots=True)
class Viewed:
    """The latest first. The cookie that holds them is the wish to have it."""

    products: tuple[ProductId, ...]

    @staticmethod
    def by(visit: Visit) -> "Viewed | None":
        """None for whoever has not asked for it."""
        text = str(visit.request.cookies.get(VIEWED, ""))
        return Viewed(tuple(_products(text))) if text else None

    def with_product(self, product_id: ProductId) -> "Viewed":
        others = (each for each in self.products if each != product_id)
        return Viewed((product_id, *others)[: MOST + 1])

    def cookie(self, visit: Visit) -> Cookie:
        text = ".".join(each.hex for each in self.products) or NOTHING_YET
        return visit.cookie(VIEWED, text, VIEWED_LIVES_SECONDS)

    async def cards(self, visit: Visit, but: ProductId | None = None) -> tuple[ProductCard, ...]:
        shown = [each for each in self.products if each != but][:MOST]
        return await visit.shelf.cards(shown, visit.language) if shown else ()


@post("/privacy/viewed", include_in_schema=False)
async def choose_viewed(visit: NamedDependency[SkipValidation[Visit]]) -> Response[Any]:
    """Remember what is looked at, or forget it."""
    form = await Form.of(visit.request)
    wanted = form.text("wanted") == "1"
    cookie = Viewed(()).cookie(visit) if wanted else visit.cookie(VIEWED, "", 0)
    return visit.go("/privacy#cookies", [cookie])


def _products(text: str) -> list[ProductId]:
    found = []
    for part in text.split(".")[: MOST + 1]:
        try:
            found.append(ProductId(UUID(hex=part)))
        except ValueError:
            continue
    return found


handlers = [choose_viewed]
