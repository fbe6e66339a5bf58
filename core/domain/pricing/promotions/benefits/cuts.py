"""What a reduction takes off lines, where discounts are on net or on gross prices."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.pricing.arithmetic.splitting import SplitMethod, split_within
from core.domain.pricing.calculation.stated_amounts import factor_of, split_stated
from core.domain.pricing.calculation.worksheet import Worksheet
from core.domain.pricing.promotions.benefits.calculation import Terms
from core.domain.pricing.promotions.benefits.reductions import (
    AmountOff,
    Off,
    Percent,
    PlainReduction,
)
from core.domain.pricing.promotions.scope import Scope


@dataclass(frozen=True, slots=True)
class Cut:
    """A reduction on the basis of the prices: with or without tax, as they are."""

    off: Off

    def of(self, _row: int, amount: int, /) -> int:
        """What is taken off an amount of a row. The caller takes what the row can bear."""
        return self.off(amount)

    def shared(
        self,
        _rows: Sequence[int],
        amounts: Sequence[int],
        limits: Sequence[int],
        method: SplitMethod,
        /,
    ) -> Sequence[int]:
        """One discount of all amounts, split among them; none is above its limit."""
        return split_within(self.off(sum(amounts)), amounts, limits, method)


@dataclass(frozen=True, slots=True)
class StatedAmount(Cut):
    """An amount that is stated with tax while prices are without, or the other way round."""

    sheet: Worksheet

    def of(self, row: int, amount: int, /) -> int:
        factor = factor_of(self.sheet, row, self.sheet.discount_factors.amounts)
        return self.sheet.settings.taxes.rounding.rounded(self.off(amount) * factor)

    def shared(
        self,
        rows: Sequence[int],
        amounts: Sequence[int],
        limits: Sequence[int],
        method: SplitMethod,
        /,
    ) -> Sequence[int]:
        return split_stated(self.sheet, self.off(sum(amounts)), rows, amounts, limits, method)


@dataclass(frozen=True, slots=True)
class PercentOf(Cut):
    """A percentage of the price with tax while prices are without, or the other way round."""

    sheet: Worksheet

    def of(self, row: int, amount: int, /) -> int:
        return self.off(self._base(row, amount))

    def shared(
        self,
        rows: Sequence[int],
        amounts: Sequence[int],
        limits: Sequence[int],
        method: SplitMethod,
        /,
    ) -> Sequence[int]:
        bases = list(map(self._base, rows, amounts))
        return split_within(self.off(sum(bases)), bases, limits, method)

    def _base(self, row: int, amount: int) -> int:
        factor = factor_of(self.sheet, row, self.sheet.discount_factors.percentages)
        return self.sheet.settings.taxes.rounding.rounded(amount * factor)


def cut_of(scope: Scope, reduction: PlainReduction, terms: Terms, times: int = 1) -> Cut | None:
    """None if there is no amount in the currency."""
    off = reduction.cut(terms, scope.currency, times)
    if off is None:
        return None
    factors = scope.sheet.discount_factors
    if factors.amounts and isinstance(reduction, AmountOff):
        return StatedAmount(off, scope.sheet)
    if factors.percentages and isinstance(reduction, Percent):
        return PercentOf(off, scope.sheet)
    return Cut(off)
