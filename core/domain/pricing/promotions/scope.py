"""What a promotion sees of the worksheet while its lane is resolved."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.money import Money
from core.domain.pricing.calculation.worksheet import Mask, Worksheet
from core.domain.pricing.promotions.filters import Filter
from core.domain.pricing.settings import PriceBase


@dataclass(slots=True, eq=False)
class Scope:
    """``promotion`` is a code. ``open`` are the rows that count for it.

    ``most_units`` limits the units that it reduces.
    """

    sheet: Worksheet
    promotion: str
    open: Mask
    most_units: int | None = None

    @property
    def currency(self) -> str:
        return self.sheet.request.currency

    def knows(self, fact: str) -> bool:
        return fact in self.sheet.request.facts

    def rows(self, goods: Filter) -> Sequence[int]:
        return self.sheet.rows(goods.mask(self.sheet) & self.open)

    def amount(self, goods: Filter, base: PriceBase) -> int:
        """The sum of the goods in minor units, at the prices of ``base``."""
        return sum(map(self.sheet.prices[base].totals.__getitem__, self.rows(goods)))

    def quantity(self, goods: Filter) -> int:
        return sum(map(self.sheet.quantities.__getitem__, self.rows(goods)))

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)
