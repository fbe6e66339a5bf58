"""Keeping passwords without knowing them."""

from typing import Protocol


class Passwords(Protocol):
    """Slow on purpose: both calls run outside of the event loop."""

    async def hash(self, password: str) -> str:
        """The text to keep; another one each time."""

    async def verify(self, password: str, kept: str) -> bool:
        """Whether it is the one.

        An empty ``kept`` takes as long and is false, so that the time of an answer does not
        tell who has an account.
        """
