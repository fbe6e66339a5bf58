"""Logs in which every entry proves the one before it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

LOGS = ("audit", "consents")
"""What happened, and what people agreed to."""


class HashChains(Protocol):
    """``log`` is one of `LOGS`. A head is the last entry's number and hash, signed."""

    async def length(self, log: str) -> int: ...

    def entries(self, log: str) -> AsyncIterator[Mapping[str, Any]]:
        """From the first to the last."""

    async def broken_at(
        self, log: str, heads: Sequence[Mapping[str, Any]]
    ) -> tuple[int, str] | None:
        """The first entry that is not what it was, and why; None if there is none.

        ``heads`` are checked besides those that the shop has.
        """

    async def sign_head(self, log: str) -> Mapping[str, Any] | None:
        """Sign the last entry; the latest head, None if there is none."""
