"""Passwords, one-time codes, access tokens, cart tokens and sanitised rich text."""

from datetime import datetime
from typing import Protocol


class Passwords(Protocol):
    """Password hashing. Both calls are slow by design and run outside of the event loop.

    Passwords are hashed whole and in NFC: nothing is trimmed or cut.
    """

    async def hash(self, password: str) -> str:
        """A salted hash: different for each call."""

    async def verify(self, password: str, password_hash: str) -> bool:
        """True if the password matches.

        An empty ``password_hash`` takes the same time and is false, so that the response time
        does not reveal which accounts exist.
        """


class CommonPasswords(Protocol):
    def __call__(self, password: str, /) -> bool:
        """True if the password is among the first that people guess, in any case or width."""


class OneTimeCodes(Protocol):
    """Codes of authenticator apps: six digits that change every 30 seconds (RFC 6238)."""

    def new_secret(self) -> bytes: ...

    def new_recovery_code(self) -> str:
        """A code of 80 random bits that people can type."""

    def step_of(self, secret: bytes, code: str, now: datetime) -> int | None:
        """The time step of the code; None if it is wrong. One step early or late is right."""

    def address(self, secret: bytes, account_name: str, issuer: str) -> str:
        """The ``otpauth:`` address for the QR code of an authenticator app."""


class SignAccessToken(Protocol):
    def __call__(self, text: str, /) -> str:
        """A token of 128 bits (HMAC) for ``text``. It gives a guest access to an order."""


class CartTokens(Protocol):
    """Secret tokens of guests' carts. Only the shop can make one."""

    def new(self) -> str:
        """A token with at least 128 random bits, at most 100 characters, URL-safe."""

    def is_genuine(self, token: str) -> bool:
        """False for a token that this shop has not made."""


class SignDevice(Protocol):
    def __call__(self, text: str, /) -> str:
        """A token of 128 bits (HMAC) for a device on which an account has logged in."""


class Sanitise(Protocol):
    def __call__(self, html: str, /) -> str:
        """Rich text without scripts and other unsafe HTML."""
