"""Refunds of the units of a line sum to what was paid, in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Invalid
from core.domain.pricing.paid_units import PaidUnits


@given(st.lists(st.integers(0, 10_000), max_size=40), st.data())
def test_parts_sum_to_the_whole(amounts: list[int], data: st.DataObject) -> None:
    paid, skip, parts = PaidUnits.of(amounts), 0, 0
    while skip < len(amounts):
        count = data.draw(st.integers(1, len(amounts) - skip))
        part = paid.amount(skip=skip, count=count)
        assert part == sum(amounts[skip : skip + count])
        skip, parts = skip + count, parts + part
    assert parts == paid.total == sum(amounts)


def test_more_units_than_are_left_are_refused() -> None:
    with pytest.raises(Invalid, match=r"Only 1 are left"):
        PaidUnits.of([5, 5]).amount(skip=1, count=2)
