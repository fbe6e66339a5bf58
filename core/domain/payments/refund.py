"""A refund of one payment, whole or in part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import IllegalTransition, Invalid
from core.domain.events import (
    Event,
    RefundBlocked,
    RefundFailed,
    RefundReplaced,
    RefundRequested,
    RefundSucceeded,
)
from core.domain.identifiers import LineKey, OrderId, PaymentId, RefundId, ReturnId
from core.domain.money import Money
from core.domain.payments.events import RefundReversed


class RefundState(StrEnum):
    """``BLOCKED``: not final. The gateway does not complete it until a person acts.

    ``FAILED``: the gateway refused. Its amount stays reserved: it is retried, or replaced.
    ``REPLACED``: staff returned the money in another way. ``REVERSED``: it succeeded, and its
    money came back, such as from a closed account; the buyer is still owed it.
    """

    REQUESTED = "requested"
    PENDING = "pending"
    BLOCKED = "blocked"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REPLACED = "replaced"
    REVERSED = "reversed"


# Every move a refund can make. A move that is not here raises.
MOVES: dict[tuple[RefundState, str], RefundState] = {
    (RefundState.REQUESTED, "submit"): RefundState.PENDING,
    (RefundState.PENDING, "submit"): RefundState.PENDING,
    (RefundState.BLOCKED, "submit"): RefundState.BLOCKED,
    (RefundState.REQUESTED, "block"): RefundState.BLOCKED,
    (RefundState.PENDING, "block"): RefundState.BLOCKED,
    (RefundState.BLOCKED, "block"): RefundState.BLOCKED,
    (RefundState.BLOCKED, "resume"): RefundState.PENDING,
    (RefundState.FAILED, "resume"): RefundState.PENDING,
    (RefundState.REQUESTED, "fail"): RefundState.FAILED,
    (RefundState.PENDING, "fail"): RefundState.FAILED,
    (RefundState.BLOCKED, "fail"): RefundState.FAILED,
    # A refund that is retried after a failure can succeed before the retry is sent.
    (RefundState.REQUESTED, "succeed"): RefundState.SUCCEEDED,
    (RefundState.PENDING, "succeed"): RefundState.SUCCEEDED,
    (RefundState.BLOCKED, "succeed"): RefundState.SUCCEEDED,
    (RefundState.FAILED, "succeed"): RefundState.SUCCEEDED,
    (RefundState.BLOCKED, "retry"): RefundState.REQUESTED,
    (RefundState.FAILED, "retry"): RefundState.REQUESTED,
    (RefundState.BLOCKED, "replace"): RefundState.REPLACED,
    (RefundState.FAILED, "replace"): RefundState.REPLACED,
    (RefundState.SUCCEEDED, "reverse"): RefundState.REVERSED,
}

EXPECTED_WITHIN = timedelta(days=1)
"""A refund that is open for longer needs a look."""

NEEDS_ACTION = frozenset({RefundState.BLOCKED, RefundState.FAILED})
OPEN = frozenset({RefundState.REQUESTED, RefundState.PENDING, RefundState.BLOCKED})


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

MAX_FAILURE_LENGTH = 200


@dataclass(slots=True, eq=False, kw_only=True)
class Refund:
    """``reference`` is the idempotency key at the gateway: every try repeats it.

    ``paid_order_id`` is the order whose share of the payment goes back: the original order of
    an exchange, and ``order_id`` for any other. ``instalment`` is the one that the share paid.

    ``quantities`` are the refunded units of the order lines. ``check_at`` is the time of the
    next request or query at the gateway; None after the end of the refund.
    """

    id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    paid_order_id: OrderId
    gateway: str
    reference: str
    amount: Money
    reason: RefundReason
    requested_at: datetime
    actor: str
    quantities: Mapping[LineKey, int] = field(default_factory=dict)
    return_id: ReturnId | None = None
    instalment: str = ""
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
        return self.state in OPEN

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

    def block(self, failure: str, now: datetime) -> None:
        """A person must act. The worker goes on to ask the gateway."""
        failure = failure[:MAX_FAILURE_LENGTH]
        repeated = (self.state, self.failure) == (RefundState.BLOCKED, failure)
        self._move("block")
        self.failure = failure
        if not repeated:
            self.events.append(RefundBlocked(order_id=self.order_id, refund_id=self.id, at=now))

    def resume(self, now: datetime) -> None:
        """The gateway processes it, after it was blocked or had failed."""
        self._move("resume")
        self.failure = ""
        self.check_at = self.check_at or now + RETRY_DELAYS[0]

    def succeed(self, provider_reference: str, now: datetime) -> None:
        """The success can be late: after the gateway had refused."""
        self._move("succeed")
        self.provider_reference = provider_reference
        self.failure = ""
        self.check_at = None
        self.events.append(RefundSucceeded(order_id=self.order_id, refund_id=self.id, at=now))

    def fail(self, failure: str, now: datetime) -> None:
        """The gateway refused. Staff retry it, or return the money in another way."""
        self._move("fail")
        self.failure = failure[:MAX_FAILURE_LENGTH]
        self.check_at = None
        self.events.append(RefundFailed(order_id=self.order_id, refund_id=self.id, at=now))

    def retry(self, now: datetime) -> None:
        """Send it again now, under the same reference."""
        self._move("retry")
        self.failure = ""
        self.check_at = now

    def replace(self, now: datetime) -> None:
        """Staff returned the money in another way, so the gateway must not return it."""
        self._move("replace")
        self.check_at = None
        self.events.append(RefundReplaced(order_id=self.order_id, refund_id=self.id, at=now))

    def reverse(self, now: datetime) -> None:
        """The money came back. Another refund can return it."""
        self._move("reverse")
        self.events.append(RefundReversed(order_id=self.order_id, refund_id=self.id, at=now))

    def _move(self, move: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("refund", self.state, move) from None
