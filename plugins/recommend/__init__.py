"""A recommender: item-to-item co-occurrence, and best sellers."""

from entrepot import Capability, Manifest, PluginContext, Recommender, hookimpl
from plugins.recommend.cooccurrence import CooccurrenceRecommender
from plugins.recommend.settings import RecommendSettings

manifest = Manifest(
    name="recommend",
    version="0.1.0",
    api=">=1,<2",
    capabilities=frozenset({Capability.RECOMMENDATION}),
    settings=RecommendSettings,
)


@hookimpl
def entrepot_recommenders(context: PluginContext) -> list[Recommender]:
    return [
        CooccurrenceRecommender(
            context.data / "model.json",
            least_people=context.settings.least_people,
            now=context.now,
        )
    ]
