"""The ledger of what went out: to whom, of which order, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import OrderId


class RecipientLog(Protocol):
    async def record(self, order_id: OrderId, recipients: Sequence[str], at: datetime) -> None:
        """They get to know of the order, now or again. ``recipients`` are codes."""

    async def recipients(self, order_id: OrderId) -> tuple[str, ...]:
        """Who knows of it, by code."""
