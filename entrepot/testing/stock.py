"""The conformance kit for stored stock, with races."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.domain.errors import NotFound, OutOfStock
from core.domain.identifiers import LocationCode, OrderId, ReturnId, Sku
from core.domain.stock import MovementKind
from entrepot.testing.races import race
from ports.unit_of_work import UnitOfWork, UnitsOfWork

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
MAIN, SECOND = LocationCode("main"), LocationCode("second")
POT, CUP = Sku("POT-S"), Sku("A-CUP")


class StockSuite:
    """Override the fixture ``units``: two locations, ``main`` first, ``second`` in 广东省."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def units(self) -> UnitsOfWork:
        raise NotImplementedError("Override the fixture `units`.")

    async def test_stock_is_reserved_allocated_released_and_dispatched_once(
        self, units: UnitsOfWork
    ) -> None:
        first, second = OrderId(uuid4()), OrderId(uuid4())
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 10)
            await unit.stock.reserve(first, {POT: 4}, NOW)
            await unit.stock.reserve(second, {POT: 3}, NOW)
            await unit.stock.allocate(second)
            await unit.stock.allocate(second)
            await unit.commit()
        assert await numbers(units) == [(10, 4, 3, 3)]
        async with units() as unit:
            await unit.stock.release(first)
            await unit.stock.release(first)
            await unit.stock.dispatch(second, {POT: 1})
            await unit.commit()
        assert await numbers(units) == [(9, 0, 2, 7)]
        async with units() as unit:
            await unit.stock.dispatch(second, {POT: 2})
            await unit.commit()
        async with units() as unit:
            with pytest.raises(OutOfStock):
                await unit.stock.dispatch(second, {POT: 1})
        assert await numbers(units) == [(7, 0, 0, 7)]
        await check_ledger(units)

    async def test_allocated_units_can_be_released(self, units: UnitsOfWork) -> None:
        order = OrderId(uuid4())
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 2)
            await unit.stock.reserve(order, {POT: 2}, NOW)
            await unit.stock.allocate(order)
            await unit.stock.release(order)
            await unit.commit()
        assert await numbers(units) == [(2, 0, 0, 2)]
        await check_ledger(units)

    async def test_a_reservation_that_is_too_large_reserves_nothing(
        self, units: UnitsOfWork
    ) -> None:
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 3)
            await unit.stock.set_on_hand(CUP, MAIN, 9)
            await unit.commit()
        async with units() as unit:
            with pytest.raises(OutOfStock) as refused:
                await unit.stock.reserve(OrderId(uuid4()), {CUP: 2, POT: 4}, NOW)
        assert (refused.value.sku, refused.value.available) == (POT, 3)
        async with units() as unit:
            assert not await unit.stock.try_reserve(OrderId(uuid4()), {CUP: 2, POT: 4}, NOW)
            assert await unit.stock.try_reserve(OrderId(uuid4()), {CUP: 1}, NOW)
            await unit.commit()
        async with units() as unit:
            reserved = {each.sku: each.reserved for each in await unit.stock.levels([POT, CUP])}
        assert reserved == {POT: 0, CUP: 1}
        await check_ledger(units)

    async def test_a_location_in_the_region_of_the_buyer_is_preferred(
        self, units: UnitsOfWork
    ) -> None:
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 5)
            await unit.stock.set_on_hand(POT, SECOND, 5)
            await unit.stock.reserve(OrderId(uuid4()), {POT: 2}, NOW, "广东省")
            await unit.stock.reserve(OrderId(uuid4()), {POT: 1}, NOW, "浙江省")
            await unit.commit()
        assert await numbers(units) == [(5, 1, 0, 4), (5, 2, 0, 3)]

    async def test_an_order_uses_several_locations_if_no_location_has_enough(
        self, units: UnitsOfWork
    ) -> None:
        order = OrderId(uuid4())
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 2)
            await unit.stock.set_on_hand(POT, SECOND, 2)
            await unit.stock.reserve(order, {POT: 3}, NOW)
            await unit.stock.allocate(order)
            await unit.stock.dispatch(order, {POT: 3})
            await unit.commit()
        assert sum(on_hand for on_hand, *_ in await numbers(units)) == 1
        await check_ledger(units)

    async def test_backordered_units_are_sold_and_not_dispatched(self, units: UnitsOfWork) -> None:
        order = OrderId(uuid4())
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 1)
            await unit.stock.set_backorder_limit(POT, MAIN, 2)
            await unit.stock.reserve(order, {POT: 3}, NOW)
            await unit.stock.allocate(order)
            await unit.commit()
        assert await numbers(units) == [(1, 0, 3, 0)]
        async with units() as unit:
            with pytest.raises(OutOfStock):
                await unit.stock.reserve(OrderId(uuid4()), {POT: 1}, NOW)
        async with units() as unit:
            with pytest.raises(OutOfStock):
                await unit.stock.dispatch(order, {POT: 3})
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 3)
            await unit.stock.dispatch(order, {POT: 3})
            await unit.commit()
        assert await numbers(units) == [(0, 0, 0, 2)]
        await check_ledger(units)

    @pytest.mark.parametrize("number", ["on_hand", "backorder_limit"])
    async def test_a_number_below_the_open_orders_leaves_nothing_for_sale(
        self, units: UnitsOfWork, number: str
    ) -> None:
        first, second = OrderId(uuid4()), OrderId(uuid4())
        async with units() as unit:
            set_number = getattr(unit.stock, f"set_{number}")
            await set_number(POT, MAIN, 5)
            await unit.stock.reserve(first, {POT: 2}, NOW)
            await unit.stock.reserve(second, {POT: 2}, NOW)
            await unit.stock.allocate(first)
            level = await set_number(POT, MAIN, 1)
            await unit.commit()
        assert (level.missing, level.available) == (3, 0)
        for order in (first, second):
            async with units() as unit:
                with pytest.raises(OutOfStock) as refused:
                    await unit.stock.reserve(OrderId(uuid4()), {POT: 1}, NOW)
                assert refused.value.available == 0
            async with units() as unit:
                await unit.stock.release(order)
                await unit.commit()
        async with units() as unit:
            (level,) = await unit.stock.levels([POT])
        assert (level.missing, level.available) == (0, 1)
        await check_ledger(units)

    async def test_missing_units_that_come_back_are_not_for_sale(self, units: UnitsOfWork) -> None:
        order = OrderId(uuid4())
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 4)
            await unit.stock.set_on_hand(POT, SECOND, 1)
            await unit.stock.reserve(order, {POT: 4}, NOW)
            await unit.stock.allocate(order)
            await unit.stock.set_on_hand(POT, MAIN, 1)
            await unit.stock.restock(ReturnId(uuid4()), MAIN, {POT: 2})
            await unit.stock.dispatch(order, {POT: 3})
            await unit.commit()
        assert await numbers(units) == [(0, 0, 1, 0), (1, 0, 0, 1)]
        async with units() as unit:
            with pytest.raises(OutOfStock) as refused:
                await unit.stock.reserve(OrderId(uuid4()), {POT: 2}, NOW)
        assert refused.value.available == 1
        await check_ledger(units)

    async def test_stock_is_counted_at_a_known_location(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            with pytest.raises(NotFound):
                await unit.stock.set_on_hand(POT, LocationCode("nowhere"), 3)

    async def test_a_return_is_restocked_once(self, units: UnitsOfWork) -> None:
        return_id = ReturnId(uuid4())
        for _ in range(2):
            async with units() as unit:
                await unit.stock.restock(return_id, MAIN, {POT: 2})
                await unit.commit()
        assert await numbers(units) == [(2, 0, 0, 2)]
        await check_ledger(units)

    async def test_each_movement_has_its_cause(self, units: UnitsOfWork) -> None:
        order = OrderId(uuid4())
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 2)
            await unit.stock.reserve(order, {POT: 1}, NOW)
            await unit.commit()
        async with units() as unit:
            movements = await unit.stock.movements(POT, 9)
        assert [each.kind for each in movements] == [MovementKind.RESERVE, MovementKind.COUNT]
        assert movements[0].cause == str(order)

    async def test_fifty_buyers_of_the_last_ten_units_get_ten(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 10)
            await unit.commit()

        async def buy(unit: UnitOfWork) -> None:
            await unit.stock.reserve(OrderId(uuid4()), {POT: 1}, NOW)

        assert await race(units, [buy] * 50) == 10
        assert await numbers(units) == [(10, 10, 0, 0)]
        await check_ledger(units)

    async def test_a_low_count_during_sales_leaves_nothing_for_sale(
        self, units: UnitsOfWork
    ) -> None:
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 10)
            await unit.commit()

        async def buy(unit: UnitOfWork) -> None:
            await unit.stock.reserve(OrderId(uuid4()), {POT: 1}, NOW)

        async def count(unit: UnitOfWork) -> None:
            await unit.stock.set_on_hand(POT, MAIN, 4)

        changes = await race(units, [*[buy] * 10, count, *[buy] * 10])
        async with units() as unit:
            (level,) = await unit.stock.levels([POT])
        assert level.reserved == changes - 1
        assert (level.available, level.missing) == (0, level.reserved - 4)
        await check_ledger(units)

    async def test_one_reservation_is_allocated_or_released_and_never_both(
        self, units: UnitsOfWork
    ) -> None:
        order = OrderId(uuid4())
        async with units() as unit:
            await unit.stock.set_on_hand(POT, MAIN, 10)
            await unit.stock.reserve(order, {POT: 4}, NOW)
            await unit.commit()

        async def allocate(unit: UnitOfWork) -> None:
            await unit.stock.allocate(order)

        async def release(unit: UnitOfWork) -> None:
            await unit.stock.release(order)

        await race(units, [allocate, release, allocate, release])
        assert (await numbers(units))[0] in {(10, 0, 0, 10), (10, 0, 4, 6)}
        await check_ledger(units)


async def numbers(units: UnitsOfWork, sku: Sku = POT) -> list[tuple[int, int, int, int]]:
    """``(on hand, reserved, allocated, available)`` of each location."""
    async with units() as unit:
        return [
            (level.on_hand, level.reserved, level.allocated, level.available)
            for level in await unit.stock.levels([sku])
        ]


async def check_ledger(units: UnitsOfWork, *skus: Sku) -> None:
    """The movements of each location add up to its level."""
    async with units() as unit:
        for sku in skus or (POT, CUP):
            movements = await unit.stock.movements(sku, 10_000)
            for level in await unit.stock.levels([sku]):
                own = [each for each in movements if each.location == level.location]
                assert sum(each.on_hand for each in own) == level.on_hand
                assert sum(each.reserved for each in own) == level.reserved
                assert sum(each.allocated for each in own) == level.allocated
