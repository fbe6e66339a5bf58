"""The prices that applied in lists: their records, and what they are compiled from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.identifiers import ProductId, Sku
from core.domain.pricing.applied.price_history import PricedVariant, PriceRecord
from core.domain.pricing.applied.prior_price import Deal
from core.domain.pricing.rules import PricingRules


@dataclass(frozen=True, slots=True)
class StoredRules:
    """``version`` grows with every change of the rules.

    ``promotions`` and ``price_lists`` have the last change of each by its code. A start or an end
    by the clock increases the version and is no change.
    """

    rules: PricingRules
    version: int
    promotions: Mapping[str, datetime]
    price_lists: Mapping[str, datetime]

    @property
    def changes(self) -> frozenset[datetime]:
        return frozenset({*self.promotions.values(), *self.price_lists.values()})

    def at(self, moment: datetime) -> PricingRules:
        """The rules without what was changed later: it is not known how that was before."""
        rules = self.rules
        return replace(
            rules,
            promotions=tuple(p for p in rules.promotions if self.promotions[p.code] <= moment),
            price_lists=tuple(p for p in rules.price_lists if self.price_lists[p.code] <= moment),
        )


class ReadRules(Protocol):
    async def __call__(self, since: datetime) -> StoredRules:
        """The rules as they are stored now, with those that have ended after ``since``."""


class PricedGoods(Protocol):
    """What the history is compiled from, besides the rules."""

    async def variants(self, product_ids: Sequence[ProductId]) -> Sequence[PricedVariant]:
        """The variants of these products, as far as they are published."""

    async def deals(self, skus: Sequence[str], before: datetime) -> Mapping[str, Sequence[Deal]]:
        """The deals of the seven days before ``before``; of a SKU without any, its last deal.

        Paid orders count, with the public promotions; coupons and points do not lower a deal.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class DueProduct:
    """A product whose history is compiled up to ``compiled_at``, None for a new one.

    ``saved_at`` is set if the product was saved since then. ``changes_at`` is the next moment when
    its prices change by the clock. ``version`` is that of the rules now.
    """

    product_id: ProductId
    compiled_at: datetime | None
    saved_at: datetime | None
    changes_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Up to when, and with which rules, the history of a product is compiled."""

    product_id: ProductId
    at: datetime
    version: int
    changes_at: datetime | None


class PriceCompilations(Protocol):
    """How far the history of each product is compiled. Saving a product makes it due."""

    async def claim(
        self, now: datetime, limit: int, product_ids: Sequence[ProductId] | None = None
    ) -> Sequence[DueProduct]:
        """Lock products that are due until the transaction ends (`SKIP LOCKED`).

        ``product_ids``: only of these.
        """

    async def save(self, compiled: Sequence[Compiled]) -> None: ...


class AppliedPrices(Protocol):
    """Append-only: the end of a record is set once."""

    async def open(
        self, product_ids: Sequence[ProductId], skus: Sequence[str]
    ) -> Sequence[PriceRecord]:
        """The records without an end, of the products and of the SKUs."""

    async def public_history(self, skus: Sequence[str], since: datetime) -> Sequence[PriceRecord]:
        """The records that all buyers saw and that had not ended before, by SKU and start."""

    async def end(self, ended: Mapping[UUID, datetime]) -> None:
        """Set the ends of open records by their ids.

        Raises:
            StaleVersion: another process has ended one of them.
        """

    async def add(self, records: Sequence[PriceRecord]) -> None:
        """Append records.

        Raises:
            StaleVersion: another process has opened a record of the same SKU and audience.
        """


class PurgeAppliedPrices(Protocol):
    async def __call__(self, before: datetime, limit: int) -> int:
        """Delete records that ended before. Returns their number.

        The records that a reduction of today is based on stay, whatever their age.
        """


class PriceHistoryQueries(Protocol):
    async def of_sku(self, sku: Sku, limit: int, cursor: str) -> tuple[Sequence[PriceRecord], str]:
        """The records of all audiences, latest first, and the cursor of the next page."""

    async def of_product(self, product_id: ProductId, limit: int) -> Sequence[PriceRecord]:
        """The latest records of its variants."""
