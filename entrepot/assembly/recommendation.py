"""What is suggested beside a product."""

from dataclasses import dataclass

from adapters.boundary.ports import GuardedRecommender, NoRecommender
from adapters.database.purchases import SqlPurchases
from core.application.browsing import SuggestProducts
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.plugins import Boundaries
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from ports.recommendation import Purchases, Recommender


def recommender_of(plugins: PluginManager, boundaries: Boundaries) -> Recommender:
    for name, recommender in plugins.brought("entrepot_recommenders"):
        return GuardedRecommender(recommender, boundaries.of(name))
    return NoRecommender()


@dataclass(frozen=True, slots=True)
class RebuildRecommendations:
    """Learn again from all paid orders."""

    recommender: Recommender
    purchases: Purchases

    async def __call__(self) -> None:
        await self.recommender.rebuild(self.purchases)


@wired
class RecommendationParts(CatalogueParts):
    recommender = bound(Recommender, recommender_of)
    purchases = bound(Purchases, SqlPurchases)
    suggest_products = made(SuggestProducts)
    rebuild_recommendations = made(RebuildRecommendations)
