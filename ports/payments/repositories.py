"""Repositories of payments and refunds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import OrderId, PaymentId, Sku
from core.domain.money import Money
from core.domain.payments.payment import Payment, PaymentEntry
from core.domain.payments.refund import Refund


class Payments(Protocol):
    async def find_for_update(self, reference: str) -> Payment | None:
        """Read for a change: who else claims it waits until this unit is over."""

    async def get_for_update(self, payment_id: PaymentId) -> Payment:
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
    async def find_for_update(self, reference: str) -> Refund | None:
        """Read for a change: who else claims it waits until this unit is over."""

    async def claim_due(self, now: datetime, limit: int, again_at: datetime) -> tuple[Refund, ...]:
        """Refunds to send, or to ask about, by now; nobody else is given them before then."""

    async def list(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Oldest first."""

    async def reserve_amount(self, payment_id: PaymentId, amount: Money) -> None:
        """Set ``amount`` of a payment aside for a refund, never more than was captured.

        The check and the change are one statement.

        Raises:
            RefundTooLarge: says what is left.
        """

    async def release_amount(self, payment_id: PaymentId, amount: Money) -> None:
        """The refund failed: the amount can be given back by another one."""

    async def reserve_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        """Count units of the order's lines as paid back; no more than were bought.

        Raises:
            RefundTooLarge: they were paid back before.
        """

    async def release_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None: ...

    async def save(self, refund: Refund) -> None:
        """Raises `AlreadyExists` (its number, or a return's second refund) or `StaleVersion`."""
