"""Repositories of buying: carts, orders, payments and what gateways told us."""

from datetime import datetime
from typing import Protocol

from core.domain.cart import Cart
from core.domain.identifiers import CustomerId, OrderId
from core.domain.order import Order
from core.domain.payment import Payment


class Carts(Protocol):
    async def find(self, token_hash: str) -> Cart | None: ...

    async def find_of(self, customer_id: CustomerId) -> Cart | None: ...

    async def save(self, cart: Cart) -> None:
        """Raises `StaleVersion`, or `AlreadyExists` for a member's second cart."""

    async def remove(self, cart: Cart) -> None: ...

    async def purge(self, untouched_since: datetime) -> int:
        """Drop guests' carts that were last changed before then; how many."""


class Orders(Protocol):
    async def get(self, order_id: OrderId) -> Order:
        """Raises `NotFound`."""

    async def claim(self, order_id: OrderId) -> Order:
        """Read for a change: who else claims it waits until this unit is over.

        Raises `NotFound`.
        """

    async def find(self, number: str) -> Order | None: ...

    async def find_placed_with(self, checkout_key: str) -> Order | None: ...

    async def overdue(self, now: datetime, limit: int) -> tuple[OrderId, ...]:
        """Orders still unpaid after their time, longest overdue first."""

    async def save(self, order: Order) -> None:
        """Raises `AlreadyExists` (number or checkout key) or `StaleVersion`."""


class Payments(Protocol):
    async def claim(self, reference: str) -> Payment | None:
        """Read for a change: who else claims it waits until this unit is over."""

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Oldest first."""

    async def save(self, payment: Payment) -> None:
        """Raises `AlreadyExists` (reference) or `StaleVersion`."""


class Inbox(Protocol):
    async def record(
        self, *, gateway: str, account: str, key: str, body: bytes, at: datetime
    ) -> bool:
        """Keep a verified notification; false if this one was recorded before."""
