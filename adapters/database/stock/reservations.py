"""Reservations: units for an order that is not paid yet."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, update

from adapters.database.statements import insert_into
from adapters.database.stock.changes import StockChanges
from adapters.database.stock.levels import read_levels
from adapters.database.stock.rows import level_parameters, row_for_order
from adapters.database.stock.statements import RESERVE
from adapters.database.tables.stock import reservations, stock_levels
from core.domain.errors import OutOfStock
from core.domain.identifiers import LocationCode, OrderId, Sku
from core.domain.stock import Allocation, MovementKind, allocate_units

EXTEND = (
    update(reservations)
    .where(reservations.c.order_id == bindparam("of_order"))
    .values(expires_at=bindparam("until"))
)


class SqlReservations(StockChanges):
    async def reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> None:
        # In SKU order, so that two orders for the same goods never deadlock.
        parts: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            parts += await self._reserve(sku, units, region)
        await self._connection.execute(
            insert_into(reservations),
            [{**row_for_order(order_id, part), "expires_at": until} for part in parts],
        )
        await self._add_movements(
            self._movement(
                MovementKind.RESERVE,
                part.sku,
                part.location,
                reserved=part.quantity,
                cause=str(order_id),
            )
            for part in parts
        )
        await self._add_events()

    async def try_reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> bool:
        savepoint = await self._connection.begin_nested()
        try:
            await self.reserve(order_id, quantities, until, region)
        except OutOfStock:
            self._changed_skus.clear()
            await savepoint.rollback()
            return False
        await savepoint.commit()
        return True

    async def extend(self, order_id: OrderId, until: datetime) -> None:
        await self._connection.execute(EXTEND, {"of_order": order_id, "until": until})

    async def _reserve(self, sku: Sku, units: int, region: str) -> list[Allocation]:
        reserved = (
            await self._connection.execute(
                RESERVE.preferred, {"of_sku": sku, "units": units, "region": region}
            )
        ).first()
        if reserved is None:
            return await self._reserve_at_several(sku, units, region)
        if reserved.available == 0:
            self._changed_skus.add(sku)
        return [Allocation(sku=sku, location=LocationCode(reserved.location), quantity=units)]

    async def _reserve_at_several(self, sku: Sku, units: int, region: str) -> list[Allocation]:
        levels = await read_levels(
            self._connection, stock_levels.c.sku == sku, region=region, lock=True
        )
        parts = allocate_units(sku, units, levels)
        if not parts:
            raise OutOfStock(sku, units, sum(level.available for level in levels))
        for part in parts:
            reserved = await self._connection.execute(RESERVE.at_location, level_parameters(part))
            if reserved.first() is None:
                raise OutOfStock(sku, units, sum(level.available for level in levels))
        self._changed_skus.add(sku)
        return list(parts)
