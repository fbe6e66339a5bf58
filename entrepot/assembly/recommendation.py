"""The recommender: the one of a plugin, or none."""

from adapters.database.recommendation.purchase_history import SqlPurchaseHistory
from adapters.plugins.guards import PluginGuards
from adapters.plugins.recommender import GuardedRecommender, NoRecommender
from core.application.recommendation import RebuildRecommendations, SuggestProducts
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_contract import RECOMMENDERS
from entrepot.plugin_manager import PluginManager
from ports.recommendation import PurchaseHistory, Recommender


def recommender_of(plugins: PluginManager, plugin_guards: PluginGuards) -> Recommender:
    chosen = plugins.chosen(RECOMMENDERS)
    if chosen is None:
        return NoRecommender()
    name, recommender, description = chosen
    return GuardedRecommender(recommender, plugin_guards.of(name), description.code)


@wired
class RecommendationParts(CatalogueParts):
    recommender = bound(Recommender, recommender_of)
    purchase_history = bound(PurchaseHistory, SqlPurchaseHistory)
    suggest_products = made(SuggestProducts)
    rebuild_recommendations = made(RebuildRecommendations)
