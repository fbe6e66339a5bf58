"""Stock movements and events that every change of stock writes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.statements import insert_into
from adapters.database.stock.statements import PRODUCTS_OF_SKUS
from adapters.database.tables.stock import stock_movements
from core.domain.events import Event, StockChanged
from core.domain.identifiers import LocationCode, Sku
from core.domain.stock import MovementKind
from ports.clock import Clock


class StockChanges:
    """Base of the classes that change stock in one transaction."""

    def __init__(self, connection: AsyncConnection, events: list[Event], now: Clock) -> None:
        self._connection = connection
        self._events = events
        self._now = now
        self._changed_skus: set[Sku] = set()

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

    async def _add_movements(self, movements: Iterable[dict[str, Any]]) -> None:
        rows = list(movements)
        if rows:
            await self._connection.execute(insert_into(stock_movements), rows)

    async def _add_events(self) -> None:
        """Add `StockChanged` for each product of the changed SKUs.

        Only SKUs that may be in stock now and were not before, or the reverse, are collected.
        """
        if not self._changed_skus:
            return
        rows = await self._connection.execute(
            PRODUCTS_OF_SKUS, {"skus": sorted(self._changed_skus)}
        )
        self._changed_skus.clear()
        now = self._now()
        self._events += [StockChanged(product_id=row.product_id, at=now) for row in rows]
