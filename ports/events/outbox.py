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
        """Claim undelivered events, oldest first. The lease is one minute.

        An event that this version cannot read is left out: it is a dead delivery of the
        subscriber `outbox`, and is claimed again after an hour. An event of a plugin that is not
        loaded is left out, too, and waits for its plugin without a dead delivery.
        """

    async def delivered(
        self, envelopes: Sequence[Envelope], missed: Sequence[Delivery] = ()
    ) -> None:
        """Mark events as delivered. Deliveries in ``missed`` are made separately."""

    async def history(
        self, *, since: datetime, until: datetime, kinds: frozenset[str], limit: int
    ) -> tuple[Envelope, ...]:
        """Events from ``since`` until ``until``, oldest first. Empty ``kinds`` means all kinds."""

    async def replay(self, envelopes: Sequence[Envelope], subscriber: str, now: datetime) -> None:
        """Schedule the delivery of these events to one subscriber again."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Delete at most ``limit`` older events without an open delivery. Returns their number."""


class Deliveries(Protocol):
    """Deliveries to single subscribers. Each subscriber has a queue and a circuit breaker."""

    async def subscribers_due(self, now: datetime) -> tuple[str, ...]:
        """The subscribers with a due delivery, without those whose circuit breaker is open."""

    async def claim(
        self, subscriber: str, now: datetime, limit: int, *, again: bool
    ) -> tuple[Delivery, ...]:
        """Claim due deliveries of one subscriber: those that failed before if ``again``.

        The lease is one minute.
        """

    async def record(
        self, subscriber: str, done: Sequence[Delivery], failed: Sequence[Delivery], now: datetime
    ) -> None:
        """Remove the deliveries that are ``done``, and store the new state of ``failed`` ones.

        The circuit breaker opens for a minute after five failures without a success.
        """

    async def disable_if_failing(self, subscriber: str, since: datetime, now: datetime) -> bool:
        """Disable a subscriber without a success after ``since``; its deliveries are then dead.

        Returns whether it was disabled.
        """

    async def dead(self, limit: int) -> tuple[Delivery, ...]:
        """Dead deliveries, latest first."""

    async def retry_dead(self, now: datetime) -> int:
        """Schedule all dead deliveries again. Returns their number."""
