"""Emails to people."""

from dataclasses import dataclass
from typing import Protocol


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
