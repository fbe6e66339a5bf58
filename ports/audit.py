"""The hash-chained logs, and the records of an evidence pack."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from ports.signatures import Sign


class ChainedLogs(Protocol):
    """Logs by name: ``audit`` and ``consents``."""

    def entries(self, log: str) -> AsyncIterator[Mapping[str, Any]]:
        """All entries, oldest first: the hashed fields, ``previous`` and ``hash``."""

    async def heads(self, log: str) -> Sequence[Mapping[str, Any]]:
        """Signed heads: ``number``, ``hash``, ``signed_at``, ``key_id`` and ``signature``."""

    async def sign_head(self, log: str, sign: Sign, now: datetime) -> int:
        """Sign the last entry. Returns its number, 0 if the log is empty."""

    async def length(self, log: str) -> int:
        """The number of the last entry, 0 if the log is empty."""


class EvidenceRecords(Protocol):
    """Records of how the shop handles personal data. They contain no personal data."""

    def requests(self) -> AsyncIterator[Mapping[str, Any]]:
        """Privacy requests, with ``due_at`` and ``ended_at``."""

    async def retained(self) -> Sequence[Mapping[str, Any]]:
        """Retained records by data provider, reason and article.

        Each group has its number of records, and its first and last end of retention.
        """

    def others(self) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        """Legal holds, disclosures and data providers, each with the name of its table."""
