"""Single-use links that are sent by e-mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.identifiers import CustomerId, OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class DataLink:
    """Of a guest's order, or of a member.

    ``event_id`` is the question that it answers, ``login`` a keyed hash of the log-in that the
    letter went to: it proves no other one.
    """

    token_hash: str
    event_id: UUID
    order_id: OrderId | None = None
    customer_id: CustomerId | None = None
    login: bytes | None = None
    expires_at: datetime
