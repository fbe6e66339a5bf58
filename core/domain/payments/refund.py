"""Giving money back: one refund of one payment, whole or in part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import IllegalTransition, Invalid
from core.domain.events import Event, RefundFailed, RefundRequested, RefundSucceeded
from core.domain.identifiers import OrderId, PaymentId, RefundId, ReturnId, Sku
from core.domain.money import Money


class RefundState(StrEnum):
    REQUESTED = "requested"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


# Every move a refund can make. A move that is not here raises.
MOVES: dict[tuple[RefundState, str], RefundState] = {
    (RefundState.REQUESTED, "ask"): RefundState.PENDING,
    (RefundState.PENDING, "ask"): RefundState.PENDING,
    (RefundState.REQUESTED, "fail"): RefundState.FAILED,
    (RefundState.PENDING, "succeed"): RefundState.SUCCEEDED,
    (RefundState.PENDING, "fail"): RefundState.FAILED,
}


class RefundReason(StrEnum):
    """Why money goes back; the first three are decided by the shop itself."""

    ORDER_CANCELLED = "order_cancelled"
    PAID_TOO_LATE = "paid_too_late"
    PAID_TWICE = "paid_twice"
    RETURNED = "returned"
    GOODWILL = "goodwill"


ASK_AGAIN_AFTER = tuple(
    timedelta(seconds=each) for each in (15, 60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600)
)


@dataclass(slots=True, eq=False, kw_only=True)
class Refund:
    """``reference`` is the number that every try at the gateway repeats: one refund a number.

    ``quantities`` are the units of the order's lines that it pays back. ``check_at`` is when
    it is sent, or asked for, next; None once it has ended.
    """

    id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    gateway: str
    reference: str
    amount: Money
    reason: RefundReason
    requested_at: datetime
    actor: str
    quantities: Mapping[Sku, int] = field(default_factory=dict)
    return_id: ReturnId | None = None
    state: RefundState = RefundState.REQUESTED
    provider_reference: str = ""
    failure: str = ""
    check_at: datetime | None = None
    tries: int = 0
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise Invalid("amount", "The refund amount must be above zero.")

    @property
    def is_open(self) -> bool:
        return self.state in {RefundState.REQUESTED, RefundState.PENDING}

    def requested(self) -> None:
        self.check_at = self.requested_at
        self.events.append(
            RefundRequested(order_id=self.order_id, refund_id=self.id, at=self.requested_at)
        )

    def ask(self, now: datetime) -> None:
        """It is about to be sent, or asked for: whatever happens now, it may have happened."""
        self._move("ask")
        self.check_at = now + ASK_AGAIN_AFTER[min(self.tries, len(ASK_AGAIN_AFTER) - 1)]
        self.tries += 1

    def succeed(self, provider_reference: str, now: datetime) -> None:
        self._move("succeed")
        self.provider_reference = provider_reference
        self.check_at = None
        self.events.append(RefundSucceeded(order_id=self.order_id, refund_id=self.id, at=now))

    def fail(self, failure: str, now: datetime) -> None:
        """The gateway will not do it: a person has to."""
        self._move("fail")
        self.failure = failure[:200]
        self.check_at = None
        self.events.append(RefundFailed(order_id=self.order_id, refund_id=self.id, at=now))

    def _move(self, move: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("refund", self.state, move) from None
