"""Emails to people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """Plain text. ``to`` is one email address in normal form."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    async def send(self, email: Email) -> None:
        """Hand the email over to the mail server.

        Raises:
            Unavailable: retry later.
            Rejected: the address does not exist; do not retry.
        """


class FormatMoney(Protocol):
    def __call__(self, amount: Money, language: str, /) -> str:
        """An amount as people of the language write it."""


class FormatMoment(Protocol):
    def __call__(self, at: datetime, language: str, /) -> str:
        """Date and time in China, to the minute."""
