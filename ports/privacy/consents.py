"""The consent ledger: append-only."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Consent


class Consents(Protocol):
    """The consent ledger in a unit of work."""

    async def record(self, customer_id: CustomerId, consents: Sequence[Consent]) -> None:
        """Append to the ledger."""

    async def latest(self, customer_id: CustomerId) -> Mapping[str, Consent]:
        """The latest consent or refusal of a customer, by purpose."""


class ConsentQueries(Protocol):
    """The consent ledger, read-only."""

    async def latest(self, customer_id: CustomerId) -> Mapping[str, Consent]:
        """The latest consent or refusal of a customer, by purpose."""

    def agreed(self, purpose: str) -> AsyncIterator[Sequence[tuple[CustomerId, Consent]]]:
        """Customers whose latest answer to a purpose is a consent, in batches."""
