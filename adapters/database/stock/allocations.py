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
    async def allocate(self, *order_ids: OrderId) -> None:
        reserved = [
            (order_id, part)
            for order_id in order_ids
            for part in await self._delete(order_id, reservations)
        ]
        if not reserved:
            return
        # Levels are locked by SKU and location, whatever the order is.
        for _, part in sorted(reserved, key=lambda each: (each[1].sku, each[1].location)):
            await self._connection.execute(ALLOCATE, level_parameters(part))
        await self._connection.execute(
            insert_into(allocations),
            [row_for_order(order_id, part) for order_id, part in reserved],
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
            for order_id, part in reserved
        )

    async def release(self, order_id: OrderId) -> None:
        for table, statement, name in (
            (reservations, RELEASE_RESERVED, "reserved"),
            (allocations, RELEASE_ALLOCATED, "allocated"),
        ):
            parts = await self._delete(order_id, table)
            for part in parts:
                available = (
                    await self._connection.execute(statement, level_parameters(part))
                ).scalar_one()
                # Nothing was available before; missing units take a part of the released ones.
                if 0 < available <= part.quantity:
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

    async def release_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        released = await self._allocated(order_id, quantities)
        for part in released:
            await self._reduce_allocation(order_id, part)
            available = await self._connection.scalar(RELEASE_ALLOCATED, level_parameters(part))
            if available == part.quantity:
                self._changed_skus.add(part.sku)
        await self._add_movements(
            self._movement(
                MovementKind.RELEASE,
                part.sku,
                part.location,
                allocated=-part.quantity,
                cause=str(order_id),
            )
            for part in released
        )
        await self._add_events()

    async def dispatch(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        dispatched = await self._allocated(order_id, quantities)
        for part in dispatched:
            await self._reduce_allocation(order_id, part)
            changed = await self._connection.execute(DISPATCH, level_parameters(part))
            if changed.rowcount != 1:
                raise OutOfStock(part.sku, part.quantity, 0)
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

    async def _allocated(
        self, order_id: OrderId, quantities: Mapping[Sku, int]
    ) -> tuple[Allocation, ...]:
        """The parts of the order's allocations that have the units. Raises `OutOfStock`."""
        allocated = allocations_from(
            (await self._connection.execute(ALLOCATED, {"of_order": order_id})).all()
        )
        selected: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            parts = select_units(allocated, sku, units)
            if not parts:
                raise OutOfStock(sku, units, sum(a.quantity for a in allocated if a.sku == sku))
            selected += parts
        return tuple(selected)

    async def _reduce_allocation(self, order_id: OrderId, part: Allocation) -> None:
        """Reduce the order's allocation only if it has the units. Raises `OutOfStock`."""
        values = {**level_parameters(part), "of_order": order_id}
        changed = await self._connection.execute(DELETE_ALLOCATION, values)
        if changed.rowcount == 0:
            changed = await self._connection.execute(REDUCE_ALLOCATION, values)
        if changed.rowcount != 1:
            raise OutOfStock(part.sku, part.quantity, 0)

    async def _delete(self, order_id: OrderId, table: Table) -> tuple[Allocation, ...]:
        """Delete the order's rows and return them in lock order (SKU, location).

        `DELETE … RETURNING` gives each row to one caller, so repeated calls change nothing.
        """
        statement = DELETE_RESERVATIONS if table is reservations else DELETE_ALLOCATIONS
        rows = await self._connection.execute(statement, {"of_order": order_id})
        return allocations_from(sorted(rows.all()))
