"""Stock in dictionaries, with the promises of the one in tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.repositories import Shelves
from core.domain.errors import Invalid, OutOfStock
from core.domain.identifiers import LocationCode, OrderId, ReturnId, Sku
from core.domain.stock import (
    Allocation,
    MovementKind,
    StockLevel,
    StockMovement,
    part_of,
    share_out,
)
from ports.clock import Clock


class MemoryStock:
    def __init__(self, shelves: Shelves, now: Clock) -> None:
        self._shelves = shelves
        self._now = now

    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        return self._levels(skus, "")

    async def movements(self, sku: Sku, limit: int) -> tuple[StockMovement, ...]:
        own = [each for each in self._shelves.movements if each.sku == sku]
        return tuple(reversed(own[-limit:]))

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> None:
        level = self._level(sku, location)
        self._shelves.levels[sku, location] = replace(level, on_hand=units)
        self._note(MovementKind.COUNT, sku, location, "", on_hand=units - level.on_hand)

    async def set_backorder_limit(self, sku: Sku, location: LocationCode, units: int) -> None:
        level = self._level(sku, location)
        self._shelves.levels[sku, location] = replace(level, backorder_limit=units)

    async def reserve(
        self,
        order_id: OrderId,
        quantities: Mapping[Sku, int],
        until: datetime,  # noqa: ARG002
        region: str = "",
    ) -> None:
        taken: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            levels = self._levels([sku], region)
            parts = share_out(sku, units, levels)
            if not parts:
                raise OutOfStock(sku, units, sum(level.available for level in levels))
            taken += parts
        self._shelves.reservations[order_id] = tuple(taken)
        self._change(MovementKind.RESERVE, taken, str(order_id), reserved=1)

    async def try_reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> bool:
        try:
            await self.reserve(order_id, quantities, until, region)
        except OutOfStock:
            return False
        return True

    async def allocate(self, order_id: OrderId) -> None:
        moved = self._shelves.reservations.pop(order_id, ())
        if moved:
            self._shelves.allocations[order_id] = moved
            self._change(MovementKind.ALLOCATE, moved, str(order_id), reserved=-1, allocated=1)

    async def release(self, order_id: OrderId) -> None:
        freed = self._shelves.reservations.pop(order_id, ())
        self._change(MovementKind.RELEASE, freed, str(order_id), reserved=-1)
        freed = self._shelves.allocations.pop(order_id, ())
        self._change(MovementKind.RELEASE, freed, str(order_id), allocated=-1)

    async def dispatch(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        own = self._shelves.allocations.get(order_id, ())
        gone: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            parts = part_of(own, sku, units)
            there = [self._shelves.levels[sku, p.location].on_hand >= p.quantity for p in parts]
            if not parts or not all(there):
                raise OutOfStock(sku, units, 0)
            gone += parts
        self._shelves.allocations[order_id] = _without(own, gone)
        self._change(MovementKind.DISPATCH, gone, str(order_id), allocated=-1, on_hand=-1)

    async def restock(
        self, return_id: ReturnId, location: LocationCode, quantities: Mapping[Sku, int]
    ) -> None:
        if any(
            each.kind is MovementKind.RESTOCK and each.cause == str(return_id)
            for each in self._shelves.movements
        ):
            return
        for sku, units in sorted(quantities.items()):
            self._shelves.levels[sku, location] = self._level(sku, location)
            part = Allocation(sku=sku, location=location, quantity=units)
            self._change(MovementKind.RESTOCK, [part], str(return_id), on_hand=1)

    def _level(self, sku: Sku, location: LocationCode) -> StockLevel:
        if location not in self._shelves.locations:
            raise Invalid("location", "There is no warehouse “{code}”.", code=location)
        empty = StockLevel(sku=sku, location=location, on_hand=0)
        return self._shelves.levels.get((sku, location), empty)

    def _levels(self, skus: Sequence[Sku], region: str) -> tuple[StockLevel, ...]:
        places = self._shelves.locations
        order = list(places)
        found = [level for level in self._shelves.levels.values() if level.sku in skus]
        return tuple(
            sorted(
                found,
                key=lambda each: (
                    each.sku,
                    places[each.location] != region,
                    order.index(each.location),
                ),
            )
        )

    def _change(
        self, kind: MovementKind, parts: Iterable[Allocation], cause: str, **signs: int
    ) -> None:
        for part in parts:
            key = (part.sku, part.location)
            level = self._shelves.levels[key]
            changes = {name: sign * part.quantity for name, sign in signs.items()}
            self._shelves.levels[key] = replace(
                level, **{name: getattr(level, name) + change for name, change in changes.items()}
            )
            self._note(kind, part.sku, part.location, cause, **changes)

    def _note(
        self, kind: MovementKind, sku: Sku, location: LocationCode, cause: str, **changes: int
    ) -> None:
        self._shelves.movements.append(
            StockMovement(
                sku=sku, location=location, kind=kind, at=self._now(), cause=cause, **changes
            )
        )


def _without(own: Sequence[Allocation], gone: Sequence[Allocation]) -> tuple[Allocation, ...]:
    left = []
    for each in own:
        taken = sum(
            part.quantity for part in gone if (part.sku, part.location) == (each.sku, each.location)
        )
        if each.quantity > taken:
            left.append(replace(each, quantity=each.quantity - taken))
    return tuple(left)
