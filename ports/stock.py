"""The repository of stock: the one place where selling too much is made impossible."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import LocationCode, OrderId, ReturnId, Sku
from core.domain.stock import StockLevel, StockMovement


class Stock(Protocol):
    """Units by SKU and location. A change and its check are one statement each.

    Every change is written into the ledger of movements, whose sums are the levels.
    """

    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        """Every level of these SKUs, preferred locations first."""

    async def movements(self, sku: Sku, limit: int) -> tuple[StockMovement, ...]:
        """Latest first."""

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> None:
        """What was counted at the location.

        Raises:
            Invalid: fewer than open orders wait for, or the location is unknown.
        """

    async def set_backorder_limit(self, sku: Sku, location: LocationCode, units: int) -> None:
        """How many units may be sold that are not there yet.

        Raises:
            Invalid: fewer than are sold already, or there is no such level.
        """

    async def reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> None:
        """Set ``{sku: units}`` aside for an order until it is paid.

        All of it, or none once the unit rolls back. Locations in ``region`` are preferred.

        Raises:
            OutOfStock: names the first SKU that falls short, and what is left of it.
        """

    async def try_reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> bool:
        """As `reserve`, but false, and nothing set aside, where something falls short."""

    async def allocate(self, order_id: OrderId) -> None:
        """What was reserved belongs to the order, without a time limit. Twice is once."""

    async def release(self, order_id: OrderId) -> None:
        """Give back what the order had set aside. Doing it twice gives it back once."""

    async def dispatch(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        """Units that were allocated leave the building.

        Raises:
            OutOfStock: they are not there yet (sold on back-order), or not allocated.
        """

    async def restock(
        self, return_id: ReturnId, location: LocationCode, quantities: Mapping[Sku, int]
    ) -> None:
        """Goods came back and can be sold again. Doing it twice for a return is doing it once."""
