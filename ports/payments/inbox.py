"""What gateways told us, as it came, and what we made of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class InboxState(StrEnum):
    """``QUARANTINED`` is genuine, and does not fit: it is looked at again when it comes again."""

    RECEIVED = "received"
    APPLIED = "applied"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """``reason`` says why it is quarantined."""

    id: UUID
    gateway: str
    account: str
    key: str
    state: InboxState
    reason: str
    received_at: datetime


class Inbox(Protocol):
    async def record(
        self, *, gateway: str, account: str, key: str, body: bytes, reference: str, at: datetime
    ) -> InboxEntry:
        """Keep a verified notification under its unique key, or find the one that was kept.

        ``reference`` is the payment's, or the refund's, that it tells of; it may be empty.
        Whoever else records the same key waits until this unit is over.
        """

    async def mark_handled(self, entry_id: UUID, state: InboxState, reason: str = "") -> None:
        """What became of it."""

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        """Latest first."""
