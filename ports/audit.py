"""The logs whose entries prove each other, and what else auditors are given."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from ports.signatures import Sign


class ChainedLogs(Protocol):
    """Logs by name: ``audit`` and ``consents``."""

    def entries(self, log: str) -> AsyncIterator[Mapping[str, Any]]:
        """From the first to the last: what is hashed, ``previous`` and ``hash``."""

    async def heads(self, log: str) -> Sequence[Mapping[str, Any]]:
        """Signed heads: ``number``, ``hash``, ``signed_at``, ``key_id`` and ``signature``."""

    async def sign_head(self, log: str, sign: Sign, now: datetime) -> int:
        """Sign the last entry; its number, 0 if there is none."""

    async def length(self, log: str) -> int:
        """The number of the last entry, 0 if there is none."""


class EvidenceRecords(Protocol):
    """What the tables say about how personal data is handled; it is about no person."""

    def requests(self) -> AsyncIterator[Mapping[str, Any]]:
        """Requests about personal data, with ``due_at`` and ``ended_at``."""

    async def retained(self) -> Sequence[Mapping[str, Any]]:
        """What is retained, by keeper, reason and article: first and last end, and how many."""

    def others(self) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        """Legal holds, disclosures and record keepers, each with the name of its table."""
