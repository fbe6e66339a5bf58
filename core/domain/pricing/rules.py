"""The rules of prices: loaded together, cached by version, and given to the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.claims import Claim
from core.domain.errors import AlreadyExists
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.coupons.coupon import Coupon
from core.domain.pricing.price_lists import PriceList
from core.domain.pricing.promotions.circumstances import CustomerGroup, OrderNumber
from core.domain.pricing.promotions.conditions import facts_in, leaves
from core.domain.pricing.promotions.limits import EVERYBODY, PERSON
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.request import PriceRequest
from core.domain.pricing.settings import PricingSettings
from core.domain.pricing.taxes.rates import TaxRate


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingRules:
    """``coupons`` are those of the codes in the request, by normalised code.

    ``by_lane`` has the promotions in the order of their ranks. With ``untaxed``, the tax rates
    convert discounts alone, because a tax engine calculates the taxes.
    """

    settings: PricingSettings = field(default_factory=PricingSettings)
    price_lists: tuple[PriceList, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    untaxed: bool = False
    coupons: Mapping[str, Coupon] = field(default_factory=dict)
    by_lane: Mapping[Lane, tuple[Promotion, ...]] = field(init=False)
    by_code: Mapping[str, Promotion] = field(init=False)

    @property
    def added_skus(self) -> frozenset[str]:
        """The goods that promotions give or offer."""
        return frozenset[str]().union(*(each.added_skus for each in self.promotions))

    @property
    def counts_orders(self) -> bool:
        """Whether a price depends on the number of paid orders of the buyer."""
        return any(
            isinstance(condition, OrderNumber)
            for each in self.promotions
            for condition in leaves(each.condition)
        )

    @property
    def asks_groups(self) -> bool:
        """Whether a price depends on the groups of the buyer."""
        return any(each.groups for each in self.price_lists) or any(
            isinstance(condition, CustomerGroup)
            for each in self.promotions
            for condition in leaves(each.condition)
        )

    @property
    def facts(self) -> frozenset[str]:
        """The names of the facts that a price depends on."""
        return frozenset(
            name
            for each in self.promotions
            for name in (*facts_in(each.condition), *(limit.per for limit in each.limits))
            if name not in {EVERYBODY, PERSON}
        )

    def limits(self, request: PriceRequest) -> tuple[Claim, ...]:
        """A claim for each limit of a promotion that counts for the request."""
        claims = (
            limit.claim(each.code, request, 1) for each in self.promotions for limit in each.limits
        )
        return tuple(claim for claim in claims if claim)

    def __post_init__(self) -> None:
        by_lane: dict[Lane, tuple[Promotion, ...]] = {}
        by_code: dict[str, Promotion] = {}
        for each in sorted(self.promotions, key=lambda promotion: promotion.rank):
            if each.code in by_code:
                raise AlreadyExists("promotion", each.code)
            by_code[each.code] = each
            by_lane[each.lane] = (*by_lane.get(each.lane, ()), each)
        object.__setattr__(self, "by_lane", by_lane)
        object.__setattr__(self, "by_code", by_code)
