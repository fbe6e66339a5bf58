"""Cases of lots, their expiry, and balances below zero."""

from uuid import uuid4

import pytest

from core.domain.ledger.accounts import (
    InsufficientBalance,
)
from core.domain.ledger.lots import VALID_AGAIN
from core.domain.ledger.transfers import (
    ReversalTooLarge,
    Transfer,
    TransferId,
    reversed_lines,
)
from entrepot.testing.ledger.samples import (
    LATER,
    NOW,
    SOON,
    a_refund,
    a_transfer,
    accounts_with,
    check_books,
    give,
    lots,
    numbers,
    refund,
)
from ports.unit_of_work import UnitsOfWork


class LotCases:
    async def test_the_lot_that_expires_first_is_spent_first(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 0)
        await give(units, shop, member, 50, None)
        await give(units, shop, member, 30, LATER)
        await give(units, shop, member, 20, SOON)
        async with units() as unit:
            await unit.transfers.transfer(a_transfer(member, shop, 40))
            await unit.commit()
        assert await lots(units, member) == [(10, LATER), (50, None)]
        await check_books(units, member, shop)

    async def test_an_expired_lot_is_not_spent(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 0)
        await give(units, shop, member, 20, SOON)
        await give(units, shop, member, 20, LATER)
        async with units() as unit:
            with pytest.raises(InsufficientBalance) as refused:
                await unit.transfers.hold(a_transfer(member, shop, 21, at=SOON), SOON)
        assert refused.value.available == 20
        async with units() as unit:
            assert await unit.ledger_expiry.accounts(NOW, 9) == []
            assert await unit.ledger_expiry.accounts(SOON, 9) == [member.id]
            expired = await unit.ledger_expiry.lock_expired_units(member.id, SOON)
            await unit.transfers.transfer(a_transfer(member, shop, expired, at=SOON), overdraw=True)
            await unit.commit()
        assert expired == 20
        assert await lots(units, member) == [(20, LATER)]
        await check_books(units, member, shop)

    async def test_a_void_hold_returns_to_its_lots(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 0)
        await give(units, shop, member, 20, SOON)
        await give(units, shop, member, 30, LATER)
        held = a_transfer(member, shop, 40)
        async with units() as unit:
            await unit.transfers.hold(held, SOON)
            await unit.commit()
        assert await lots(units, member) == [(10, LATER)]
        async with units() as unit:
            await unit.transfers.void(held.id, NOW)
            await unit.commit()
        assert await lots(units, member) == [(20, SOON), (30, LATER)]
        await check_books(units, member, shop)

    async def test_a_refund_returns_units_to_their_lots(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 0)
        await give(units, shop, member, 20, SOON)
        await give(units, shop, member, 30, LATER)
        spent = a_transfer(member, shop, 40)
        async with units() as unit:
            await unit.transfers.transfer(spent)
            await unit.commit()
        await refund(units, member, shop, spent, 25, NOW)
        assert await lots(units, member) == [(5, SOON), (30, LATER)]
        await refund(units, member, shop, spent, 15, SOON)
        assert await lots(units, member) == [(5, SOON), (15, SOON + VALID_AGAIN), (30, LATER)]
        async with units() as unit:
            with pytest.raises(ReversalTooLarge):
                await unit.transfers.transfer(a_refund(member, shop, spent, 1, SOON))
        assert await numbers(units, member) == (50, 0, 50)
        await check_books(units, member, shop)

    async def test_a_balance_below_zero_blocks_spending(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 0)
        earned = await give(units, shop, member, 100, LATER)
        async with units() as unit:
            await unit.transfers.transfer(a_transfer(member, shop, 80))
            await unit.transfers.transfer(
                Transfer(
                    id=TransferId(uuid4()),
                    key="take back",
                    reason="refund",
                    at=NOW,
                    lines=reversed_lines(earned.lines),
                    reverses=earned.id,
                )
            )
            await unit.commit()
        assert await numbers(units, member) == (-80, 0, -80)
        await give(units, shop, member, 50, LATER)
        async with units() as unit:
            with pytest.raises(InsufficientBalance):
                await unit.transfers.transfer(a_transfer(member, shop, 1))
        await give(units, shop, member, 50, LATER)
        assert await lots(units, member) == [(20, LATER)]
        await check_books(units, member, shop)

    async def test_what_no_lot_paid_for_comes_back_as_a_new_lot(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 100)
        earned = await give(units, shop, member, 40, LATER)
        async with units() as unit:
            await unit.transfers.transfer(a_transfer(member, shop, 140))
            taken = await unit.transfers.transfer(a_refund(shop, member, earned, 40, NOW))
            await unit.commit()
        await give(units, shop, member, 40, LATER)
        assert await lots(units, member) == []
        await refund(units, member, shop, taken, 40, NOW)
        assert await lots(units, member) == [(40, None)]
        await check_books(units, member, shop)
