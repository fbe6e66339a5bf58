"""Repositories of payments and refunds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import LineKey, OrderId, PaymentId, PurchaseId
from core.domain.money import Money
from core.domain.payments.ledger import PaymentEntry
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund


class Payments(Protocol):
    async def find(self, reference: str) -> Payment | None:
        """Load without a lock: to lock the order first."""

    async def find_for_update(self, reference: str) -> Payment | None:
        """Load with a row lock (`SELECT … FOR UPDATE`).

        Concurrent callers block until this transaction ends.
        """

    async def get_for_update(self, payment_id: PaymentId) -> Payment:
        """Load with a row lock, as `Orders.get_for_update`. Raises `NotFound`."""

    async def claim_due(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[Payment, ...]:
        """Claim payments whose ``check_at`` has passed. ``leased_until`` ends the lease."""

    async def claim_questions(self, order_id: OrderId, now: datetime) -> tuple[Payment, ...]:
        """Claim the open payments of an order that were not asked about in `ASK_INTERVAL`.

        Safe against concurrent callers: one of them gets each payment.
        """

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        """The payments with a share of the order, oldest first."""

    async def of_purchase(self, purchase_id: PurchaseId) -> tuple[Payment, ...]:
        """Oldest first."""

    async def move(self, order_ids: Sequence[OrderId], purchase_id: PurchaseId) -> None:
        """Move the payments of orders that were paid alone to a purchase. The orders are locked."""

    async def entries(self, payment_id: PaymentId) -> tuple[PaymentEntry, ...]:
        """The ledger of one payment, oldest first."""

    async def charge_back(self, payment_id: PaymentId, amount: Money) -> None:
        """Count an amount that the bank took, at most the captured money that no refund reserved.

        Safe against concurrent callers: the check and the change are one statement.

        Raises:
            Invalid: less is left.
        """

    async def reinstate_chargeback(self, payment_id: PaymentId, amount: Money) -> None:
        """Count an amount that the bank gave back. Its ledger entry exists once."""

    async def save(self, payment: Payment) -> None:
        """Save the payment, and append its new entries to the ledger.

        Raises `AlreadyExists` (the reference, or a ledger entry with the same kind and key)
        or `StaleVersion`.
        """


class Refunds(Protocol):
    async def find(self, reference: str) -> Refund | None:
        """Load without a lock: to lock the order and the payment first."""

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

    async def reserve_amount(self, payment: Payment, paid: OrderId, amount: Money) -> None:
        """Reserve ``amount`` for a refund of the share of the order ``paid``.

        It is at most what was captured and is left: of the payment, and of the share. What the
        bank took in a chargeback is not left. Safe against concurrent callers: the statement
        that checks the payment locks it, and the share is checked under this lock.

        Raises:
            RefundTooLarge: has the amount that is left.
        """

    async def refundable(self, payment: Payment, paid: OrderId) -> Money:
        """What is left of the captured share of the order ``paid``: no refund, no bank has it."""

    async def release_amount(self, payment_id: PaymentId, amount: Money) -> None:
        """Give back the amount of a refund that came back. The refund is locked."""

    async def reserve_units(
        self, order_id: OrderId, quantities: Mapping[LineKey, int]
    ) -> Mapping[LineKey, int]:
        """Count units of the order lines as refunded or exchanged, at most the ordered units.

        Returns the units of each line that were counted before: these are the next ones.

        Raises:
            RefundTooLarge: the units were refunded or exchanged before.
        """

    async def reserve_shipping(self, order_id: OrderId) -> None:
        """Count the shipping price of the order as refunded.

        Raises:
            Invalid: it was refunded before.
        """

    async def save(self, refund: Refund) -> None:
        """Raises `AlreadyExists` (reference, or a second refund of a return) or `StaleVersion`."""
