"""The repository of disclosure requests."""

from datetime import datetime
from typing import Protocol

from core.domain.identifiers import DisclosureId
from core.domain.privacy.disclosure import Disclosure


class Disclosures(Protocol):
    async def add(self, disclosure: Disclosure) -> None:
        """Raises `NotFound` for somebody who is no member."""

    async def get(self, disclosure_id: DisclosureId) -> Disclosure:
        """Raises `NotFound`."""

    async def list(self, limit: int) -> tuple[Disclosure, ...]:
        """The latest first."""

    async def approve(self, disclosure_id: DisclosureId, by: str, expires_at: datetime) -> bool:
        """Once, and by somebody else than who asked: the check and the change are one statement."""
