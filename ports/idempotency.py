"""Idempotency keys: a repeated request has one effect, and gets the first response."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(slots=True, eq=False, kw_only=True)
class Claim:
    """The key of the current request. The unit of work that commits the effect stores it.

    ``scope`` is a hash of the caller and the path, ``fingerprint`` a hash of the content.
    ``kept_for`` is how long the key is known. ``spent`` is true after that commit.
    """

    scope: str
    key: str
    fingerprint: str
    kept_for: timedelta = timedelta(hours=24)
    spent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """A successful response."""

    status: int
    content_type: str
    body: bytes


class IdempotencyKeys(Protocol):
    async def find(self, claim: Claim, now: datetime) -> StoredResponse | None:
        """The response to the first request with this key, if it is stored.

        Raises:
            KeyReused: the key belongs to another request.
        """

    async def finish(self, claim: Claim, response: StoredResponse, now: datetime) -> None:
        """Store the response for 24 hours. The first stored response stays."""

    async def purge(self, now: datetime) -> int:
        """Delete keys that need not be known any more. Returns their number."""


_current: ContextVar[Claim | None] = ContextVar("claim", default=None)


@contextmanager
def claiming(claim: Claim) -> Iterator[None]:
    """Units of work that are opened inside store the claim with their changes."""
    token = _current.set(claim)
    try:
        yield
    finally:
        _current.reset(token)


def current_claim() -> Claim | None:
    return _current.get()
