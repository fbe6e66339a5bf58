"""Product suggestions, with a fallback when the recommender fails."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.privacy.consents import ShowConsents
from core.domain.identifiers import CustomerId, ProductId
from core.domain.pricing.applied.shown_prices import NO_GROUPS
from core.domain.privacy.consent import PERSONALISATION
from ports.catalogue.queries import CatalogueQueries, ProductCard
from ports.errors import PortError
from ports.orders import OrderQueries
from ports.recommendation import PurchaseHistory, Recommender

OVERFETCH = 2
"""Fetch twice as many products as wanted, since those out of stock are left out."""

HISTORY_LIMIT = 100


@dataclass(frozen=True, slots=True)
class SuggestProducts:
    """Suggest products: often bought together first, then best sellers, then the newest.

    If the recommender fails, the newest products are returned.
    """

    recommender: Recommender
    catalogue_queries: CatalogueQueries

    async def __call__(
        self,
        products: Sequence[ProductId],
        language: str,
        limit: int = 6,
        *,
        groups: frozenset[str] = NO_GROUPS,
    ) -> tuple[ProductCard, ...]:
        wanted = limit * OVERFETCH
        candidates: list[ProductId] = []
        try:
            if products:
                candidates += [
                    each.product_id for each in await self.recommender.also_bought(products, wanted)
                ]
            if len(candidates) < wanted:
                candidates += [each.product_id for each in await self.recommender.trending(wanted)]
        except PortError:
            candidates = []
        if len(candidates) < limit:
            candidates += await self.catalogue_queries.newest(wanted)
        ids = [each for each in dict.fromkeys(candidates) if each not in products][:wanted]
        cards = await self.catalogue_queries.cards(ids, language, groups)
        return tuple(card for card in cards if card.in_stock)[:limit]


@dataclass(frozen=True, slots=True)
class SuggestToMember:
    """Suggest products from a member's order history, if they consented to personalisation.

    Returns nothing without the consent or without a history.
    """

    suggest: SuggestProducts
    consents: ShowConsents
    orders: OrderQueries

    async def __call__(
        self,
        customer_id: CustomerId,
        language: str,
        limit: int = 6,
        *,
        groups: frozenset[str] = NO_GROUPS,
    ) -> tuple[ProductCard, ...]:
        if not await self.consents.given(customer_id, PERSONALISATION):
            return ()
        history = await self.orders.bought(customer_id, HISTORY_LIMIT)
        if not history:
            return ()
        return await self.suggest(history, language, limit, groups=groups)


@dataclass(frozen=True, slots=True)
class RebuildRecommendations:
    """Rebuild the recommender from all paid orders."""

    recommender: Recommender
    purchase_history: PurchaseHistory

    async def __call__(self) -> None:
        await self.recommender.rebuild(self.purchase_history)
