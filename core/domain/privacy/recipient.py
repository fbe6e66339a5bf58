"""To whom personal data goes, and where they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.privacy.inventory import Category
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A party outside the shop that receives personal data.

    ``code`` is short and stable. ``country`` is ISO 3166 alpha-2.
    """

    code: str
    name: Text
    country: str
    receives: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Transfers:
    """Who may be sent personal data: at ``home``, or with a recorded ``paths`` (PIPL 38, GDPR 46).

    ``home`` are countries, None where nobody asks; ``paths`` say by recipient's code on what a
    transfer abroad rests, such as a standard contract and where it was filed.
    """

    home: frozenset[str] | None = None
    paths: Mapping[str, str] = field(default_factory=dict)

    def allow(self, recipient: Recipient) -> bool:
        at_home = self.home is None or recipient.country in self.home
        return at_home or bool(self.paths.get(recipient.code, "").strip())
