"""A shop with rules of prices that a test changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dependency_injector import providers

from core.domain.pricing.coupons.coupon import Coupon
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.settings import PricingSettings
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.pricing.taxes.settings import TaxSettings
from entrepot.assembly.shop import Shop
from tests.domain.pricing.shop import a_promotion, amount, at_least, goods_off, percent
from tests.factories import text

MUG = "MUG-S"
VAT = TaxRate(code="vat", label=text("VAT"), rate="0.13", tax_class="standard", zone=TaxZone("CN"))
WITHOUT_TAX = PricingSettings(taxes=TaxSettings(prices_include_tax=False))

SPRING = a_promotion(
    "order",
    goods_off(amount("30.00")),
    {"kind": "gift", "sku": MUG},
    code="spring",
    condition=at_least("300.00"),
)
"""Thirty off and a mug, from 300 yuan."""

TEN = a_promotion("coupon", goods_off(percent("10")), code="ten", by_coupon=True)

FREE_SHIPPING = a_promotion(
    "shipping",
    {"kind": "shipping", "reduction": percent("100")},
    code="free-shipping",
    by_coupon=True,
)


@dataclass
class ShopRules:
    """Stands for the stored rules and coupons. ``coupons`` are by normalised code."""

    promotions: Sequence[Promotion] = ()
    coupons: Mapping[str, Coupon] = field(default_factory=dict)
    settings: PricingSettings = field(default_factory=PricingSettings)
    tax_rates: tuple[TaxRate, ...] = ()

    async def load(self) -> PricingRules:
        return PricingRules(
            promotions=tuple(self.promotions), settings=self.settings, tax_rates=self.tax_rates
        )

    async def find(self, codes: Sequence[str], person: str) -> Mapping[str, Coupon]:
        del person
        return {code: self.coupons[code] for code in codes if code in self.coupons}


def use_rules(shop: Shop, *promotions: Promotion, **coupons: str) -> ShopRules:
    """Call it before the shop has made its use cases. ``coupons`` are promotions by code."""
    found = {code: Coupon(key=code, promotion=name) for code, name in coupons.items()}
    rules = ShopRules(promotions, found)
    shop.load_rules.override(providers.Object(rules.load))
    shop.find_coupons.override(providers.Object(rules.find))
    return rules
