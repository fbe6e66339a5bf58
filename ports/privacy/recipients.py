"""The log of disclosures to recipients: recipient, order and time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import OrderId


class RecipientLog(Protocol):
    async def record(self, order_id: OrderId, recipients: Sequence[str], at: datetime) -> None:
        """Record that data of the order goes to ``recipients`` (codes)."""

    async def recipients(self, order_id: OrderId) -> tuple[str, ...]:
        """Codes of all recipients of the order."""
