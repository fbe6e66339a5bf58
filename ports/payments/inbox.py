"""The inbox: verified notifications of gateways, answers that do not fit, and their states."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class InboxState(StrEnum):
    """``QUARANTINED``: genuine, but it does not fit. A repetition is checked again."""

    RECEIVED = "received"
    APPLIED = "applied"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """``reason`` says why a message is quarantined; empty if it is not.

    ``reference`` is of the payment or refund that it reports; it can be empty.
    """

    id: UUID
    gateway: str
    account: str
    key: str
    reference: str
    state: InboxState
    reason: str
    received_at: datetime


class Inbox(Protocol):
    async def record(
        self, *, gateway: str, account: str, key: str, body: bytes, reference: str, at: datetime
    ) -> InboxEntry:
        """Store a verified notification under its unique key, or return the stored one.

        ``reference`` is of the payment or refund that it reports; it can be empty. Concurrent
        callers with the same key block until this transaction ends.
        """

    async def mark_handled(self, entry_id: UUID, state: InboxState, reason: str = "") -> None:
        """Set the final state of a notification."""

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        """Latest first."""
