"""The record of processing: what is known about people, where, why, and for how long."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class ProcessingRecord(Protocol):
    def document(self) -> Mapping[str, Any]:
        """As JSON (GDPR 30, PIPL 55)."""

    def notice(self, language: str) -> str:
        """The privacy notice as a page (GDPR 13, PIPL 17)."""

    async def problems(self) -> Sequence[str]:
        """What it does not say, or says wrongly, about the columns of the database."""


class ForgetProvider(Protocol):
    async def __call__(self, code: str, /) -> bool:
        """Ask a removed plugin no more, since nothing is left of what it kept about people.

        Whether there was such a plugin.
        """
