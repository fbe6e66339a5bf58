"""What else somebody may like."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.domain.identifiers import ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What one person bought together. ``person`` is opaque, and only tells people apart."""

    person: str
    products: frozenset[ProductId]
    at: datetime


class Purchases(Protocol):
    """The shop's paid orders, as a recommender may see them."""

    def baskets(self) -> AsyncIterator[Basket]:
        """Every paid order, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """``reason`` is a short stable code: ``also_bought``, ``trending``."""

    product_id: ProductId
    score: float
    reason: str


@runtime_checkable
class Recommender(Protocol):
    """Answers from what it has learnt: no call waits for learning. ``code`` is stable."""

    @property
    def code(self) -> str: ...

    async def also_bought(
        self, products: Sequence[ProductId], limit: int
    ) -> tuple[Recommendation, ...]:
        """Best first, none of ``products``, none twice; what is unknown has no effect."""

    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        """What sells best, for everybody alike."""

    async def rebuild(self, purchases: Purchases) -> None:
        """Learn again from all purchases; until it is done, the old answers stand."""
