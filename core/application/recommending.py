"""Teaching the recommender."""

from dataclasses import dataclass

from ports.recommendation import Purchases, Recommender


@dataclass(frozen=True, slots=True)
class RebuildRecommendations:
    """Learn again from all paid orders."""

    recommender: Recommender
    purchases: Purchases

    async def __call__(self) -> None:
        await self.recommender.rebuild(self.purchases)
