"""Disclosure requests: an auditor asks for a member's data, a second person approves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.identifiers import CustomerId, DisclosureId

OPEN_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """``requested_by`` and ``approved_by`` differ. ``customer_id`` is None after an erasure."""

    id: DisclosureId
    customer_id: CustomerId | None
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None = None
    expires_at: datetime | None = None

    def is_open_to(self, actor: str, now: datetime) -> bool:
        return (
            self.customer_id is not None
            and self.approved_by is not None
            and self.requested_by == actor
            and self.expires_at is not None
            and now < self.expires_at
        )
