"""Stock that cannot be sold twice: each change is one statement whose WHERE is the rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.statements import insert_into, upsert
from adapters.database.tables import allocations, locations, stock_levels, variants
from core.domain.errors import Invalid, OutOfStock
from core.domain.events import Event, StockChanged
from core.domain.identifiers import LocationCode, OrderId, Sku
from core.domain.stock import Allocation, StockLevel, share_out
from ports.clock import Clock

LARGEST_STOCK = 10**9

available = stock_levels.c.on_hand - stock_levels.c.reserved
at_place = (
    stock_levels.c.sku == bindparam("of_sku"),
    stock_levels.c.location == bindparam("at_location"),
)

RELEASE = (
    update(stock_levels)
    .where(*at_place)
    .values(reserved=stock_levels.c.reserved - bindparam("units"))
    .returning(available.label("left"))
)
DISPATCH = (
    update(stock_levels)
    .where(*at_place)
    .values(
        reserved=stock_levels.c.reserved - bindparam("units"),
        on_hand=stock_levels.c.on_hand - bindparam("units"),
    )
)
END = (
    delete(allocations)
    .where(allocations.c.order_id == bindparam("of_order"))
    .returning(allocations.c.sku, allocations.c.location, allocations.c.quantity)
)
SOLD_AS = (
    select(variants.c.product_id)
    .where(variants.c.sku.in_(bindparam("skus", expanding=True)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Take:
    """Two statements that set units aside: at the preferred location that has them, or at one."""

    preferred: ReturningUpdate[Any]
    at_location: ReturningUpdate[Any]


def take_if(enough: ColumnElement[bool]) -> Take:
    """``enough`` is the rule that the row must fulfil at the moment when it is changed."""
    preferred = (
        select(stock_levels.c.location)
        .join(locations, locations.c.code == stock_levels.c.location)
        .where(stock_levels.c.sku == bindparam("of_sku"), enough)
        .order_by(locations.c.position, locations.c.code)
        .limit(1)
        .scalar_subquery()
    )
    some = (
        update(stock_levels)
        .where(stock_levels.c.sku == bindparam("of_sku"), enough)
        .values(reserved=stock_levels.c.reserved + bindparam("units"))
        .returning(stock_levels.c.location, available.label("left"))
    )
    return Take(
        some.where(stock_levels.c.location == preferred),
        some.where(stock_levels.c.location == bindparam("at_location")),
    )


TAKE = take_if(available >= bindparam("units"))


class SqlStock:
    def __init__(self, connection: AsyncConnection, events: list[Event], now: Clock) -> None:
        self._connection = connection
        self._events = events
        self._now = now
        self._turned: set[Sku] = set()

    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        return await self._levels(stock_levels.c.sku.in_(skus), lock=False)

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> None:
        if not 0 <= units <= LARGEST_STOCK:
            raise Invalid("on_hand", "Stock is between zero and {most}.", most=LARGEST_STOCK)
        statement = upsert(self._connection, stock_levels).values(
            sku=sku, location=location, on_hand=units, reserved=0
        )
        known = await self._connection.scalar(
            select(locations.c.code).where(locations.c.code == location)
        )
        if known is None:
            raise Invalid("location", "There is no location “{code}”.", code=location)
        changed = await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["sku", "location"],
                set_={"on_hand": units},
                where=stock_levels.c.reserved <= units,
            )
        )
        if changed.rowcount == 0:
            raise Invalid("on_hand", "{sku}: open orders wait for more units than that.", sku=sku)
        self._turned.add(sku)
        await self._tell()

    async def reserve(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        # In SKU order, so that two orders for the same goods never deadlock.
        taken: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            taken += await self._take(sku, units)
        await self._connection.execute(
            insert_into(allocations),
            [
                {
                    "order_id": order_id,
                    "sku": each.sku,
                    "location": each.location,
                    "quantity": each.quantity,
                }
                for each in taken
            ],
        )
        await self._tell()

    async def release(self, order_id: OrderId) -> None:
        for each in await self._end(order_id):
            left = await self._connection.scalar(RELEASE, _units_at(each))
            if left == each.quantity:
                self._turned.add(each.sku)
        await self._tell()

    async def dispatch(self, order_id: OrderId) -> None:
        for each in await self._end(order_id):
            await self._connection.execute(DISPATCH, _units_at(each))

    async def _take(self, sku: Sku, units: int) -> list[Allocation]:
        taken = (
            await self._connection.execute(TAKE.preferred, {"of_sku": sku, "units": units})
        ).first()
        if taken is None:
            return await self._take_from_several(sku, units)
        if taken.left == 0:
            self._turned.add(sku)
        return [Allocation(sku=sku, location=LocationCode(taken.location), quantity=units)]

    async def _take_from_several(self, sku: Sku, units: int) -> list[Allocation]:
        levels = await self._levels(stock_levels.c.sku == sku, lock=True)
        parts = share_out(sku, units, levels)
        if not parts:
            raise OutOfStock(sku, units, sum(level.available for level in levels))
        for part in parts:
            taken = (await self._connection.execute(TAKE.at_location, _units_at(part))).first()
            if taken is None:
                raise OutOfStock(sku, units, sum(level.available for level in levels))
        self._turned.add(sku)
        return list(parts)

    async def _levels(self, condition: Any, *, lock: bool) -> tuple[StockLevel, ...]:
        statement = (
            select(stock_levels)
            .join(locations, locations.c.code == stock_levels.c.location)
            .where(condition)
            .order_by(stock_levels.c.sku, locations.c.position, locations.c.code)
        )
        if lock:
            statement = statement.with_for_update(of=stock_levels)
        rows = await self._connection.execute(statement)
        return tuple(
            StockLevel(
                sku=Sku(row.sku),
                location=LocationCode(row.location),
                on_hand=row.on_hand,
                reserved=row.reserved,
            )
            for row in rows
        )

    async def _end(self, order_id: OrderId) -> list[Allocation]:
        """The delete is the guard: what it returns is given out once."""
        rows = await self._connection.execute(END, {"of_order": order_id})
        return [
            Allocation(sku=Sku(row.sku), location=LocationCode(row.location), quantity=row.quantity)
            for row in sorted(rows.all())
        ]

    async def _tell(self) -> None:
        """Say of which products the answer to “in stock?” may have turned."""
        if not self._turned:
            return
        rows = await self._connection.execute(SOLD_AS, {"skus": sorted(self._turned)})
        self._turned.clear()
        now = self._now()
        self._events += [StockChanged(product_id=row.product_id, at=now) for row in rows]


def _units_at(part: Allocation) -> dict[str, Any]:
    return {"of_sku": part.sku, "at_location": part.location, "units": part.quantity}


async def ensure_location(
    connection: AsyncConnection, code: LocationCode, name: dict[str, str]
) -> None:
    """Have the location; one more time changes nothing."""
    place = select(func.count()).select_from(locations).scalar_subquery()
    await connection.execute(
        upsert(connection, locations)
        .values(code=code, name=name, position=place)
        .on_conflict_do_nothing()
    )
