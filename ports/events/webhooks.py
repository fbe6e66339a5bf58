"""Webhooks: HTTP addresses that receive events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """``kinds`` are event types such as ``order.paid``. Empty ``kinds`` means all kinds.

    ``failing_since``: no delivery succeeded since then. A webhook that is disabled, because it
    failed for days, receives nothing.
    """

    id: UUID
    url: str
    kinds: frozenset[str]
    created_at: datetime
    failing_since: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def subscriber(self) -> str:
        return subscriber_of(self.id)

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


def subscriber_of(webhook_id: UUID) -> str:
    """The name of the subscriber of a webhook."""
    return f"webhook:{webhook_id}"


class Webhooks(Protocol):
    async def list(self) -> tuple[Webhook, ...]:
        """Oldest first."""

    async def add(self, webhook: Webhook) -> None:
        """Raises `AlreadyExists` if the address is registered."""

    async def remove(self, webhook_id: UUID) -> bool:
        """Remove it with its deliveries. Returns false if there is no such webhook."""

    async def enable(self, webhook_id: UUID) -> bool:
        """Send events to a disabled webhook again. Returns false if there is no such webhook."""


class WebhookSecret(Protocol):
    def __call__(self, webhook_id: UUID, /) -> str:
        """The secret of one webhook. The receiver verifies signatures with it."""


class EventTypeNames(Protocol):
    def __call__(self) -> frozenset[str]:
        """The event types that a webhook can receive, also those of the loaded plugins."""
