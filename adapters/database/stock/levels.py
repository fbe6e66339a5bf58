"""Stock levels: units at a location, counted, returned, and read."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import is_unique_violation, upsert
from adapters.database.stock.changes import StockChanges
from adapters.database.stock.statements import LOCK_LEVELS, levels_query, with_missing
from adapters.database.tables.stock import locations, stock_levels, stock_movements
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import LocationCode, ReturnId, Sku
from core.domain.stock import MovementKind, StockLevel, StockMovement

LARGEST_STOCK = 10**9

log = structlog.get_logger(__name__)


class SqlStockLevels(StockChanges):
    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        return await read_levels(
            self._connection, stock_levels.c.sku.in_(skus), region="", lock=False
        )

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

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> StockLevel:
        if not 0 <= units <= LARGEST_STOCK:
            raise Invalid("on_hand", "Stock must be from 0 to {most}.", most=LARGEST_STOCK)
        before = await self._lock_level(sku, location)
        level = await self._change(sku, location, on_hand=units)
        await self._add_movements(
            [self._movement(MovementKind.COUNT, sku, location, on_hand=units - before)]
        )
        await self._add_events()
        return level

    async def set_backorder_limit(self, sku: Sku, location: LocationCode, units: int) -> StockLevel:
        if not 0 <= units <= LARGEST_STOCK:
            raise Invalid("backorder_limit", "Enter a number of at least zero.")
        await self._lock_level(sku, location)
        level = await self._change(sku, location, backorder_limit=units)
        await self._add_events()
        return level

    async def restock(
        self, return_id: ReturnId, location: LocationCode, quantities: Mapping[Sku, int]
    ) -> None:
        movements = [
            self._movement(MovementKind.RESTOCK, sku, location, on_hand=units, cause=str(return_id))
            for sku, units in sorted(quantities.items())
        ]
        # The movements come first: their unique index makes a second restock fail here.
        try:
            async with self._connection.begin_nested():
                await self._add_movements(movements)
        except IntegrityError as error:
            if is_unique_violation(error):
                return
            raise
        for sku, units in sorted(quantities.items()):
            await self._lock_level(sku, location)
            await self._change(sku, location, on_hand=stock_levels.c.on_hand + units)
        await self._add_events()

    async def _change(self, sku: Sku, location: LocationCode, **changes: Any) -> StockLevel:
        changed = await self._connection.execute(
            update(stock_levels)
            .where(stock_levels.c.sku == sku, stock_levels.c.location == location)
            .values(with_missing(**changes))
            .returning(stock_levels)
        )
        self._changed_skus.add(sku)
        return _level(changed.one())

    async def _lock_level(self, sku: Sku, location: LocationCode) -> int:
        """Insert the level if it is missing, and lock it (`SELECT … FOR UPDATE`).

        Returns the units on hand.

        Raises:
            NotFound: there is no such location.
        """
        code = await self._connection.scalar(
            select(locations.c.code).where(locations.c.code == location)
        )
        if code is None:
            # It may be the setting ``location`` that is wrong, and not the request.
            log.warning("unknown stock location", location=location)
            raise NotFound("warehouse", location)
        await self._connection.execute(
            upsert(self._connection, stock_levels)
            .values(
                sku=sku,
                location=location,
                on_hand=0,
                reserved=0,
                allocated=0,
                backorder_limit=0,
                missing=0,
            )
            .on_conflict_do_nothing()
        )
        on_hand = await self._connection.scalar(
            select(stock_levels.c.on_hand)
            .where(stock_levels.c.sku == sku, stock_levels.c.location == location)
            .with_for_update()
        )
        return int(on_hand or 0)


async def read_levels(
    connection: AsyncConnection, condition: Any, *, region: str, lock: bool
) -> tuple[StockLevel, ...]:
    """Levels by SKU, preferred locations first; ``lock`` adds `FOR UPDATE`."""
    statement = levels_query.where(condition)
    if lock:
        # `FOR UPDATE` locks in the order of the result, which differs by region.
        await connection.execute(LOCK_LEVELS.where(condition))
    rows = await connection.execute(statement, {"region": region})
    return tuple(_level(row) for row in rows)


def _level(row: Row[Any]) -> StockLevel:
    return StockLevel(
        sku=Sku(row.sku),
        location=LocationCode(row.location),
        on_hand=row.on_hand,
        reserved=row.reserved,
        allocated=row.allocated,
        backorder_limit=row.backorder_limit,
        missing=row.missing,
    )
