"""The ledger of what people agreed to: written once, never changed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Consent


class Consents(Protocol):
    """In a unit of work."""

    async def record(self, customer_id: CustomerId, consents: Sequence[Consent]) -> None:
        """Add to the end of the ledger."""

    async def latest(self, customer_id: CustomerId) -> Mapping[str, Consent]:
        """What somebody said last, by purpose."""


class ConsentQueries(Protocol):
    """As it is read."""

    async def latest(self, customer_id: CustomerId) -> Mapping[str, Consent]:
        """What somebody said last, by purpose."""

    def agreed(self, purpose: str) -> AsyncIterator[Sequence[tuple[CustomerId, Consent]]]:
        """Everybody whose last word on a purpose was yes, some at a time."""
