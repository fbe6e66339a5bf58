"""Answers kept by idempotency key, so that a request that is sent twice happens once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """``status`` is 0 while the first request is still under way."""

    fingerprint: str
    status: int
    content_type: str
    body: bytes


class IdempotencyKeys(Protocol):
    async def begin(
        self, scope: str, key: str, fingerprint: str, now: datetime
    ) -> StoredResponse | None:
        """None if the key is ours to use now, else what was kept under it.

        A request that began over a minute ago and never ended gives its key back.
        """

    async def finish(self, scope: str, key: str, answer: StoredResponse) -> None:
        """Keep the answer for 24 hours."""

    async def abandon(self, scope: str, key: str) -> None:
        """Nothing happened: the key may be used again."""

    async def purge(self, now: datetime) -> int:
        """Drop answers older than a day; how many."""
