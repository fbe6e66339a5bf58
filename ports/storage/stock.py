"""The repository of stock: the one place where selling too much is made impossible."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.domain.identifiers import LocationCode, OrderId, Sku
from core.domain.stock import StockLevel


class Stock(Protocol):
    """Units by SKU and location. A change and its check are one statement each."""

    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        """Every level of these SKUs, preferred locations first."""

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> None:
        """What was counted at the location.

        Raises:
            Invalid: fewer than open orders wait for, or the location is unknown.
        """

    async def reserve(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        """Set ``{sku: units}`` aside for an order: all of it, or none once the unit rolls back.

        Raises:
            OutOfStock: names the first SKU that falls short, and what is left of it.
        """

    async def release(self, order_id: OrderId) -> None:
        """Give back what the order had set aside. Doing it twice gives it back once."""

    async def dispatch(self, order_id: OrderId) -> None:
        """What the order had set aside leaves the building. Doing it twice is doing it once."""
