"""A refund of one payment, whole or in part."""

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
    (RefundState.REQUESTED, "submit"): RefundState.PENDING,
    (RefundState.PENDING, "submit"): RefundState.PENDING,
    (RefundState.REQUESTED, "fail"): RefundState.FAILED,
    (RefundState.PENDING, "succeed"): RefundState.SUCCEEDED,
    (RefundState.PENDING, "fail"): RefundState.FAILED,
}


class RefundReason(StrEnum):
    """The reason of a refund. The shop itself decides on the first three."""

    ORDER_CANCELLED = "order_cancelled"
    PAID_TOO_LATE = "paid_too_late"
    PAID_TWICE = "paid_twice"
    RETURNED = "returned"
    GOODWILL = "goodwill"


RETRY_DELAYS = tuple(
    timedelta(seconds=each) for each in (15, 60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600)
)


@dataclass(slots=True, eq=False, kw_only=True)
class Refund:
    """``reference`` is the idempotency key at the gateway: every try repeats it.

    ``quantities`` are the refunded units of the order lines. ``check_at`` is the time of the
    next request or query at the gateway; None after the end of the refund.
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

    def submit(self, now: datetime) -> None:
        """Record a try before the request, because its outcome can be lost."""
        self._move("submit")
        self.check_at = now + RETRY_DELAYS[min(self.tries, len(RETRY_DELAYS) - 1)]
        self.tries += 1

    def succeed(self, provider_reference: str, now: datetime) -> None:
        self._move("succeed")
        self.provider_reference = provider_reference
        self.check_at = None
        self.events.append(RefundSucceeded(order_id=self.order_id, refund_id=self.id, at=now))

    def fail(self, failure: str, now: datetime) -> None:
        """The gateway refused. Staff must return the money in another way."""
        self._move("fail")
        self.failure = failure[:200]
        self.check_at = None
        self.events.append(RefundFailed(order_id=self.order_id, refund_id=self.id, at=now))

    def _move(self, move: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("refund", self.state, move) from None
