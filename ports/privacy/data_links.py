"""The repository of single-use links."""

from datetime import datetime
from typing import Protocol

from core.domain.privacy.links import DataLink


class DataLinks(Protocol):
    """Links in emails. Using one proves access to the email address."""

    async def add(self, link: DataLink) -> None: ...

    async def find(self, token_hash: str, now: datetime) -> DataLink | None:
        """None if the link was used or has expired."""

    async def was_sent(self, link: DataLink, expiring_after: datetime) -> bool:
        """True if the same person got a link for another event that expires later."""

    async def use(self, token_hash: str, now: datetime) -> bool:
        """Mark the link as used. Returns true for exactly one caller."""

    async def purge(self, now: datetime) -> int:
        """Delete a batch of expired links. Returns their number."""
