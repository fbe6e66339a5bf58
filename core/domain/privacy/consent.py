"""What somebody agreed to, in the words in which they were asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PERSONALISATION = "personalisation"
MARKETING = "marketing"


class Channel(StrEnum):
    """Where it was said. ``OPERATOR``: a colleague wrote it down."""

    WEB = "web"
    API = "api"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """``text_hash`` is the SHA-256 of what the notice said of the purpose, in that language."""

    purpose: str
    given: bool
    at: datetime
    notice_version: str
    text_hash: str
    language: str
    channel: Channel

    def is_current(self, text_hash: str) -> bool:
        """A consent is to a text: it does not hold once the notice says something else."""
        return self.given and self.text_hash == text_hash
