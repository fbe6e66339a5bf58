"""The repository of single-use links."""

from datetime import datetime
from typing import Protocol

from core.domain.privacy.links import DataLink


class DataLinks(Protocol):
    """Links by which people show that an e-mail address is theirs."""

    async def add(self, link: DataLink) -> None: ...

    async def find(self, token_hash: str, now: datetime) -> DataLink | None:
        """None once it was used or has expired."""

    async def was_sent(self, link: DataLink, expiring_after: datetime) -> bool:
        """Whether another question of the same person had a link that expires later."""

    async def use(self, token_hash: str, now: datetime) -> bool:
        """Use it up: true for one caller, and for that one alone."""

    async def purge(self, now: datetime) -> int:
        """Drop what has expired; how many."""
