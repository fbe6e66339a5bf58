"""Letters to people."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """Plain text. ``to`` is one e-mail address in its normal form."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    async def send(self, email: Email) -> None:
        """Hand it over, so that it is on its way.

        Raises:
            Unavailable: try again later.
            Rejected: there is no such address, and there will be none.
        """
