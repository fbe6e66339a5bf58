"""A promotion as staff manage it: with its state, and with who came first."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from core.domain.errors import IllegalTransition, Invalid
from core.domain.events import Event, PromotionChanged
from core.domain.identifiers import PromotionId
from core.domain.pricing.adjustments import SALE
from core.domain.pricing.promotions.promotion import Promotion

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class PromotionState(StrEnum):
    """Only an active promotion changes prices. An ended one stays as it is."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class PromotionMove(StrEnum):
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


# Every move a promotion can make. A move that is not here raises.
MOVES: dict[tuple[PromotionState, str], PromotionState] = {
    (PromotionState.DRAFT, "activate"): PromotionState.ACTIVE,
    (PromotionState.ACTIVE, "pause"): PromotionState.PAUSED,
    (PromotionState.PAUSED, "resume"): PromotionState.ACTIVE,
    (PromotionState.DRAFT, "end"): PromotionState.ENDED,
    (PromotionState.ACTIVE, "end"): PromotionState.ENDED,
    (PromotionState.PAUSED, "end"): PromotionState.ENDED,
}


@dataclass(slots=True, eq=False, kw_only=True)
class ManagedPromotion:
    """Raises `Invalid` if the code cannot be part of an address."""

    id: PromotionId
    promotion: Promotion
    created_at: datetime
    changed_at: datetime
    state: PromotionState = PromotionState.DRAFT
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        check_source(self.promotion.code)

    @property
    def code(self) -> str:
        return self.promotion.code

    def change(self, promotion: Promotion, now: datetime) -> None:
        """Replace the content; the code stays. Raises `IllegalTransition` if it has ended."""
        if self.state is PromotionState.ENDED:
            raise IllegalTransition("promotion", self.state, "change")
        self.promotion = replace(promotion, code=self.code)
        self._record_change(now)

    def move(self, move: PromotionMove, now: datetime) -> None:
        """Raises `IllegalTransition`."""
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("promotion", self.state, move) from None
        self._record_change(now)

    def _record_change(self, now: datetime) -> None:
        self.changed_at = now
        self.events.append(PromotionChanged(promotion=self.code, at=now))


def check_source(code: str, field: str = "code") -> None:
    """Raises `Invalid` unless the code can name the source of a price, too."""
    check_code(code, field)
    if code == SALE:
        raise Invalid(field, "“{value}” stands for sale prices. Choose another code.", value=code)


def check_code(code: str, field: str = "code") -> None:
    """Raises `Invalid` unless the code can be part of an address and of a file.

    >>> check_code("double-eleven.2026")
    """
    if not CODE.fullmatch(code):
        raise Invalid(
            field, "“{value}” must be letters, digits, dots and hyphens.", value=code[:60]
        )
