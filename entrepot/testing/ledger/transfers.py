"""Cases of accounts and of transfers in one and two phases."""

from uuid import uuid4

import pytest

from core.domain.errors import IllegalTransition, KeyReused, NotFound
from core.domain.ledger.accounts import (
    InsufficientBalance,
    LedgerAccount,
    LedgerAccountId,
    LedgerAccountKind,
    Owner,
    OwnerKind,
)
from core.domain.ledger.transfers import (
    Transfer,
    TransferId,
)
from entrepot.testing.ledger.samples import (
    NOW,
    PHASES,
    SOON,
    a_member_account,
    a_refund,
    a_shop_account,
    a_transfer,
    accounts_with,
    check_books,
    numbers,
)
from ports.unit_of_work import UnitsOfWork


class TransferCases:
    async def test_an_account_is_opened_once(self, units: UnitsOfWork) -> None:
        first = a_member_account()
        same = LedgerAccount(
            id=LedgerAccountId(uuid4()), owner=first.owner, unit=first.unit, kind=first.kind
        )
        async with units() as unit:
            assert await unit.ledger_accounts.open(first) == first
            assert await unit.ledger_accounts.open(same) == first
            assert await unit.ledger_accounts.of(first.owner) == (first,)
            with pytest.raises(NotFound):
                await unit.ledger_accounts.get(same.id)

    async def test_points_are_held_posted_and_void_once(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 100)
        spent, kept = a_transfer(member, shop, 30), a_transfer(member, shop, 50)
        async with units() as unit:
            await unit.transfers.hold(spent, SOON)
            await unit.transfers.hold(kept, SOON)
            await unit.commit()
        assert await numbers(units, member) == (100, 80, 20)
        for _ in range(2):
            async with units() as unit:
                await unit.transfers.post(spent.id, NOW)
                await unit.transfers.void(kept.id, NOW)
                await unit.commit()
        assert await numbers(units, member) == (70, 0, 70)
        async with units() as unit:
            with pytest.raises(IllegalTransition):
                await unit.transfers.void(spent.id, NOW)
            with pytest.raises(IllegalTransition):
                await unit.transfers.post(kept.id, NOW)
            with pytest.raises(NotFound):
                await unit.transfers.post(TransferId(uuid4()), NOW)
        await check_books(units, member, shop)

    async def test_more_than_the_balance_is_refused(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 100)
        for act in PHASES:
            async with units() as unit:
                with pytest.raises(InsufficientBalance) as refused:
                    await act(unit, a_transfer(member, shop, 101))
            assert refused.value.available == 100
        assert await numbers(units, member) == (100, 0, 100)
        await check_books(units, member, shop)

    async def test_credit_can_be_spent_up_to_its_limit(self, units: UnitsOfWork) -> None:
        company = LedgerAccount(
            id=LedgerAccountId(uuid4()),
            owner=Owner(OwnerKind.COMPANY, uuid4()),
            unit="CNY",
            kind=LedgerAccountKind.CREDIT,
            credit_limit=500,
        )
        revenue = a_shop_account(LedgerAccountKind.REVENUE, "CNY")
        async with units() as unit:
            company = await unit.ledger_accounts.open(company)
            revenue = await unit.ledger_accounts.open(revenue)
            await unit.transfers.transfer(a_transfer(company, revenue, 400))
            await unit.commit()
        async with units() as unit:
            with pytest.raises(InsufficientBalance):
                await unit.transfers.hold(a_transfer(company, revenue, 101), SOON)
        async with units() as unit:
            await unit.transfers.hold(a_transfer(company, revenue, 100), SOON)
            await unit.commit()
        assert await numbers(units, company) == (-400, 100, 0)
        await check_books(units, company, revenue)

    async def test_a_repeated_transfer_is_answered_with_the_first_one(
        self, units: UnitsOfWork
    ) -> None:
        member, shop = await accounts_with(units, 100)
        for number, act in enumerate(PHASES):
            first = a_transfer(member, shop, 10, f"key {number}")
            answers = []
            for attempt in range(3):
                again = Transfer(
                    id=TransferId(uuid4()), key=first.key, reason="order", at=NOW, lines=first.lines
                )
                async with units() as unit:
                    answers.append((await act(unit, again if attempt else first)).id)
                    await unit.commit()
            assert answers == [first.id] * 3
            async with units() as unit:
                with pytest.raises(KeyReused):
                    await act(unit, a_transfer(member, shop, 11, first.key))
                with pytest.raises(KeyReused):
                    await PHASES[1 - number](unit, first)
        assert await numbers(units, member) == (90, 10, 80)
        await check_books(units, member, shop)

    async def test_a_hold_that_ended_is_found(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 20)
        held = a_transfer(member, shop, 20)
        async with units() as unit:
            await unit.transfers.hold(held, SOON)
            await unit.commit()
        async with units() as unit:
            assert await unit.ledger_expiry.holds(NOW, 9) == []
            assert await unit.ledger_expiry.holds(SOON, 9) == [held.id]
            await unit.transfers.void(held.id, SOON)
            assert await unit.ledger_expiry.holds(SOON, 9) == []

    async def test_a_held_transfer_is_not_reversed(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 20)
        held = a_transfer(member, shop, 20)
        async with units() as unit:
            await unit.transfers.hold(held, SOON)
            with pytest.raises(NotFound):
                await unit.transfers.transfer(a_refund(member, shop, held, 20, NOW))
