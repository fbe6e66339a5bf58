"""Recipients of personal data, and transfers abroad."""

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
    """The rules of transfers abroad (PIPL 38, GDPR 46).

    ``home`` has the countries without restrictions; None allows all countries. ``paths`` has
    the legal ground of a transfer by the code of its recipient, such as a standard contract
    and its filing number.
    """

    home: frozenset[str] | None = None
    paths: Mapping[str, str] = field(default_factory=dict)

    def allow(self, recipient: Recipient) -> bool:
        at_home = self.home is None or recipient.country in self.home
        return at_home or bool(self.paths.get(recipient.code, "").strip())
