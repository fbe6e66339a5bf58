"""Races of transfers."""

from entrepot.testing.ledger.samples import (
    NOW,
    SOON,
    a_refund,
    a_transfer,
    accounts_with,
    check_books,
    lots,
    numbers,
)
from entrepot.testing.races import race
from ports.unit_of_work import UnitOfWork, UnitsOfWork


class RaceCases:
    async def test_fifty_spenders_of_one_balance_spend_what_it_has(
        self, units: UnitsOfWork
    ) -> None:
        member, shop = await accounts_with(units, 100)

        async def hold(unit: UnitOfWork) -> None:
            await unit.transfers.hold(a_transfer(member, shop, 10), SOON)

        async def spend(unit: UnitOfWork) -> None:
            await unit.transfers.transfer(a_transfer(member, shop, 10))

        assert await race(units, [hold, spend] * 25) == 10
        posted, held, available = await numbers(units, member)
        assert (posted - held, available) == (0, 0)
        assert await lots(units, member) == []
        await check_books(units, member, shop)

    async def test_a_concurrent_repetition_has_one_effect(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 100)
        once = a_transfer(member, shop, 10, "once")

        async def spend(unit: UnitOfWork) -> None:
            await unit.transfers.transfer(once)

        assert await race(units, [spend] * 8) == 8
        assert await numbers(units, member) == (90, 0, 90)
        await check_books(units, member, shop)

    async def test_a_hold_is_posted_or_void_and_never_both(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 100)
        held = a_transfer(member, shop, 40)
        async with units() as unit:
            await unit.transfers.hold(held, SOON)
            await unit.commit()

        async def post(unit: UnitOfWork) -> None:
            await unit.transfers.post(held.id, NOW)

        async def void(unit: UnitOfWork) -> None:
            await unit.transfers.void(held.id, NOW)

        assert await race(units, [post, void] * 4) == 4
        assert await numbers(units, member) in {(60, 0, 60), (100, 0, 100)}
        await check_books(units, member, shop)

    async def test_a_transfer_is_given_back_once(self, units: UnitsOfWork) -> None:
        member, shop = await accounts_with(units, 100)
        spent = a_transfer(member, shop, 40)
        async with units() as unit:
            await unit.transfers.transfer(spent)
            await unit.commit()

        async def give_back(unit: UnitOfWork) -> None:
            await unit.transfers.transfer(a_refund(member, shop, spent, 15, NOW))

        assert await race(units, [give_back] * 8) == 2
        assert await numbers(units, member) == (90, 0, 90)
        await check_books(units, member, shop)

    async def test_opposite_transfers_do_not_block_each_other(self, units: UnitsOfWork) -> None:
        first, shop = await accounts_with(units, 100)
        second, _ = await accounts_with(units, 100)

        async def there(unit: UnitOfWork) -> None:
            await unit.transfers.transfer(a_transfer(first, second, 1))

        async def back(unit: UnitOfWork) -> None:
            await unit.transfers.transfer(a_transfer(second, first, 1))

        assert await race(units, [there, back] * 10) == 20
        assert await numbers(units, first) == (100, 0, 100)
        await check_books(units, first, second, shop)
