"""A cart or an order that a plugin refuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.domain.errors import DomainError
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """``text`` is a sentence for the buyer. ``line`` is the line at fault; empty: the cart."""

    text: Text
    line: str = ""


class OrderRefused(DomainError):
    """``reasons`` are at least one, in the words of the plugins."""

    code: ClassVar[str] = "order_refused"
    template = "{reason}"

    def __init__(self, reasons: Sequence[Refusal]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(reason=self.reasons[0].text)


class OrderNotReviewed(DomainError):
    """A required order guard did not answer."""

    code: ClassVar[str] = "order_not_reviewed"
    template = (
        "This cannot be checked at the moment. Your cart is as it was. Try again in a few minutes."
    )
