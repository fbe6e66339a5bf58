"""Discounts on net or gross prices: the factors between what is stated and the prices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from core.domain.pricing.taxes.basis import ClassTaxes
from core.domain.pricing.taxes.rates import TaxRate, TaxZone, applicable
from core.domain.pricing.taxes.settings import DiscountBasis, TaxSettings

Factors = Mapping[str, Fraction]
"""By tax class."""


@dataclass(frozen=True, slots=True)
class DiscountFactors:
    """A stated amount is multiplied with ``amounts`` to come off a price.

    A price is multiplied with ``percentages`` to be what a percentage is of. Both are empty if
    discounts are on the basis of the prices.
    """

    amounts: Factors = field(default_factory=dict)
    percentages: Factors = field(default_factory=dict)


AS_PRICES = DiscountFactors()


def discount_factors(
    tax_classes: Iterable[str],
    *,
    zone: TaxZone | None,
    at: datetime,
    rates: Sequence[TaxRate],
    settings: TaxSettings,
) -> DiscountFactors:
    """Prices that include tax are those of the origin, and added taxes those of ``zone``."""
    other = DiscountBasis.NET if settings.prices_include_tax else DiscountBasis.GROSS
    if other not in {settings.discount_on, settings.percent_of}:
        return AS_PRICES
    place = zone or settings.origin
    gross: dict[str, Fraction] = {}
    for each in set(tax_classes):
        there = applicable(rates, each, place, at)
        at_home = applicable(rates, each, settings.origin, at)
        gross[each] = ClassTaxes.of(there, at_home, settings, settings.abroad).gross_of_net
    per_net = {each: 1 / factor for each, factor in gross.items()}
    to_price, of_price = (gross, per_net) if settings.prices_include_tax else (per_net, gross)
    return DiscountFactors(
        amounts=to_price if settings.discount_on is other else {},
        percentages=of_price if settings.percent_of is other else {},
    )
