"""Repositories of buying: carts, orders, payments, refunds and returns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from core.domain.cart import Cart
from core.domain.identifiers import CustomerId, OrderId, PaymentId, ReturnId, Sku
from core.domain.money import Money
from core.domain.order import Order
from core.domain.payment import Payment, PaymentEntry
from core.domain.refund import Refund
from core.domain.returns import Return


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

    async def claim_overdue(
        self, now: datetime, limit: int, again_at: datetime
    ) -> tuple[OrderId, ...]:
        """Orders still unpaid after their time; nobody else is given them before ``again_at``."""

    async def save(self, order: Order) -> None:
        """Raises `AlreadyExists` (number or checkout key) or `StaleVersion`."""


class Payments(Protocol):
    async def claim(self, reference: str) -> Payment | None:
        """Read for a change: who else claims it waits until this unit is over."""

    async def claim_by_id(self, payment_id: PaymentId) -> Payment:
        """As `claim`. Raises `NotFound`."""

    async def claim_due(self, now: datetime, limit: int, again_at: datetime) -> tuple[Payment, ...]:
        """Payments to ask about by now; nobody else is given them before ``again_at``."""

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Oldest first."""

    async def entries(self, payment_id: PaymentId) -> tuple[PaymentEntry, ...]:
        """The ledger of one payment, oldest first."""

    async def save(self, payment: Payment) -> None:
        """Keep it, and its new entries for good.

        Raises `AlreadyExists` (a reference, or an entry of that kind and key) or
        `StaleVersion`.
        """


class Refunds(Protocol):
    async def claim(self, reference: str) -> Refund | None:
        """Read for a change: who else claims it waits until this unit is over."""

    async def claim_due(self, now: datetime, limit: int, again_at: datetime) -> tuple[Refund, ...]:
        """Refunds to send, or to ask about, by now; nobody else is given them before then."""

    async def list(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Oldest first."""

    async def take(self, payment_id: PaymentId, amount: Money) -> None:
        """Set ``amount`` of a payment aside for a refund, never more than was captured.

        The check and the change are one statement.

        Raises:
            RefundTooLarge: says what is left.
        """

    async def put_back(self, payment_id: PaymentId, amount: Money) -> None:
        """The refund failed: the amount can be given back by another one."""

    async def take_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        """Count units of the order's lines as paid back; no more than were bought.

        Raises:
            RefundTooLarge: they were paid back before.
        """

    async def put_back_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None: ...

    async def save(self, refund: Refund) -> None:
        """Raises `AlreadyExists` (its number, or a return's second refund) or `StaleVersion`."""


class Returns(Protocol):
    async def claim(self, return_id: ReturnId) -> Return:
        """Read for a change: who else claims it waits until this unit is over.

        Raises `NotFound`.
        """

    async def find(self, number: str) -> Return | None: ...

    async def list(self, order_id: OrderId) -> tuple[Return, ...]:
        """Oldest first."""

    async def save(self, goods_back: Return) -> None:
        """Raises `AlreadyExists` (number) or `StaleVersion`."""
