"""Holds: an order waits for something that is outside of the order machine.

A group that must form, an approval, a balance due, a fraud review: each is a hold with an end, and
not a state.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from core.domain.errors import DomainError, Invalid
from core.domain.text import Text, require

MAX_REASON_LENGTH = 200
CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


class Blocked(StrEnum):
    """What a held order must not do. ``PAY_OUT``: a seller does not receive the money."""

    PAY = "pay"
    SHIP = "ship"
    PAY_OUT = "pay_out"


class HoldEnd(StrEnum):
    """What happens when the time of a hold is over."""

    LIFT = "lift"
    CANCEL_AND_REFUND = "cancel_and_refund"


class OrderHeld(DomainError):
    """``hold`` is the code of the hold that blocks it."""

    code: ClassVar[str] = "order_held"
    template = "This order is on hold. The order page shows the reason and when the hold ends."

    def __init__(self, hold: str) -> None:
        self.hold = hold
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """``code`` is unique in its order. ``reason`` is for the buyer and for staff.

    ``until`` None: only a person or a plugin ends it. A hold that blocks the payment needs an
    end, and one that cancels must block the shipment: a shipped order cannot be cancelled.
    """

    code: str
    blocks: frozenset[Blocked]
    reason: Text
    until: datetime | None = None
    then: HoldEnd = HoldEnd.LIFT

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise Invalid(
                "code", "Use 1 to 60 lowercase letters, digits and the characters . _ and -."
            )
        if not self.blocks:
            raise Invalid("blocks", "Choose what the hold blocks.")
        require("reason", self.reason, most=MAX_REASON_LENGTH)
        if self.until is None and (Blocked.PAY in self.blocks or self.then is not HoldEnd.LIFT):
            raise Invalid("until", "Enter when this hold ends.")
        if self.then is HoldEnd.CANCEL_AND_REFUND and Blocked.SHIP not in self.blocks:
            raise Invalid("blocks", "A hold that cancels the order must block the shipment.")

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now


def payable_from(holds: Iterable[Hold], now: datetime) -> datetime:
    """When no hold blocks the payment any more; ``now`` if none does."""
    ends = [each.until for each in holds if each.until and Blocked.PAY in each.blocks]
    return max(now, *ends) if ends else now
