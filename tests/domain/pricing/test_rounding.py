"""Rounding modes by their published definitions, and steps such as the Swiss five rappen."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Invalid
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode

AMOUNTS = ("5.5", "2.5", "1.6", "1.1", "1.0", "-1.0", "-1.1", "-1.6", "-2.5", "-5.5")

# The table "Result of rounding input to one digit with the given rounding mode" of
# java.math.RoundingMode (Java SE 17 API). HALF_ODD is not in Java: a tie goes to the odd one.
PUBLISHED = {
    RoundingMode.UP: (6, 3, 2, 2, 1, -1, -2, -2, -3, -6),
    RoundingMode.DOWN: (5, 2, 1, 1, 1, -1, -1, -1, -2, -5),
    RoundingMode.CEILING: (6, 3, 2, 2, 1, -1, -1, -1, -2, -5),
    RoundingMode.FLOOR: (5, 2, 1, 1, 1, -1, -2, -2, -3, -6),
    RoundingMode.HALF_UP: (6, 3, 2, 1, 1, -1, -1, -2, -3, -6),
    RoundingMode.HALF_DOWN: (5, 2, 2, 1, 1, -1, -1, -2, -2, -5),
    RoundingMode.HALF_EVEN: (6, 2, 2, 1, 1, -1, -1, -2, -2, -6),
    RoundingMode.HALF_ODD: (5, 3, 2, 1, 1, -1, -1, -2, -3, -5),
}

FRACTIONS = st.fractions(-10_000, 10_000, max_denominator=10_000)
ROUNDINGS = st.builds(Rounding, st.sampled_from(RoundingMode), st.sampled_from([1, 5, 10, 7]))


@pytest.mark.parametrize("mode", RoundingMode)
def test_each_mode_follows_its_published_table(mode: RoundingMode) -> None:
    rounding = Rounding(mode)
    assert tuple(rounding.rounded(Fraction(each)) for each in AMOUNTS) == PUBLISHED[mode]


@pytest.mark.parametrize(
    ("francs", "rounded"),
    [("1.12", 110), ("1.13", 115), ("1.17", 115), ("1.18", 120), ("-1.13", -115)],
)
def test_cash_in_switzerland_is_rounded_to_five_rappen(francs: str, rounded: int) -> None:
    assert Rounding(step=5).rounded(Fraction(francs) * 100) == rounded


@pytest.mark.parametrize(
    ("mode", "by_step"),
    [
        (RoundingMode.HALF_UP, {1: 98735, 10: 98730, 100: 98700, 1000: 99000, 2: 98734}),
        (RoundingMode.DOWN, {1: 98734, 10: 98730, 100: 98700, 1000: 98000, 2: 98734}),
        (RoundingMode.HALF_UP, {5: 98735, 25: 98725}),
        (RoundingMode.DOWN, {5: 98730, 25: 98725}),
    ],
)
def test_steps_round_like_microsoft_dynamics(mode: RoundingMode, by_step: dict[int, int]) -> None:
    """The example of *Tax calculation rounding rules*, Dynamics 365 Finance: 987.345."""
    amount = Fraction("98734.5")
    assert {step: Rounding(mode, step).rounded(amount) for step in by_step} == by_step


def test_a_tie_is_an_exact_half_of_the_step() -> None:
    half_down = Rounding(RoundingMode.HALF_DOWN, step=5)
    assert half_down.rounded(Fraction(5, 2)) == 0
    assert half_down.rounded(Fraction(5, 2) + Fraction(1, 10**30)) == 5


def test_even_and_odd_count_steps_and_not_minor_units() -> None:
    assert Rounding(RoundingMode.HALF_EVEN, step=10).rounded(15) == 20
    assert Rounding(RoundingMode.HALF_ODD, step=10).rounded(15) == 10


def test_a_step_below_one_minor_unit_is_refused() -> None:
    with pytest.raises(Invalid, match="at least one minor unit"):
        Rounding(step=0)


@given(FRACTIONS, ROUNDINGS)
def test_the_result_is_a_multiple_of_the_step_nearer_than_one_step(
    amount: Fraction, rounding: Rounding
) -> None:
    rounded = rounding.rounded(amount)
    assert rounded % rounding.step == 0
    assert abs(rounded - amount) < rounding.step
    assert rounding.rounded(rounded) == rounded


@given(FRACTIONS, st.sampled_from(RoundingMode))
def test_only_floor_and_ceiling_depend_on_the_sign(amount: Fraction, mode: RoundingMode) -> None:
    mirrored = {
        RoundingMode.FLOOR: RoundingMode.CEILING,
        RoundingMode.CEILING: RoundingMode.FLOOR,
    }.get(mode, mode)
    assert Rounding(mode).rounded(-amount) == -Rounding(mirrored).rounded(amount)
