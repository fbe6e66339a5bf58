"""A recommender behind the plugin guard, and the one of a shop without recommenders."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.plugins.answers.checks import nothing
from adapters.plugins.answers.recommendation import recommendations
from adapters.plugins.callbacks import CallbackPurchaseHistory
from adapters.plugins.guard import PluginGuard
from core.domain.identifiers import ProductId
from ports.recommendation import PurchaseHistory, Recommendation, Recommender

REBUILD_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class GuardedRecommender:
    """A rebuild has a timeout of one hour, a query the timeout of the guard."""

    recommender: Recommender
    guard: PluginGuard
    code: str

    async def also_bought(
        self, products: Sequence[ProductId], limit: int
    ) -> tuple[Recommendation, ...]:
        return await self.guard.call(
            lambda: self.recommender.also_bought(products, limit),
            lambda answer: recommendations(answer, limit),
        )

    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        return await self.guard.call(
            lambda: self.recommender.trending(limit), lambda answer: recommendations(answer, limit)
        )

    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        history = CallbackPurchaseHistory(purchase_history)
        await self.guard.call(
            lambda: self.recommender.rebuild(history), nothing, seconds=REBUILD_SECONDS
        )


@dataclass(frozen=True, slots=True)
class NoRecommender:
    """For a shop without a recommender: pages then show the newest products."""

    code: str = "none"

    async def also_bought(
        self,
        products: Sequence[ProductId],  # noqa: ARG002
        limit: int,  # noqa: ARG002
    ) -> tuple[Recommendation, ...]:
        return ()

    async def trending(self, limit: int) -> tuple[Recommendation, ...]:  # noqa: ARG002
        return ()

    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        """Do nothing."""
