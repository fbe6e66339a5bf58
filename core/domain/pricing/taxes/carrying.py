"""One tax over many lines: what is rounded, and who gets the rounding error."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.domain.pricing.arithmetic.rounding import Rounding
from core.domain.pricing.arithmetic.splitting import split
from core.domain.pricing.taxes.settings import Level, TaxSettings


def taxes_by_unit(
    lines: Sequence[Sequence[int]], share: Fraction, settings: TaxSettings
) -> list[tuple[int, ...]]:
    """The tax of each unit of each line: ``share`` of its amount, rounded as the settings say.

    >>> each = TaxSettings()
    >>> taxes_by_unit([[105], [105]], Fraction("0.1"), each)
    [(11,), (11,)]
    >>> whole = TaxSettings(rounding_level=Level.ORDER)
    >>> taxes_by_unit([[105], [105]], Fraction("0.1"), whole)
    [(11,), (10,)]
    """
    sums = _RunningSum(share.numerator, share.denominator, settings.rounding)
    rounded_at = settings.rounded_at
    taxes = []
    for units in lines:
        if rounded_at is Level.LINE:
            sums.restart()
        if settings.level is Level.UNIT:
            taxes.append(_each(units, sums, restarts=rounded_at is Level.UNIT))
        else:
            taxes.append(split(sums.next_tax(sum(units)), list(map(abs, units))))
    return taxes


def _each(units: Sequence[int], sums: "_RunningSum", *, restarts: bool) -> tuple[int, ...]:
    taxes = []
    for unit in units:
        if restarts:
            sums.restart()
        taxes.append(sums.next_tax(unit))
    return tuple(taxes)


@dataclass(slots=True)
class _RunningSum:
    """Rounds sums and not parts, so that the parts of a sum add up to its rounded tax."""

    numerator: int
    denominator: int
    rounding: Rounding
    amount: int = 0
    taxed: int = 0

    def restart(self) -> None:
        self.amount = self.taxed = 0

    def next_tax(self, amount: int) -> int:
        self.amount += amount
        total = self.rounding.quotient(self.amount * self.numerator, self.denominator)
        tax, self.taxed = total - self.taxed, total
        return tax
