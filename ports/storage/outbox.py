"""Events on their way out, delivered at least once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    id: UUID
    event: Event
    attempts: int


class Outbox(Protocol):
    """Any number of relays may share one: an event is with one of them at a time."""

    async def claim(self, now: datetime, limit: int) -> tuple[Envelope, ...]:
        """Take undelivered events, oldest first, for one minute."""

    async def delivered(self, envelopes: Sequence[Envelope]) -> None:
        """They need not come again."""

    async def failed(self, envelope: Envelope, retry_at: datetime, reason: str) -> None:
        """It comes again at ``retry_at``."""
