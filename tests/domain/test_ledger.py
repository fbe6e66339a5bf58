"""Lots are spent and put back exactly, and transfers sum to zero."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Invalid
from core.domain.ledger.accounts import (
    POINTS,
    SHOP,
    LedgerAccount,
    LedgerAccountId,
    LedgerAccountKind,
)
from core.domain.ledger.lots import Lot, LotId, free_units, put_back, spend
from core.domain.ledger.transfers import Line, Transfer, TransferId, payment, reversed_lines
from tests.factories import NOW

UNITS = st.integers(0, 10**6)


def a_lot(number: int, remaining: int) -> Lot:
    return Lot(
        id=LotId(UUID(int=number)),
        account_id=LedgerAccountId(UUID(int=0)),
        source="",
        remaining=remaining,
        expires_at=NOW + timedelta(days=number),
    )


def an_account(number: int, unit: str = POINTS, credit_limit: int = 0) -> LedgerAccount:
    return LedgerAccount(
        id=LedgerAccountId(UUID(int=number)),
        owner=SHOP,
        unit=unit,
        kind=LedgerAccountKind.POINTS,
        credit_limit=credit_limit,
    )


def a_transfer(*lines: Line) -> Transfer:
    return Transfer(
        id=TransferId(UUID(int=0)), key="key", reason="order", at=NOW, lines=tuple(lines)
    )


@given(st.lists(UNITS, max_size=8), UNITS, UNITS)
def test_lots_are_spent_in_order_and_put_back_exactly(
    remaining: list[int], units: int, back: int
) -> None:
    lots = [a_lot(number, each) for number, each in enumerate(remaining)]
    spent = spend(lots, units)
    assert sum(part.units for part in spent) == min(units, sum(remaining))
    assert all(part.units == part.lot.remaining for part in spent[:-1])
    assert [part.lot for part in spent] == [lot for lot in lots if lot in [p.lot for p in spent]]
    returned = put_back(spent, back)
    assert sum(part.units for part in returned) == min(back, sum(part.units for part in spent))
    taken = {part.lot.id: part.units for part in spent}
    assert all(0 < part.units <= taken[part.lot.id] for part in returned)


@given(st.integers(-(10**6), 10**6), UNITS)
def test_a_debt_is_filled_before_a_lot(before: int, received: int) -> None:
    free = free_units(before + received, received)
    assert free == max(0, before + received) - max(0, before)


def test_a_lot_ends_at_its_expiry() -> None:
    lot = a_lot(1, 10)
    assert lot.is_valid(NOW)
    assert not lot.is_valid(NOW + timedelta(days=1))


def test_a_transfer_sums_to_zero_in_each_unit() -> None:
    points, yuan = (
        payment(an_account(1), an_account(2), 5),
        payment(an_account(3, "CNY"), an_account(4, "CNY"), 7),
    )
    both = a_transfer(*points, *yuan)
    assert a_transfer(*reversed_lines(both.lines)).lines[0].amount == 5
    for wrong in (points[:1], (points[0], yuan[1]), (*points, *points)):
        with pytest.raises(Invalid):
            a_transfer(*wrong)


def test_an_account_has_a_known_unit_and_no_credit_with_lots() -> None:
    assert an_account(1).available == 0
    for unit, credit_limit in (("yuan", 0), ("cny", 0), (POINTS, 1), (POINTS, -1)):
        with pytest.raises(Invalid):
            an_account(1, unit, credit_limit)
