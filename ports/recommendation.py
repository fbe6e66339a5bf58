"""Products that a buyer may like."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.domain.identifiers import ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """The products of one order. ``person`` is an opaque id of the buyer."""

    person: str
    products: frozenset[ProductId]
    at: datetime


class PurchaseHistory(Protocol):
    """The paid orders of the shop, without personal data."""

    def baskets(self) -> AsyncIterator[Basket]:
        """Every paid order, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A recommended product. ``reason`` is a stable code: ``also_bought``, ``trending``."""

    product_id: ProductId
    score: float
    reason: str


@runtime_checkable
class Recommender(Protocol):
    """Recommends products from computed data. ``code`` is stable."""

    @property
    def code(self) -> str: ...

    async def also_bought(
        self, products: Sequence[ProductId], limit: int
    ) -> tuple[Recommendation, ...]:
        """Best first, without ``products`` and without duplicates. Unknown ids have no effect."""

    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        """The best sellers, the same for every visitor."""

    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        """Compute the data again from all purchases. Until then, the old data is used."""
