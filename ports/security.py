"""Passwords, access tokens and sanitised rich text."""

from typing import Protocol


class Passwords(Protocol):
    """Slow on purpose: both calls run outside of the event loop."""

    async def hash(self, password: str) -> str:
        """The text to keep; another one each time."""

    async def verify(self, password: str, password_hash: str) -> bool:
        """Whether it is the one.

        An empty hash takes as long and is false, so that the time of an answer does not
        tell who has an account.
        """


class SignAccessToken(Protocol):
    def __call__(self, text: str, /) -> str:
        """A token of 128 bits for ``text`` that only this shop can make: it opens an order."""


class Sanitise(Protocol):
    def __call__(self, html: str, /) -> str:
        """Rich text without what a shop's page must not carry, such as scripts."""
