"""The repository of disclosure requests."""

from datetime import datetime
from typing import Protocol

from core.domain.identifiers import DisclosureId
from core.domain.privacy.disclosure import Disclosure


class Disclosures(Protocol):
    async def add(self, disclosure: Disclosure) -> None:
        """Raises `NotFound` if the customer has no account."""

    async def get(self, disclosure_id: DisclosureId) -> Disclosure:
        """Raises `NotFound`."""

    async def list(self, limit: int) -> tuple[Disclosure, ...]:
        """Latest first."""

    async def approve(self, disclosure_id: DisclosureId, by: str, expires_at: datetime) -> bool:
        """Approve once, by a person other than the requester. Returns false if refused.

        Safe against concurrent callers: the check and the change are one statement.
        """
