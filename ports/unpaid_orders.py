"""The unpaid orders of a buyer, for limits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import OrderId, Sku
from core.domain.orders.unpaid import Buyer, UnpaidOrders


class UnpaidOrderCounts(Protocol):
    async def of(self, buyer: Buyer, skus: Iterable[Sku]) -> UnpaidOrders:
        """Count the unpaid orders of the buyer, and what they hold of these SKUs.

        Concurrent callers with the same contact, account or network address block until this
        transaction ends, so an order of this transaction is never missed.
        """

    async def record_client(self, order_id: OrderId, client: str) -> None:
        """Store a keyed hash of the network address with the order, while it is unpaid."""


class ForgetClients(Protocol):
    async def __call__(self, now: datetime) -> int:
        """Delete the network addresses of orders that do not wait for payment any more.

        Returns the number of orders.
        """
