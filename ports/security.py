"""Passwords, access tokens and sanitised rich text."""

from typing import Protocol


class Passwords(Protocol):
    """Password hashing. Both calls are slow by design and run outside of the event loop."""

    async def hash(self, password: str) -> str:
        """A salted hash: different for each call."""

    async def verify(self, password: str, password_hash: str) -> bool:
        """True if the password matches.

        An empty ``password_hash`` takes the same time and is false, so that the response time
        does not reveal which accounts exist.
        """


class SignAccessToken(Protocol):
    def __call__(self, text: str, /) -> str:
        """A token of 128 bits (HMAC) for ``text``. It gives a guest access to an order."""


class Sanitise(Protocol):
    def __call__(self, html: str, /) -> str:
        """Rich text without scripts and other unsafe HTML."""
