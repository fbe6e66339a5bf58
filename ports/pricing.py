"""Promotions, price lists and tax rates: their repositories, and the rules that they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from core.domain.identifiers import CustomerId, PriceListId
from core.domain.money import Money
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.coupons.coupon import Coupon
from core.domain.pricing.price_lists import PriceList, PriceStep
from core.domain.pricing.promotions.managed import ManagedPromotion, PromotionState
from core.domain.pricing.promotions.presets import PromotionKind
from core.domain.pricing.reasons import Reason
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.taxes.rates import TaxRate
from core.domain.text import Text


class LoadRules(Protocol):
    async def __call__(self) -> PricingRules:
        """The rules in force, without coupons. Cached: most calls need no statement."""


class ForgetRules(Protocol):
    def __call__(self) -> None:
        """Let the next `LoadRules` of this process see a change that was committed."""


PromotionKinds = NewType("PromotionKinds", Mapping[str, PromotionKind])
"""The kinds of promotions that plugins offer, by code."""


class FindCoupons(Protocol):
    async def __call__(self, codes: Sequence[str], person: str) -> Mapping[str, Coupon]:
        """The coupons of normalised codes that exist, by code, in one statement.

        ``person`` is whose uses are counted; see `core.domain.claims.person_of`.
        """


class Promotions(Protocol):
    """Every change makes the rules and the pages of all processes reload."""

    async def get(self, code: str) -> ManagedPromotion:
        """Raises `NotFound`."""

    async def find(self, code: str) -> ManagedPromotion | None: ...

    async def save(self, promotion: ManagedPromotion) -> None:
        """Raises `AlreadyExists` (code) or `StaleVersion`."""

    async def publish_changes(self, now: datetime) -> Sequence[str]:
        """Make all reload for each active promotion that has started or ended since.

        Returns the codes. Each start and each end is returned once.
        """


@dataclass(slots=True, eq=False, kw_only=True)
class ManagedPriceList:
    """A price list without its ladders. ``currency`` is that of its prices."""

    id: PriceListId
    price_list: PriceList
    currency: str
    changed_at: datetime
    version: int = 0


Ladders = Mapping[str, tuple[PriceStep, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """A price from ``was`` to ``now``, in minor units. None is no price: it is added or removed."""

    sku: str
    quantity: int
    was: int | None
    now: int | None


class PriceLists(Protocol):
    """Every change makes the rules and the pages of all processes reload."""

    async def get(self, code: str) -> ManagedPriceList:
        """Raises `NotFound`."""

    async def find(self, code: str) -> ManagedPriceList | None: ...

    async def save(self, price_list: ManagedPriceList) -> None:
        """Raises `AlreadyExists` (code) or `StaleVersion`."""

    async def renew(self, list_id: PriceListId, version: int | None = None) -> None:
        """Give the list its next version, before a change of its prices.

        Concurrent callers wait until this transaction ends.

        Raises:
            StaleVersion: the list is not at ``version`` any more. None is any version.
        """

    async def replace_prices(self, list_id: PriceListId, ladders: Ladders) -> None:
        """Replace all prices of a list."""

    async def change_prices(
        self, list_id: PriceListId, changes: Sequence[PriceChange]
    ) -> Sequence[PriceChange]:
        """Change some prices. Returns the changes whose price is no longer ``was``, nor ``now``."""

    async def publish_changes(self, now: datetime) -> bool:
        """Like that of promotions. Returns whether a list has started or ended."""


class TaxRates(Protocol):
    """Tax rates by names that staff choose. Every change makes all processes reload."""

    async def save(self, name: str, rate: TaxRate) -> None:
        """Create the rate, or replace the one of the name."""

    async def remove(self, name: str) -> None:
        """Raises `NotFound`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionUse:
    """What orders that are not cancelled took of a promotion, in minor units.

    ``discount`` is what it took off, as a number above zero. ``revenue`` is the total of the
    orders.
    """

    orders: int = 0
    discount: int = 0
    revenue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionSummary:
    """A promotion in a list."""

    code: str
    label: Text
    state: PromotionState
    lane: Lane
    priority: int
    starts_at: datetime | None
    ends_at: datetime | None
    changed_at: datetime
    version: int
    use: PromotionUse


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListSummary:
    """``skus`` is the number of SKUs that have a price in the list."""

    price_list: PriceList
    currency: str
    skus: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPrice:
    """The price of a unit from ``quantity`` units upwards. ``list`` is the code of the list.

    ``title`` and ``list_price`` are those of the catalogue; None if it has no such SKU any more.
    """

    list: str
    sku: str
    quantity: int
    price: Money
    title: Text | None = None
    list_price: Money | None = None


class PricingQueries(Protocol):
    """Promotions, price lists and tax rates for the back office."""

    async def promotions(
        self, *, state: PromotionState | None, limit: int, cursor: str
    ) -> tuple[tuple[PromotionSummary, ...], str]:
        """By code, with their use, and the cursor of the next page (empty on the last)."""

    async def promotion(self, code: str) -> tuple[ManagedPromotion, PromotionUse]:
        """Raises `NotFound`."""

    async def price_lists(self) -> tuple[PriceListSummary, ...]:
        """By code, without ladders."""

    async def price_list(self, code: str) -> PriceListSummary:
        """Raises `NotFound`."""

    async def prices(
        self, code: str, *, limit: int, cursor: str, search: str = ""
    ) -> tuple[tuple[ListedPrice, ...], str]:
        """The prices of a list by SKU and quantity, and the cursor of the next page.

        Each SKU contains ``search``, in any case.
        """

    async def tax_rates(self) -> Mapping[str, TaxRate]:
        """By name."""


class CountPaidOrders(Protocol):
    async def __call__(self, customer_id: CustomerId) -> int:
        """The paid orders of a member, without cancelled ones and exchanges."""


class FindGroups(Protocol):
    async def __call__(self, customer_id: CustomerId) -> frozenset[str]:
        """The codes of the groups of a member."""


class PointsBalance(Protocol):
    async def __call__(self, customer_id: CustomerId) -> int:
        """The points that a member can spend; below zero after a reversal of spent ones."""


class ReasonText(Protocol):
    def __call__(self, reason: Reason, language: str) -> str:
        """The sentence in the language of the buyer, with its amounts and moments."""
