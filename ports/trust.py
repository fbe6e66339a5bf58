"""What may be believed: links that this shop gave out, and text that others wrote."""

from typing import Protocol


class Seal(Protocol):
    def __call__(self, text: str, /) -> str:
        """A token of 128 bits for ``text`` that only this shop can make: it opens an order."""


class Sanitise(Protocol):
    def __call__(self, html: str, /) -> str:
        """Rich text without what a shop's page must not carry, such as scripts."""
