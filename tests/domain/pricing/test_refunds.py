"""Refunds of goods sum to what was paid, in any order; a threshold can be priced again."""

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Invalid, NotFound
from core.domain.pricing.arithmetic.splitting import split
from core.domain.pricing.paid_units import PaidUnits
from core.domain.pricing.refunds.amounts import (
    PartialReturn,
    PriceOfRest,
    RefundableLine,
    goods_refund,
)

KEEP, REPRICE = PartialReturn

# 满 300 减 50: three lines of 150, 100 and 100 yuan, in fen.
PRICES = {"a": 15_000, "b": 10_000, "c": 10_000}
THRESHOLD, DISCOUNT = 30_000, 5_000
PAID = dict(
    zip(
        PRICES,
        (
            price - part
            for price, part in zip(
                PRICES.values(), split(DISCOUNT, list(PRICES.values())), strict=True
            )
        ),
        strict=True,
    )
)


def price_of(rest: Mapping[str, int]) -> int:
    total = sum(PRICES[key] * units for key, units in rest.items())
    return total - (DISCOUNT if total >= THRESHOLD else 0)


def order_lines(*refunded: str) -> list[RefundableLine]:
    return [
        RefundableLine(key=key, paid=PaidUnits.of([paid]), refunded=int(key in refunded))
        for key, paid in PAID.items()
    ]


def refund(
    key: str, policy: PartialReturn, *refunded: str, before: int = 0, rest: PriceOfRest = price_of
) -> int:
    lines = order_lines(*refunded)
    return goods_refund(lines, {key: 1}, policy, before=before, price_of_rest=rest)


def test_a_kept_discount_goes_back_with_its_unit() -> None:
    assert [refund(key, KEEP) for key in "abc"] == [12_857, 8_571, 8_572]


def test_a_broken_threshold_takes_the_discount_of_the_rest_back() -> None:
    # The rest costs 20,000 without the discount; 30,000 were paid.
    assert refund("a", REPRICE) == 10_000


def test_a_threshold_that_still_holds_leaves_the_discount_with_the_rest() -> None:
    def holds(rest: Mapping[str, int]) -> int:
        assert rest == {"a": 1, "b": 1}
        return 25_000 - DISCOUNT

    assert refund("c", REPRICE, rest=holds) == 10_000


def test_priced_again_is_not_below_zero_and_the_last_unit_brings_the_rest() -> None:
    def dear(rest: Mapping[str, int]) -> int:
        return 20_000 * sum(rest.values())

    assert refund("a", REPRICE, rest=dear) == 0
    assert refund("b", REPRICE, "a", rest=dear) == 10_000
    assert refund("c", REPRICE, "a", "b", before=10_000, rest=dear) == 20_000


def test_priced_again_one_after_the_other_sums_to_what_was_paid() -> None:
    first = refund("a", REPRICE)
    second = refund("b", REPRICE, "a", before=first)
    third = refund("c", REPRICE, "a", "b", before=first + second)
    assert (first, second, third) == (10_000, 10_000, 10_000)


def test_more_units_than_are_left_and_unknown_lines_are_refused() -> None:
    with pytest.raises(Invalid, match="Only 0 are left"):
        refund("a", KEEP, "a")
    with pytest.raises(NotFound, match="no order line “z”"):
        refund("z", KEEP)


LINES = st.lists(st.lists(st.integers(0, 100_000), min_size=1, max_size=6), min_size=1, max_size=4)
PRICES_OF_REST = st.lists(st.integers(0, 300_000), min_size=24, max_size=24)


@given(LINES, st.sampled_from(PartialReturn), PRICES_OF_REST, st.data())
def test_any_units_in_any_order_sum_to_what_was_paid(
    amounts: list[list[int]], policy: PartialReturn, prices: list[int], data: st.DataObject
) -> None:
    paid = {str(number): PaidUnits.of(units) for number, units in enumerate(amounts)}
    units = data.draw(st.permutations([key for key in paid for _ in range(paid[key].count)]))
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=len(units), max_size=len(units)))
    refunded: Counter[str] = Counter()
    asked = iter(prices)
    total = 0
    while units:
        size = sizes.pop()
        quantities, units = Counter(units[:size]), units[size:]
        lines = [
            RefundableLine(key=key, paid=line, refunded=refunded[key]) for key, line in paid.items()
        ]
        part = goods_refund(
            lines, quantities, policy, before=total, price_of_rest=lambda _: next(asked)
        )
        assert part >= 0
        total += part
        refunded += quantities
    assert total == sum(line.total for line in paid.values())
