"""Allocations: units for a paid order, until they are dispatched or released."""

from collections.abc import Mapping

from sqlalchemy import Table

from adapters.database.statements import insert_into
from adapters.database.stock.changes import StockChanges
from adapters.database.stock.rows import allocations_from, level_parameters, row_for_order
from adapters.database.stock.statements import (
    ALLOCATE,
    ALLOCATED,
    DELETE_ALLOCATION,
    DELETE_ALLOCATIONS,
    DELETE_RESERVATIONS,
    DISPATCH,
    REDUCE_ALLOCATION,
    RELEASE_ALLOCATED,
    RELEASE_RESERVED,
)
from adapters.database.tables.stock import allocations, reservations
from core.domain.errors import OutOfStock
from core.domain.identifiers import OrderId, Sku
from core.domain.stock import Allocation, MovementKind, select_units


class SqlAllocations(StockChanges):
    async def allocate(self, order_id: OrderId) -> None:
        parts = await self._delete(order_id, reservations)
        if not parts:
            return
        for part in parts:
            await self._connection.execute(ALLOCATE, level_parameters(part))
        await self._connection.execute(
            insert_into(allocations), [row_for_order(order_id, part) for part in parts]
        )
        await self._add_movements(
            self._movement(
                MovementKind.ALLOCATE,
                part.sku,
                part.location,
                reserved=-part.quantity,
                allocated=part.quantity,
                cause=str(order_id),
            )
            for part in parts
        )

    async def release(self, order_id: OrderId) -> None:
        for table, statement, name in (
            (reservations, RELEASE_RESERVED, "reserved"),
            (allocations, RELEASE_ALLOCATED, "allocated"),
        ):
            parts = await self._delete(order_id, table)
            for part in parts:
                available = await self._connection.scalar(statement, level_parameters(part))
                if available == part.quantity:
                    self._changed_skus.add(part.sku)
            await self._add_movements(
                self._movement(
                    MovementKind.RELEASE,
                    part.sku,
                    part.location,
                    cause=str(order_id),
                    **{name: -part.quantity},
                )
                for part in parts
            )
        await self._add_events()

    async def dispatch(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        allocated = allocations_from(
            (await self._connection.execute(ALLOCATED, {"of_order": order_id})).all()
        )
        dispatched: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            parts = select_units(allocated, sku, units)
            if not parts:
                raise OutOfStock(sku, units, sum(a.quantity for a in allocated if a.sku == sku))
            dispatched += parts
        for part in dispatched:
            await self._dispatch(order_id, part)
        await self._add_movements(
            self._movement(
                MovementKind.DISPATCH,
                part.sku,
                part.location,
                on_hand=-part.quantity,
                allocated=-part.quantity,
                cause=str(order_id),
            )
            for part in dispatched
        )

    async def _dispatch(self, order_id: OrderId, part: Allocation) -> None:
        """Reduce the order's allocation and the stock level, each only if it has the units."""
        values = {**level_parameters(part), "of_order": order_id}
        changed = await self._connection.execute(DELETE_ALLOCATION, values)
        if changed.rowcount == 0:
            changed = await self._connection.execute(REDUCE_ALLOCATION, values)
        if changed.rowcount == 1:
            changed = await self._connection.execute(DISPATCH, level_parameters(part))
        if changed.rowcount != 1:
            raise OutOfStock(part.sku, part.quantity, 0)

    async def _delete(self, order_id: OrderId, table: Table) -> tuple[Allocation, ...]:
        """Delete the order's rows and return them in lock order (SKU, location).

        `DELETE … RETURNING` gives each row to one caller, so repeated calls change nothing.
        """
        statement = DELETE_RESERVATIONS if table is reservations else DELETE_ALLOCATIONS
        rows = await self._connection.execute(statement, {"of_order": order_id})
        return allocations_from(sorted(rows.all()))
