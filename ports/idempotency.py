"""Responses stored by idempotency key, so that a repeated request has one effect."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """``status`` is 0 while the first request is in progress."""

    fingerprint: str
    status: int
    content_type: str
    body: bytes


class IdempotencyKeys(Protocol):
    async def begin(
        self, scope: str, key: str, fingerprint: str, now: datetime
    ) -> StoredResponse | None:
        """Claim the key. Returns None if it was free, the stored response if not.

        The claim of an unfinished request expires after one minute.
        """

    async def finish(self, scope: str, key: str, response: StoredResponse) -> None:
        """Store the response for 24 hours."""

    async def abandon(self, scope: str, key: str) -> None:
        """Free the key: the request had no effect."""

    async def purge(self, now: datetime) -> int:
        """Delete responses older than 24 hours. Returns their number."""
