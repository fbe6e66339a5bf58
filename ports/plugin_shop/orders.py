"""Orders as a plugin reads them: without contact data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import CustomerId, LineKey, OrderId, ProductId, PurchaseId, Sku
from core.domain.money import Money
from core.domain.orders.holds import Blocked, HoldEnd
from core.domain.orders.states import OrderStage


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopHold:
    """Why an order waits. ``until`` None: until it is lifted. ``then`` says what follows."""

    code: str
    blocks: frozenset[Blocked]
    until: datetime | None
    then: HoldEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrderLine:
    """Units of one SKU. ``key`` is unique in the order.

    ``unit_price`` is the price before adjustments, ``total`` what the units were paid with.
    ``source`` is the code of the promotion that added the line; empty for what the buyer chose.
    ``refunded`` units are refunded or exchanged. ``unshipped`` units are still to be shipped.
    """

    key: LineKey
    sku: Sku
    product_id: ProductId
    quantity: int
    unit_price: Money
    total: Money
    source: str
    refunded: int
    unshipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrder:
    """An order. ``customer_id`` is opaque, and None for a guest.

    ``due`` is what the buyer has to pay now. ``purchase_id`` is the same for orders that are paid
    together. An unpaid order is cancelled after ``pay_before``. ``paid_at`` and ``delivered_at``
    are None until then.
    """

    id: OrderId
    number: str
    state: OrderStage
    customer_id: CustomerId | None
    purchase_id: PurchaseId
    lines: tuple[ShopOrderLine, ...]
    shipping_price: Money
    total: Money
    due: Money
    holds: tuple[ShopHold, ...]
    placed_at: datetime
    pay_before: datetime
    paid_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrderSummary:
    """An order in a list. ``units`` are those of all lines."""

    number: str
    state: OrderStage
    placed_at: datetime
    total: Money
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrderPage:
    """``cursor`` is for the next page, and empty on the last one."""

    orders: tuple[ShopOrderSummary, ...]
    cursor: str


class ShopOrders(Protocol):
    """Reads orders. Needs the capability ``orders.read``."""

    async def get(self, order_id: OrderId) -> ShopOrder:
        """Raises `NotFound`."""

    async def by_number(self, number: str) -> ShopOrder:
        """Raises `NotFound`."""

    async def of_customer(
        self, customer_id: CustomerId, limit: int = 20, cursor: str = ""
    ) -> ShopOrderPage:
        """The orders of a member, latest first, at most 100 at once.

        Raises `Invalid` for a wrong limit or cursor.
        """

    async def lines(self, order_id: OrderId) -> Mapping[LineKey, ShopOrderLine]:
        """The lines of an order by their keys. Raises `NotFound`."""
