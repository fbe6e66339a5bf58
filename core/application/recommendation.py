"""Product suggestions, with a fallback when the recommender fails."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.privacy.consents import ShowConsents
from core.domain.identifiers import CustomerId, ProductId
from core.domain.privacy.consent import PERSONALISATION
from ports.catalogue.queries import CatalogueQueries, ProductCard
from ports.errors import PortError
from ports.orders import OrderQueries
from ports.recommendation import PurchaseHistory, Recommender

OVERFETCH = 2


MOST_REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class SuggestProducts:
    """What else somebody may like: also bought, then best sellers, then the newest.

    A recommender that fails costs its suggestions and nothing else.
    """

    recommender: Recommender
    catalogue_queries: CatalogueQueries

    async def __call__(
        self, products: Sequence[ProductId], language: str, limit: int = 6
    ) -> tuple[ProductCard, ...]:
        wanted = limit * OVERFETCH
        found: list[ProductId] = []
        try:
            if products:
                found += [
                    each.product_id for each in await self.recommender.also_bought(products, wanted)
                ]
            if len(found) < wanted:
                found += [each.product_id for each in await self.recommender.trending(wanted)]
        except PortError:
            found = []
        if len(found) < limit:
            found += await self.catalogue_queries.newest(wanted)
        ids = [each for each in dict.fromkeys(found) if each not in products][:wanted]
        cards = await self.catalogue_queries.cards(ids, language)
        return tuple(card for card in cards if card.in_stock)[:limit]


@dataclass(frozen=True, slots=True)
class SuggestToMember:
    """What a member may like by what they bought, if they agreed to that; else nothing."""

    suggest: SuggestProducts
    consents: ShowConsents
    orders: OrderQueries

    async def __call__(
        self, customer_id: CustomerId, language: str, limit: int = 6
    ) -> tuple[ProductCard, ...]:
        if not await self.consents.given(customer_id, PERSONALISATION):
            return ()
        history = await self.orders.bought(customer_id, MOST_REMEMBERED)
        return await self.suggest(history, language, limit) if history else ()


@dataclass(frozen=True, slots=True)
class RebuildRecommendations:
    """Learn again from all paid orders."""

    recommender: Recommender
    purchase_history: PurchaseHistory

    async def __call__(self) -> None:
        await self.recommender.rebuild(self.purchase_history)
