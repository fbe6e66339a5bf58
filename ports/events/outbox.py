"""The outbox: stored events, delivered at least once to each subscriber."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event that one subscriber has not handled yet. ``due_at`` is None if it is dead."""

    envelope: Envelope
    subscriber: str
    attempts: int
    due_at: datetime | None
    last_error: str


class Outbox(Protocol):
    """Several relays can share one outbox; a claim gives an event to one of them.

    Delivered events are kept until `purge`, so that they can be replayed.
    """

    async def claim(self, now: datetime, limit: int) -> tuple[Envelope, ...]:
        """Claim undelivered events, oldest first. The lease is one minute."""

    async def delivered(
        self, envelopes: Sequence[Envelope], failed: Sequence[Delivery] = ()
    ) -> None:
        """Mark events as delivered. Deliveries in ``failed`` are retried separately."""

    async def claim_retries(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """Claim failed deliveries that are due. The lease is one minute."""

    async def record_attempt(self, delivery: Delivery, *, done: bool) -> None:
        """Remove the delivery if it is ``done``; store its new state if not."""

    async def dead(self, limit: int) -> tuple[Delivery, ...]:
        """Dead deliveries, latest first."""

    async def retry_dead(self, now: datetime) -> int:
        """Schedule all dead deliveries again. Returns their number."""

    async def history(
        self, *, since: datetime, until: datetime, kinds: frozenset[str], limit: int
    ) -> tuple[Envelope, ...]:
        """Events from ``since`` until ``until``, oldest first. Empty ``kinds`` means all kinds."""

    async def replay(self, envelopes: Sequence[Envelope], subscriber: str, now: datetime) -> None:
        """Schedule the delivery of these events to one subscriber again."""

    async def purge(self, before: datetime) -> int:
        """Delete older events without an open delivery. Returns their number."""
