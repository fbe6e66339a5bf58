"""Splitting: an amount becomes parts in proportion to weights, and the parts sum to it."""

from collections.abc import Sequence
from enum import StrEnum
from operator import le

from core.domain.errors import Invalid
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode


class SplitMethod(StrEnum):
    """Who gets the minor units that the division leaves over.

    ``LARGEST_REMAINDER``: one each to the parts with the largest remainders (Hamilton's method),
    and on a tie to the earlier part.
    ``HALF_DOWN``: parts are rounded half down, then corrected by one each from the first.
    ``FLOOR_FIRST``: one each to the first parts. ``FLOOR_LAST``: all to the last part.
    """

    LARGEST_REMAINDER = "largest_remainder"
    HALF_DOWN = "half_down"
    FLOOR_FIRST = "floor_first"
    FLOOR_LAST = "floor_last"


def split(
    amount: int,
    weights: Sequence[int],
    method: SplitMethod = SplitMethod.LARGEST_REMAINDER,
) -> tuple[int, ...]:
    """Split an amount in minor units. A negative amount is split like its opposite.

    A part of weight 0 gets nothing. If all weights are 0, the shares are equal.

    Raises:
        Invalid: a weight is negative, or there is no part for an amount.

    >>> split(100, [1, 1, 1]), split(-100, [3, 0, 3], SplitMethod.FLOOR_LAST)
    ((34, 33, 33), (-50, 0, -50))
    """
    count = len(weights)
    if (min(weights) < 0) if count else amount:
        raise Invalid("weights", "Split weights must not be negative.")
    if count <= 1:
        return (amount,) * count
    if method is SplitMethod.LARGEST_REMAINDER and weights.count(weights[0]) == count:
        return equal_shares(amount, count)
    if not any(weights):
        weights = [1] * len(weights)
    parts = _parts(abs(amount), weights, method)
    return tuple(parts) if amount >= 0 else tuple(-part for part in parts)


def split_within(
    amount: int,
    weights: Sequence[int],
    limits: Sequence[int],
    method: SplitMethod = SplitMethod.LARGEST_REMAINDER,
) -> tuple[int, ...]:
    """Split an amount of zero or more so that no part is above its limit.

    What a part cannot take moves on to the others, in proportion to their weights. A limit of 0
    excludes a part. The parts sum to the amount, or to the limits if these are lower.

    >>> split_within(900, [1000, 2000], [100, 2000]), split_within(900, [1, 1], [100, 0])
    ((100, 800), (100, 0))
    """
    if limits and min(limits) > 0:
        shares = split(min(amount, sum(limits)), weights, method)
        if all(map(le, shares, limits)):
            return shares
    parts = [0] * len(weights)
    open_parts = [index for index, limit in enumerate(limits) if limit > 0]
    while open_parts:
        shares = split(amount, [weights[index] for index in open_parts], method)
        full = [
            index for index, share in zip(open_parts, shares, strict=True) if share > limits[index]
        ]
        if not full:
            for index, share in zip(open_parts, shares, strict=True):
                parts[index] = share
            break
        for index in full:
            parts[index] = limits[index]
            amount -= limits[index]
        open_parts = [index for index in open_parts if index not in full]
    return tuple(parts)


def equal_shares(amount: int, count: int) -> tuple[int, ...]:
    """The units of a line: their amounts differ by one minor unit at most, larger ones first.

    >>> equal_shares(1000, 3), equal_shares(-5, 2)
    ((334, 333, 333), (-3, -2))
    """
    each, larger = divmod(abs(amount), count)
    sign = 1 if amount >= 0 else -1
    return (sign * (each + 1),) * larger + (sign * each,) * (count - larger)


def _parts(amount: int, weights: Sequence[int], method: SplitMethod) -> list[int]:
    total = sum(weights)
    if method is SplitMethod.HALF_DOWN:
        half_down = Rounding(RoundingMode.HALF_DOWN)
        parts = [half_down.quotient(amount * weight, total) for weight in weights]
    else:
        parts = [amount * weight // total for weight in weights]
    rest = amount - sum(parts)
    if not rest:
        return parts
    sharing = [index for index, weight in enumerate(weights) if weight]
    if method is SplitMethod.FLOOR_LAST:
        parts[sharing[-1]] += rest
        return parts
    if method is SplitMethod.LARGEST_REMAINDER:
        remainders = [amount * weight % total for weight in weights]
        sharing.sort(key=remainders.__getitem__, reverse=True)
    correction = 1 if rest >= 0 else -1
    # A part that was rounded to nothing must not change its sign.
    able = [index for index in sharing if parts[index] + correction >= 0]
    for index in able[: abs(rest)]:
        parts[index] += correction
    return parts
