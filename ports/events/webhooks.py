"""Who wants to be told of events over HTTP."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """``kinds`` are types such as ``order.paid``; none are all of them."""

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
        """Raises `AlreadyExists` for an address that is there."""

    async def remove(self, webhook_id: UUID) -> bool:
        """Whether there was one."""


class WebhookSecret(Protocol):
    def __call__(self, webhook_id: UUID, /) -> str:
        """What the receiver checks signatures with."""
