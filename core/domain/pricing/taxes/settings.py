"""How a shop calculates taxes: what prices contain, what is taxed, where it is rounded."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.pricing.arithmetic.rounding import Rounding
from core.domain.pricing.taxes.rates import TaxZone


class Level(StrEnum):
    UNIT = "unit"
    LINE = "line"
    ORDER = "order"


LEVELS = tuple(Level)
CHINA = TaxZone("CN")
HALF_UP = Rounding()


class Abroad(StrEnum):
    """What happens to a price with tax if the place of the buyer has other rates.

    ``KEEP_NET``: the tax of the origin is taken out and that of the place is put on; shipping
    keeps its price. ``KEEP_GROSS``: the price stays and contains the tax of the place.
    """

    KEEP_NET = "keep_net"
    KEEP_GROSS = "keep_gross"


class TaxBase(StrEnum):
    """What is taxed. ``OWN``: the base price of the goods, such as a price fixed by law."""

    AFTER_DISCOUNT = "after_discount"
    BEFORE_DISCOUNT = "before_discount"
    OWN = "own"


class DiscountBasis(StrEnum):
    """Whether what a discount states is with or without tax. ``AS_PRICES``: as the prices are."""

    AS_PRICES = "as_prices"
    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSettings:
    """``origin`` is the place of the shop; its taxes are in the prices.

    ``level`` is what a rate is applied to. ``rounding_level`` is what is rounded. If it is above
    ``level``, the rounding error is carried on from one unit or line to the next, for each rate.
    If it is below, ``level`` counts. ``discount_on`` is the basis of amounts off, such as 10
    yuan, and of points. ``percent_of`` is the basis of the price that a percentage is calculated
    of; what it makes comes off the price as it is.
    """

    prices_include_tax: bool = True
    origin: TaxZone = CHINA
    abroad: Abroad = Abroad.KEEP_NET
    base: TaxBase = TaxBase.AFTER_DISCOUNT
    discount_on: DiscountBasis = DiscountBasis.AS_PRICES
    percent_of: DiscountBasis = DiscountBasis.AS_PRICES
    level: Level = Level.LINE
    rounding_level: Level = Level.LINE
    rounding: Rounding = HALF_UP

    @property
    def rounded_at(self) -> Level:
        return max(self.level, self.rounding_level, key=LEVELS.index)
