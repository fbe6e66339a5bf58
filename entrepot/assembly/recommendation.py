"""What is suggested beside a product."""

from adapters.database.purchases import SqlPurchases
from adapters.plugins.ports import GuardedRecommender, NoRecommender
from core.application.browsing import SuggestProducts
from core.application.recommending import RebuildRecommendations
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.plugin_loading import Boundaries
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from ports.recommendation import Purchases, Recommender


def recommender_of(plugins: PluginManager, boundaries: Boundaries) -> Recommender:
    for name, recommender in plugins.brought("entrepot_recommenders"):
        return GuardedRecommender(recommender, boundaries.of(name))
    return NoRecommender()


@wired
class RecommendationParts(CatalogueParts):
    recommender = bound(Recommender, recommender_of)
    purchases = bound(Purchases, SqlPurchases)
    suggest_products = made(SuggestProducts)
    rebuild_recommendations = made(RebuildRecommendations)
