"""Splitting: the parts sum to the amount, whoever gets the rest."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Invalid
from core.domain.pricing.arithmetic.splitting import (
    SplitMethod,
    equal_shares,
    split,
    split_within,
)

LARGEST, HALF_DOWN, FIRST, LAST = SplitMethod

WEIGHTS = st.lists(st.integers(0, 100_000), min_size=1, max_size=20)
AMOUNTS = st.integers(-1_000_000, 1_000_000)
METHODS = st.sampled_from(SplitMethod)


@pytest.mark.parametrize(
    ("weights", "amount", "parts"),
    [
        ([4000, 2000, 2000], 300, (150, 75, 75)),
        ([4000, 2000, 2000], -300, (-150, -75, -75)),
        ([4300, 1400, 2300], 300, (162, 52, 86)),
        ([4300, 1400, 2300], -300, (-162, -52, -86)),
        ([4300, 1400, 2300], -299, (-161, -52, -86)),
    ],
)
def test_half_down_corrected_from_the_first_splits_like_sylius(
    weights: list[int], amount: int, parts: tuple[int, ...]
) -> None:
    """Sylius: `ProportionalIntegerDistributorSpec`."""
    assert split(amount, weights, HALF_DOWN) == parts


@pytest.mark.parametrize(
    ("totals", "minima", "amount", "parts"),
    [
        ([1000, 2000, 5000, 3000], [0, 1900, 5000, 2600], 1200, (700, 100, 0, 400)),
        ([5000, 6000], [4500, 0], 2500, (500, 2000)),
    ],
)
def test_what_is_above_a_minimum_price_moves_on_like_in_sylius(
    totals: list[int], minima: list[int], amount: int, parts: tuple[int, ...]
) -> None:
    """Sylius: `MinimumPriceDistributorSpec`."""
    limits = [total - minimum for total, minimum in zip(totals, minima, strict=True)]
    assert split_within(amount, totals, limits) == parts


@pytest.mark.parametrize(
    ("weights", "amount", "parts"),
    [([50, 50, 50], 1000, (333, 333, 334)), ([150, 50, 100], 1500, (750, 250, 500))],
)
def test_the_rest_to_the_last_splits_like_solidus(
    weights: list[int], amount: int, parts: tuple[int, ...]
) -> None:
    """Solidus: `distributed_amounts_handler_spec`."""
    assert split(amount, weights, LAST) == parts


def test_the_methods_differ_in_who_gets_the_rest() -> None:
    # The exact shares of 11 are 4.71, 1.57, 4.71.
    weights = [3, 1, 3]
    assert split(11, weights, LARGEST) == (5, 1, 5)
    assert split(11, weights, HALF_DOWN) == (4, 2, 5)
    assert split(11, weights, FIRST) == (5, 2, 4)
    assert split(11, weights, LAST) == (4, 1, 6)


def test_a_correction_does_not_change_the_sign_of_a_part() -> None:
    # The exact shares of 2 are 0.2, 0.6, 0.6, 0.6: half down they are 3 together.
    assert split(2, [1, 3, 3, 3], HALF_DOWN) == (0, 0, 1, 1)


def test_hamiltons_method_gives_seats_as_published() -> None:
    """The example of *Quota method*, Wikipedia: 100,000 votes and 10 seats."""
    votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]
    assert split(10, votes) == (5, 2, 1, 1, 1, 0)


@pytest.mark.parametrize("method", SplitMethod)
def test_weights_of_zero_alone_give_equal_shares(method: SplitMethod) -> None:
    assert split(6, [0, 0, 0], method) == (2, 2, 2)


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(Invalid, match="must not be negative"):
        split(5, [2, -1])


def test_an_amount_without_parts_is_refused() -> None:
    assert split(0, []) == ()
    with pytest.raises(Invalid, match="must not be negative"):
        split(5, [])


@given(AMOUNTS, WEIGHTS, METHODS)
def test_the_parts_sum_to_the_amount_and_keep_its_sign(
    amount: int, weights: list[int], method: SplitMethod
) -> None:
    parts = split(amount, weights, method)
    assert sum(parts) == amount
    assert all(part * amount >= 0 for part in parts)


@given(AMOUNTS, WEIGHTS, st.sampled_from([LARGEST, FIRST]))
def test_no_part_is_one_minor_unit_away_from_its_share(
    amount: int, weights: list[int], method: SplitMethod
) -> None:
    total = sum(weights) or len(weights)
    for part, weight in zip(split(amount, weights, method), weights, strict=True):
        share = Fraction(amount * (weight if any(weights) else 1), total)
        assert abs(part - share) < 1


@given(AMOUNTS, WEIGHTS, METHODS)
def test_a_part_without_weight_gets_nothing(
    amount: int, weights: list[int], method: SplitMethod
) -> None:
    parts = split(amount, [*weights, 0, 1], method)
    assert parts[-2] == 0


@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=12),
    METHODS,
)
def test_no_part_is_above_its_limit(
    amount: int, parts: list[tuple[int, int]], method: SplitMethod
) -> None:
    weights, limits = [weight for weight, _ in parts], [limit for _, limit in parts]
    taken = split_within(amount, weights, limits, method)
    assert sum(taken) == min(amount, sum(limits))
    assert all(0 <= part <= limit for part, limit in zip(taken, limits, strict=True))


@given(AMOUNTS, st.integers(1, 60))
def test_the_units_of_a_line_differ_by_one_at_most(amount: int, count: int) -> None:
    shares = equal_shares(amount, count)
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= 1
