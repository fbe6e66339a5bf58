"""Webhooks: HTTP addresses that receive events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """``kinds`` are event types such as ``order.paid``. Empty ``kinds`` means all kinds."""

    id: UUID
    url: str
    kinds: frozenset[str]
    created_at: datetime

    @property
    def subscriber(self) -> str:
        return f"webhook:{self.id}"

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


class Webhooks(Protocol):
    async def list(self) -> tuple[Webhook, ...]:
        """Oldest first."""

    async def add(self, webhook: Webhook) -> None:
        """Raises `AlreadyExists` if the address is registered."""

    async def remove(self, webhook_id: UUID) -> bool:
        """Returns false if there is no such webhook."""


class WebhookSecret(Protocol):
    def __call__(self, webhook_id: UUID, /) -> str:
        """The secret of one webhook. The receiver verifies signatures with it."""
