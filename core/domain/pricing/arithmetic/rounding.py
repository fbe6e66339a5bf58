"""Rounding: from an exact fraction of minor units to an amount that can be paid."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from core.domain.errors import Invalid


class RoundingMode(StrEnum):
    """Which multiple of the step an amount between two of them becomes.

    A tie is an exact half. ``HALF_EVEN`` and ``HALF_UP`` are *roundTiesToEven* and
    *roundTiesToAway* of IEEE 754-2019, 4.3.1; ``DOWN``, ``CEILING`` and ``FLOOR`` are its
    directed roundings (4.3.2). ``UP`` is away from zero, ``DOWN`` is towards zero.
    """

    HALF_UP = "half_up"
    HALF_DOWN = "half_down"
    HALF_EVEN = "half_even"
    HALF_ODD = "half_odd"
    UP = "up"
    DOWN = "down"
    FLOOR = "floor"
    CEILING = "ceiling"


NEAREST = (
    RoundingMode.HALF_UP,
    RoundingMode.HALF_DOWN,
    RoundingMode.HALF_EVEN,
    RoundingMode.HALF_ODD,
)


@dataclass(frozen=True, slots=True)
class Rounding:
    """``step`` is in minor units: 1 is a cent, 5 is the Swiss five-rappen coin.

    >>> Rounding(RoundingMode.HALF_UP, step=5).rounded(Fraction(1234, 10))
    125
    """

    mode: RoundingMode = RoundingMode.HALF_UP
    step: int = 1

    def __post_init__(self) -> None:
        if self.step < 1:
            raise Invalid("step", "The rounding step must be at least one minor unit.")

    def rounded(self, amount: Fraction | int) -> int:
        """The amount in minor units, a multiple of the step."""
        return self.quotient(amount.numerator, amount.denominator)

    def quotient(self, numerator: int, denominator: int) -> int:
        """Like `rounded`, of a quotient that needs no lowest terms. The denominator is above 0."""
        denominator *= self.step
        below, rest = divmod(numerator, denominator)
        if not rest:
            return below * self.step
        return (below + self._rounds_up(below, 2 * rest - denominator)) * self.step

    def _rounds_up(self, below: int, over_half: int) -> bool:
        """Whether an amount between ``below`` and the next whole number becomes the latter."""
        mode = self.mode
        if over_half and mode in NEAREST:
            return over_half > 0
        match mode:
            case RoundingMode.HALF_UP | RoundingMode.UP:
                return below >= 0
            case RoundingMode.HALF_DOWN | RoundingMode.DOWN:
                return below < 0
            case RoundingMode.HALF_EVEN | RoundingMode.HALF_ODD:
                return (below % 2 == 1) is (mode is RoundingMode.HALF_EVEN)
        return mode is RoundingMode.CEILING
