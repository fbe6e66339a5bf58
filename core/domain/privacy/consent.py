"""Consents, each to one text of the privacy notice."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PERSONALISATION = "personalisation"
MARKETING = "marketing"


class Channel(StrEnum):
    """Where the consent was given. ``OPERATOR``: staff recorded it."""

    WEB = "web"
    API = "api"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """``text_hash`` is the SHA-256 of the notice text for the purpose, in ``language``."""

    purpose: str
    given: bool
    at: datetime
    notice_version: str
    text_hash: str
    language: str
    channel: Channel

    def is_current(self, text_hash: str) -> bool:
        """False if the text of the notice has changed since the consent."""
        return self.given and self.text_hash == text_hash
