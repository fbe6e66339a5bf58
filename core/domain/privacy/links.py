"""Single-use links in emails."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.identifiers import CustomerId, OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class DataLink:
    """A link for a guest's order or for a member.

    ``event_id`` is the event that requested it. ``login`` is a keyed hash of the log-in that
    received the email: the link verifies only this log-in.
    """

    token_hash: str
    event_id: UUID
    order_id: OrderId | None = None
    customer_id: CustomerId | None = None
    login: bytes | None = None
    expires_at: datetime
