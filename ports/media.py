"""Pictures and other files that the shop shows."""

from typing import Protocol


class Media(Protocol):
    async def put(self, path: str, content: bytes) -> None:
        """Keep ``content`` under ``path``, replacing what was there.

        Raises:
            Rejected: the path leaves the store, or the kind of file is not served.
        """

    def address(self, path: str) -> str:
        """Where a browser finds it. A ``path`` that is an http(s) address is its own."""
