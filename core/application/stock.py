"""Counts stock."""

from dataclasses import dataclass

from core.application.retries import retried
from core.domain.errors import NotFound
from core.domain.identifiers import LocationCode, Sku
from core.domain.stock import StockLevel
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class CountStock:
    """Set the units on hand at a location, and the backorder limit."""

    units: UnitsOfWork

    @retried
    async def __call__(
        self, sku: Sku, location: LocationCode, on_hand: int, backorder_limit: int | None = None
    ) -> StockLevel:
        """``backorder_limit`` None does not change the limit.

        The level has ``missing`` units if open orders need more than was counted.
        """
        async with self.units() as unit:
            if await unit.products.find_by_sku(sku) is None:
                raise NotFound("SKU", sku)
            level = await unit.stock.set_on_hand(sku, location, on_hand)
            if backorder_limit is not None:
                level = await unit.stock.set_backorder_limit(sku, location, backorder_limit)
            await unit.commit()
        return level
