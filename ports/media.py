"""Storage of pictures and other public files."""

from typing import Protocol


class Media(Protocol):
    async def put(self, path: str, content: bytes) -> None:
        """Store ``content`` under ``path``. An existing file is replaced.

        Raises:
            Rejected: the path is outside the store, or the file type is not allowed.
        """

    def address(self, path: str) -> str:
        """The URL for a browser. A ``path`` that is an http(s) URL is returned unchanged."""
