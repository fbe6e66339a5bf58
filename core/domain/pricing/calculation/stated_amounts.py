"""Amounts off that are stated with tax while prices are without, or the other way round."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from core.domain.pricing.arithmetic.splitting import SplitMethod, split_within
from core.domain.pricing.calculation.worksheet import Worksheet
from core.domain.pricing.taxes.discounts import Factors

ONE = Fraction(1)


def factor_of(sheet: Worksheet, row: int, factors: Factors) -> Fraction:
    """The factor of the tax class of a row; 1 for a class without taxes."""
    return factors.get(sheet.line(row).tax_class, ONE)


def stated_sum(sheet: Worksheet, rows: Sequence[int], amounts: Sequence[int]) -> int:
    """The sum of amounts of rows, in minor units, on the basis on which amounts off are stated."""
    factors = sheet.discount_factors.amounts
    if not factors:
        return sum(amounts)
    return int(
        sum(each / factor_of(sheet, row, factors) for row, each in zip(rows, amounts, strict=True))
    )


def split_stated(
    sheet: Worksheet,
    stated: int,
    rows: Sequence[int],
    amounts: Sequence[int],
    limits: Sequence[int],
    method: SplitMethod,
) -> Sequence[int]:
    """Split a stated amount in proportion to the amounts of rows; no part is above its limit.

    The shares are split on the basis on which the amount is stated, then each comes off its row.
    """
    if not sheet.discount_factors.amounts:
        return split_within(stated, amounts, limits, method)
    factors = [factor_of(sheet, row, sheet.discount_factors.amounts) for row in rows]
    rounded = sheet.settings.taxes.rounding.rounded
    shares = split_within(
        stated,
        [rounded(each / factor) for each, factor in zip(amounts, factors, strict=True)],
        [ceil(each / factor) for each, factor in zip(limits, factors, strict=True)],
        method,
    )
    return [
        min(limit, rounded(share * factor))
        for share, factor, limit in zip(shares, factors, limits, strict=True)
    ]
