"""Stock that cannot be sold twice: each change is one statement whose WHERE is the rule."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.statements import insert_into, is_unique_violation, upsert
from adapters.database.stock.statements import (
    ALLOCATE,
    ALLOCATED,
    DISPATCH,
    END_ALLOCATIONS,
    END_RESERVATIONS,
    RELEASE_ALLOCATED,
    RELEASE_RESERVED,
    SOLD_AS,
    TAKE,
    TAKE_ALL_OUT,
    TAKE_SOME_OUT,
    levels_query,
)
from adapters.database.tables.stock import (
    allocations,
    locations,
    reservations,
    stock_levels,
    stock_movements,
)
from core.domain.errors import Invalid, OutOfStock
from core.domain.events import Event, StockChanged
from core.domain.identifiers import LocationCode, OrderId, ReturnId, Sku
from core.domain.stock import (
    Allocation,
    MovementKind,
    StockLevel,
    StockMovement,
    allocate_units,
    select_units,
)
from ports.clock import Clock

LARGEST_STOCK = 10**9


class SqlStock:
    def __init__(self, connection: AsyncConnection, events: list[Event], now: Clock) -> None:
        self._connection = connection
        self._events = events
        self._now = now
        self._turned: set[Sku] = set()

    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        return await self._levels(stock_levels.c.sku.in_(skus), region="", lock=False)

    async def movements(self, sku: Sku, limit: int) -> tuple[StockMovement, ...]:
        rows = await self._connection.execute(
            select(stock_movements)
            .where(stock_movements.c.sku == sku)
            .order_by(stock_movements.c.id.desc())
            .limit(limit)
        )
        return tuple(
            StockMovement(
                sku=Sku(row.sku),
                location=LocationCode(row.location),
                kind=MovementKind(row.kind),
                at=row.at,
                on_hand=row.on_hand,
                reserved=row.reserved,
                allocated=row.allocated,
                cause=row.cause,
            )
            for row in rows
        )

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> None:
        if not 0 <= units <= LARGEST_STOCK:
            raise Invalid("on_hand", "Stock must be from 0 to {most}.", most=LARGEST_STOCK)
        before = await self._make_level(sku, location)
        changed = await self._connection.execute(
            update(stock_levels)
            .where(stock_levels.c.sku == sku, stock_levels.c.location == location)
            .where(
                stock_levels.c.reserved + stock_levels.c.allocated
                <= units + stock_levels.c.backorder_limit
            )
            .values(on_hand=units)
        )
        if changed.rowcount == 0:
            raise Invalid("on_hand", "“{sku}”: open orders need more items than that.", sku=sku)
        await self._write(
            [self._movement(MovementKind.COUNT, sku, location, on_hand=units - before)]
        )
        self._turned.add(sku)
        await self._tell()

    async def set_backorder_limit(self, sku: Sku, location: LocationCode, units: int) -> None:
        if not 0 <= units <= LARGEST_STOCK:
            raise Invalid("backorder_limit", "Enter a number of at least zero.")
        await self._make_level(sku, location)
        changed = await self._connection.execute(
            update(stock_levels)
            .where(stock_levels.c.sku == sku, stock_levels.c.location == location)
            .where(
                stock_levels.c.reserved + stock_levels.c.allocated <= stock_levels.c.on_hand + units
            )
            .values(backorder_limit=units)
        )
        if changed.rowcount == 0:
            raise Invalid("backorder_limit", "“{sku}”: more items than that are sold.", sku=sku)
        self._turned.add(sku)
        await self._tell()

    async def reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> None:
        # In SKU order, so that two orders for the same goods never deadlock.
        taken: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            taken += await self._take(sku, units, region)
        await self._connection.execute(
            insert_into(reservations),
            [{**_row(order_id, each), "expires_at": until} for each in taken],
        )
        await self._write(
            self._movement(
                MovementKind.RESERVE,
                each.sku,
                each.location,
                reserved=each.quantity,
                cause=str(order_id),
            )
            for each in taken
        )
        await self._tell()

    async def try_reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> bool:
        savepoint = await self._connection.begin_nested()
        try:
            await self.reserve(order_id, quantities, until, region)
        except OutOfStock:
            self._turned.clear()
            await savepoint.rollback()
            return False
        await savepoint.commit()
        return True

    async def allocate(self, order_id: OrderId) -> None:
        moved = await self._end(order_id, reservations)
        if not moved:
            return
        for each in moved:
            await self._connection.execute(ALLOCATE, _units_at(each))
        await self._connection.execute(
            insert_into(allocations), [_row(order_id, each) for each in moved]
        )
        await self._write(
            self._movement(
                MovementKind.ALLOCATE,
                each.sku,
                each.location,
                reserved=-each.quantity,
                allocated=each.quantity,
                cause=str(order_id),
            )
            for each in moved
        )

    async def release(self, order_id: OrderId) -> None:
        for table, statement, name in (
            (reservations, RELEASE_RESERVED, "reserved"),
            (allocations, RELEASE_ALLOCATED, "allocated"),
        ):
            freed = await self._end(order_id, table)
            for each in freed:
                left = await self._connection.scalar(statement, _units_at(each))
                if left == each.quantity:
                    self._turned.add(each.sku)
            await self._write(
                self._movement(
                    MovementKind.RELEASE,
                    each.sku,
                    each.location,
                    cause=str(order_id),
                    **{name: -each.quantity},
                )
                for each in freed
            )
        await self._tell()

    async def dispatch(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        own = await self._allocated(order_id)
        gone: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            parts = select_units(own, sku, units)
            if not parts:
                raise OutOfStock(sku, units, sum(a.quantity for a in own if a.sku == sku))
            gone += parts
        for part in gone:
            await self._send(order_id, part)
        await self._write(
            self._movement(
                MovementKind.DISPATCH,
                part.sku,
                part.location,
                on_hand=-part.quantity,
                allocated=-part.quantity,
                cause=str(order_id),
            )
            for part in gone
        )

    async def restock(
        self, return_id: ReturnId, location: LocationCode, quantities: Mapping[Sku, int]
    ) -> None:
        movements = [
            self._movement(MovementKind.RESTOCK, sku, location, on_hand=units, cause=str(return_id))
            for sku, units in sorted(quantities.items())
        ]
        try:
            async with self._connection.begin_nested():
                await self._write(movements)
        except IntegrityError as error:
            if is_unique_violation(error):
                return
            raise
        for sku, units in sorted(quantities.items()):
            await self._make_level(sku, location)
            await self._connection.execute(
                update(stock_levels)
                .where(stock_levels.c.sku == sku, stock_levels.c.location == location)
                .values(on_hand=stock_levels.c.on_hand + units)
            )
            self._turned.add(sku)
        await self._tell()

    async def _take(self, sku: Sku, units: int, region: str) -> list[Allocation]:
        taken = (
            await self._connection.execute(
                TAKE.preferred, {"of_sku": sku, "units": units, "region": region}
            )
        ).first()
        if taken is None:
            return await self._take_from_several(sku, units, region)
        if taken.left == 0:
            self._turned.add(sku)
        return [Allocation(sku=sku, location=LocationCode(taken.location), quantity=units)]

    async def _take_from_several(self, sku: Sku, units: int, region: str) -> list[Allocation]:
        levels = await self._levels(stock_levels.c.sku == sku, region=region, lock=True)
        parts = allocate_units(sku, units, levels)
        if not parts:
            raise OutOfStock(sku, units, sum(level.available for level in levels))
        for part in parts:
            taken = (await self._connection.execute(TAKE.at_location, _units_at(part))).first()
            if taken is None:
                raise OutOfStock(sku, units, sum(level.available for level in levels))
        self._turned.add(sku)
        return list(parts)

    async def _send(self, order_id: OrderId, part: Allocation) -> None:
        """Both the order's claim and the goods themselves must be there."""
        values = {**_units_at(part), "of_order": order_id}
        taken = await self._connection.execute(TAKE_ALL_OUT, values)
        if taken.rowcount == 0:
            taken = await self._connection.execute(TAKE_SOME_OUT, values)
        if taken.rowcount == 1:
            taken = await self._connection.execute(DISPATCH, _units_at(part))
        if taken.rowcount != 1:
            raise OutOfStock(part.sku, part.quantity, 0)

    async def _make_level(self, sku: Sku, location: LocationCode) -> int:
        """Have the level, locked until this unit is over; how many units are on hand there."""
        known = await self._connection.scalar(
            select(locations.c.code).where(locations.c.code == location)
        )
        if known is None:
            raise Invalid("location", "There is no warehouse “{code}”.", code=location)
        await self._connection.execute(
            upsert(self._connection, stock_levels)
            .values(
                sku=sku, location=location, on_hand=0, reserved=0, allocated=0, backorder_limit=0
            )
            .on_conflict_do_nothing()
        )
        on_hand = await self._connection.scalar(
            select(stock_levels.c.on_hand)
            .where(stock_levels.c.sku == sku, stock_levels.c.location == location)
            .with_for_update()
        )
        return int(on_hand or 0)

    async def _levels(self, condition: Any, *, region: str, lock: bool) -> tuple[StockLevel, ...]:
        statement = levels_query.where(condition)
        if lock:
            statement = statement.with_for_update(of=stock_levels)
        rows = await self._connection.execute(statement, {"region": region})
        return tuple(
            StockLevel(
                sku=Sku(row.sku),
                location=LocationCode(row.location),
                on_hand=row.on_hand,
                reserved=row.reserved,
                allocated=row.allocated,
                backorder_limit=row.backorder_limit,
            )
            for row in rows
        )

    async def _allocated(self, order_id: OrderId) -> tuple[Allocation, ...]:
        return _allocations(
            (await self._connection.execute(ALLOCATED, {"of_order": order_id})).all()
        )

    async def _end(self, order_id: OrderId, table: Table) -> tuple[Allocation, ...]:
        """The delete is the guard: what it returns is given out once."""
        statement = END_RESERVATIONS if table is reservations else END_ALLOCATIONS
        rows = await self._connection.execute(statement, {"of_order": order_id})
        return _allocations(sorted(rows.all()))

    def _movement(
        self,
        kind: MovementKind,
        sku: Sku,
        location: LocationCode,
        *,
        cause: str = "",
        **changes: int,
    ) -> dict[str, Any]:
        return {
            "id": new_id(),
            "sku": sku,
            "location": location,
            "kind": str(kind),
            "on_hand": 0,
            "reserved": 0,
            "allocated": 0,
            "cause": cause,
            "at": self._now(),
            **changes,
        }

    async def _write(self, movements: Iterable[dict[str, Any]]) -> None:
        rows = list(movements)
        if rows:
            await self._connection.execute(insert_into(stock_movements), rows)

    async def _tell(self) -> None:
        """Say of which products the answer to “in stock?” may have turned."""
        if not self._turned:
            return
        rows = await self._connection.execute(SOLD_AS, {"skus": sorted(self._turned)})
        self._turned.clear()
        now = self._now()
        self._events += [StockChanged(product_id=row.product_id, at=now) for row in rows]


def _row(order_id: OrderId, part: Allocation) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "sku": part.sku,
        "location": part.location,
        "quantity": part.quantity,
    }


def _units_at(part: Allocation) -> dict[str, Any]:
    return {"of_sku": part.sku, "at_location": part.location, "units": part.quantity}


def _allocations(rows: Sequence[Any]) -> tuple[Allocation, ...]:
    return tuple(
        Allocation(sku=Sku(row.sku), location=LocationCode(row.location), quantity=row.quantity)
        for row in rows
    )


async def ensure_location(
    connection: AsyncConnection, code: LocationCode, name: dict[str, str], region: str = ""
) -> None:
    """Have the location; one more time changes nothing. ``region`` is a province's name."""
    place = select(func.count()).select_from(locations).scalar_subquery()
    await connection.execute(
        upsert(connection, locations)
        .values(code=code, name=name, position=place, region=region)
        .on_conflict_do_nothing()
    )
