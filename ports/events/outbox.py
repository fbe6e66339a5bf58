"""Events on their way out, delivered at least once to each who listens."""

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
    """An event that one subscriber has not taken yet. ``due_at`` None: it was given up."""

    envelope: Envelope
    subscriber: str
    attempts: int
    due_at: datetime | None
    last_error: str


class Outbox(Protocol):
    """Any number of relays may share one: an event is with one of them at a time.

    Events stay for a while after they were delivered, to be replayed.
    """

    async def claim(self, now: datetime, limit: int) -> tuple[Envelope, ...]:
        """Take undelivered events, oldest first, for one minute."""

    async def delivered(
        self, envelopes: Sequence[Envelope], missed: Sequence[Delivery] = ()
    ) -> None:
        """They need not come again, but for ``missed``, which are tried by themselves."""

    async def claim_missed(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """Take deliveries whose next try is due, for one minute."""

    async def record_attempt(self, delivery: Delivery, *, done: bool) -> None:
        """It was taken at last, or it failed again and is kept as ``delivery`` says."""

    async def dead(self, limit: int) -> tuple[Delivery, ...]:
        """Deliveries that were given up, latest first."""

    async def revive(self, now: datetime) -> int:
        """Try all that were given up again; how many."""

    async def history(
        self, *, since: datetime, until: datetime, kinds: frozenset[str], limit: int
    ) -> tuple[Envelope, ...]:
        """Events that happened in between, oldest first; ``kinds`` empty are all."""

    async def replay(self, envelopes: Sequence[Envelope], subscriber: str, now: datetime) -> None:
        """Have these events delivered to one subscriber again."""

    async def purge(self, before: datetime) -> int:
        """Drop events that happened before then and wait for nobody; how many."""
