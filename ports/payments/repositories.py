"""Repositories of payments and refunds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import OrderId, PaymentId, Sku
from core.domain.money import Money
from core.domain.payments.ledger import PaymentEntry
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund


class Payments(Protocol):
    async def find_for_update(self, reference: str) -> Payment | None:
        """Load with a row lock (`SELECT … FOR UPDATE`).

        Concurrent callers block until this transaction ends.
        """

    async def get_for_update(self, payment_id: PaymentId) -> Payment:
        """Like `find_for_update`. Raises `NotFound`."""

    async def claim_due(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[Payment, ...]:
        """Claim payments whose ``check_at`` has passed. ``leased_until`` ends the lease."""

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Oldest first."""

    async def entries(self, payment_id: PaymentId) -> tuple[PaymentEntry, ...]:
        """The ledger of one payment, oldest first."""

    async def save(self, payment: Payment) -> None:
        """Save the payment, and append its new entries to the ledger.

        Raises `AlreadyExists` (the reference, or a ledger entry with the same kind and key)
        or `StaleVersion`.
        """


class Refunds(Protocol):
    async def find_for_update(self, reference: str) -> Refund | None:
        """Load with a row lock (`SELECT … FOR UPDATE`).

        Concurrent callers block until this transaction ends.
        """

    async def claim_due(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[Refund, ...]:
        """Claim refunds whose ``check_at`` has passed. ``leased_until`` ends the lease."""

    async def list(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Oldest first."""

    async def reserve_amount(self, payment_id: PaymentId, amount: Money) -> None:
        """Reserve ``amount`` of a payment for a refund, at most the captured amount.

        Safe against concurrent callers: the check and the change are one statement.

        Raises:
            RefundTooLarge: has the amount that is left.
        """

    async def release_amount(self, payment_id: PaymentId, amount: Money) -> None:
        """Release the reserved amount of a failed refund."""

    async def reserve_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        """Count units of the order lines as refunded, at most the ordered units.

        Raises:
            RefundTooLarge: the units were refunded before.
        """

    async def release_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None: ...

    async def save(self, refund: Refund) -> None:
        """Raises `AlreadyExists` (reference, or a second refund of a return) or `StaleVersion`."""
