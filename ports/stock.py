"""The repository of stock. It prevents overselling."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import LocationCode, OrderId, ReturnId, Sku
from core.domain.stock import StockLevel, StockMovement


class Stock(Protocol):
    """Units by SKU and location. Each check and its change are one statement.

    Every change appends to the ledger of movements. The sums of the ledger equal the levels.
    """

    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        """All levels of these SKUs, preferred locations first."""

    async def movements(self, sku: Sku, limit: int) -> tuple[StockMovement, ...]:
        """Latest first."""

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> StockLevel:
        """Set the counted units of a location.

        A count below what open orders need is stored: nothing is available then, and the level
        has the ``missing`` units.

        Raises:
            Invalid: the number is negative or too large.
            NotFound: the location is unknown.
        """

    async def set_backorder_limit(self, sku: Sku, location: LocationCode, units: int) -> StockLevel:
        """Set the number of units that can be sold before they arrive.

        A limit below what is sold already is stored like a low count.

        Raises:
            Invalid: the number is negative or too large.
            NotFound: the location is unknown.
        """

    async def reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> None:
        """Reserve ``{sku: units}`` for an order. The reservation expires at ``until``.

        All or nothing: roll back the unit on an error. Locations in ``region`` are preferred.

        Raises:
            OutOfStock: has the first SKU without enough units, and its available units.
        """

    async def try_reserve(
        self, order_id: OrderId, quantities: Mapping[Sku, int], until: datetime, region: str = ""
    ) -> bool:
        """Like `reserve`, but returns false and reserves nothing if a SKU is short."""

    async def extend(self, order_id: OrderId, until: datetime) -> None:
        """Let the reservation of an order expire later."""

    async def allocate(self, *order_ids: OrderId) -> None:
        """Turn reservations into allocations, which never expire. Idempotent."""

    async def release(self, order_id: OrderId) -> None:
        """Release the reserved and allocated units of an order. Idempotent."""

    async def release_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        """Release allocated units that an order does not need any more.

        Raises:
            OutOfStock: the units are not allocated to the order.
        """

    async def dispatch(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        """Remove allocated units from stock, because they are shipped.

        Raises:
            OutOfStock: the units are not on hand (backorder), or not allocated.
        """

    async def restock(
        self, return_id: ReturnId, location: LocationCode, quantities: Mapping[Sku, int]
    ) -> None:
        """Add returned units that can be sold again. Idempotent by ``return_id``."""
