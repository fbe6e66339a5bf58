"""A payment: one attempt to be paid for an order."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import IllegalTransition, PaymentMismatch
from core.domain.identifiers import OrderId, PaymentId
from core.domain.money import Money
from core.domain.payments.ledger import EntryKind, PaymentEntry


class PaymentState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURING = "capturing"
    VOIDING = "voiding"
    VOIDED = "voided"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    CLOSED = "closed"


# Every move a payment can make. A repeated notification is not a move: see `mark_paid`.
MOVES: dict[tuple[PaymentState, str], PaymentState] = {
    (PaymentState.CREATED, "submit"): PaymentState.PENDING,
    (PaymentState.PENDING, "submit"): PaymentState.PENDING,
    (PaymentState.CREATED, "pay"): PaymentState.PAID,
    (PaymentState.PENDING, "pay"): PaymentState.PAID,
    # Gateways can report a payment after a close: the money has arrived, so it counts.
    (PaymentState.CLOSED, "pay"): PaymentState.PAID,
    (PaymentState.CREATED, "authorize"): PaymentState.AUTHORIZED,
    (PaymentState.PENDING, "authorize"): PaymentState.AUTHORIZED,
    (PaymentState.CLOSED, "authorize"): PaymentState.AUTHORIZED,
    (PaymentState.AUTHORIZED, "capture"): PaymentState.CAPTURING,
    (PaymentState.CAPTURING, "capture"): PaymentState.CAPTURING,
    (PaymentState.CAPTURING, "fail_capture"): PaymentState.AUTHORIZED,
    (PaymentState.AUTHORIZED, "request_void"): PaymentState.VOIDING,
    (PaymentState.AUTHORIZED, "void"): PaymentState.VOIDED,
    (PaymentState.CAPTURING, "void"): PaymentState.VOIDED,
    (PaymentState.VOIDING, "void"): PaymentState.VOIDED,
    (PaymentState.AUTHORIZED, "pay"): PaymentState.PAID,
    (PaymentState.CAPTURING, "pay"): PaymentState.PAID,
    (PaymentState.VOIDING, "pay"): PaymentState.PAID,
    (PaymentState.VOIDED, "pay"): PaymentState.PAID,
    (PaymentState.CREATED, "close"): PaymentState.CLOSED,
    (PaymentState.PENDING, "close"): PaymentState.CLOSED,
    (PaymentState.PAID, "refund_part"): PaymentState.PARTLY_REFUNDED,
    (PaymentState.PAID, "refund_rest"): PaymentState.REFUNDED,
    (PaymentState.PARTLY_REFUNDED, "refund_part"): PaymentState.PARTLY_REFUNDED,
    (PaymentState.PARTLY_REFUNDED, "refund_rest"): PaymentState.REFUNDED,
}


OPEN = frozenset({PaymentState.CREATED, PaymentState.PENDING})
UNCAPTURED = frozenset({PaymentState.AUTHORIZED, PaymentState.CAPTURING, PaymentState.VOIDING})
CAPTURED = frozenset({PaymentState.PAID, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED})

CHECK_DELAYS = tuple(timedelta(seconds=each) for each in (10, 30, 60, 120, 300))
"""Delays between queries at the gateway; the last one repeats."""

AUTHORIZATION_CHECK_INTERVAL = timedelta(hours=1)
"""Interval between queries of an authorized payment."""


@dataclass(slots=True, eq=False, kw_only=True)
class Payment:
    """``reference`` is the shop's number of the attempt, ``provider_reference`` the gateway's.

    ``account`` is the merchant account that must receive the money. ``check_at`` is the time
    of the next query at the gateway, None if there is none; ``checks`` is the number of
    queries. ``entries`` are new lines for the ledger.
    """

    id: PaymentId
    order_id: OrderId
    gateway: str
    account: str
    reference: str
    amount: Money
    created_at: datetime
    expires_at: datetime
    state: PaymentState = PaymentState.CREATED
    provider_reference: str = ""
    paid_at: datetime | None = None
    check_at: datetime | None = None
    checks: int = 0
    version: int = 0
    entries: list[PaymentEntry] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def submit(self, now: datetime) -> None:
        self._move("submit")
        self.check_at = now + CHECK_DELAYS[0]

    def check(self, account: str, amount: Money) -> None:
        """Compare a report of the gateway with the request.

        Raises:
            PaymentMismatch: another account, amount or currency.
        """
        if account != self.account:
            raise PaymentMismatch(self.reference, "another account")
        if amount != self.amount:
            raise PaymentMismatch(self.reference, "another amount")

    def schedule_check(self, now: datetime) -> None:
        """Set the time of the next query, after a query without a final result."""
        self.checks += 1
        if self.state is PaymentState.AUTHORIZED:
            self.check_at = now + AUTHORIZATION_CHECK_INTERVAL
        else:
            self.check_at = now + check_delay(self.checks)

    def authorize(self, provider_reference: str, now: datetime) -> bool:
        """Record an authorization. Idempotent: returns false if the state has it already."""
        if self.state in UNCAPTURED | CAPTURED or self.state is PaymentState.VOIDED:
            return False
        self._move("authorize")
        self.provider_reference = provider_reference
        self.check_at = now + AUTHORIZATION_CHECK_INTERVAL
        self._append(EntryKind.AUTHORIZED, self.reference, self.amount, now)
        return True

    def capture(self, now: datetime) -> None:
        """Record a capture before the request to the gateway, because its outcome can be lost."""
        self._move("capture")
        self.check_at = now + CHECK_DELAYS[0]

    def fail_capture(self, now: datetime) -> None:
        """Return to authorized: the gateway did not capture."""
        self._move("fail_capture")
        self.check_at = now + AUTHORIZATION_CHECK_INTERVAL

    def request_void(self, now: datetime) -> None:
        """Ask a worker to void the authorization."""
        self._move("request_void")
        self.check_at = now

    def void(self, now: datetime) -> None:
        """Record that the authorization ended without a capture."""
        self._move("void")
        self.check_at = None
        self._append(EntryKind.VOIDED, self.reference, self.amount, now)

    def mark_paid(self, provider_reference: str, paid_at: datetime) -> bool:
        """Record the payment. Idempotent: returns false if it was recorded before."""
        if self.state in CAPTURED:
            return False
        self._move("pay")
        self.provider_reference = provider_reference
        self.paid_at = paid_at
        self.check_at = None
        self._append(EntryKind.CAPTURED, self.reference, self.amount, paid_at)
        return True

    def close(self, now: datetime) -> None:
        self._move("close")
        self.check_at = None
        self._append(EntryKind.CLOSED, self.reference, Money.zero(self.amount.currency), now)

    def refund_requested(self, reference: str, amount: Money, now: datetime) -> None:
        if self.state not in CAPTURED:
            raise IllegalTransition("payment", self.state, "refund")
        self._append(EntryKind.REFUND_REQUESTED, reference, amount, now)

    def refund_succeeded(
        self, reference: str, amount: Money, refunded: Money, now: datetime
    ) -> None:
        """``refunded`` is the sum of all earlier refunds."""
        is_rest = refunded + amount == self.amount
        self._move("refund_rest" if is_rest else "refund_part")
        self._append(EntryKind.REFUND_SUCCEEDED, reference, amount, now)

    def refund_failed(self, reference: str, amount: Money, now: datetime) -> None:
        self._append(EntryKind.REFUND_FAILED, reference, amount, now)

    def _append(self, kind: EntryKind, key: str, amount: Money, at: datetime) -> None:
        self.entries.append(PaymentEntry(kind=kind, key=key, amount=amount, at=at))

    def _move(self, move: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("payment", self.state, move) from None


def check_delay(checks: int) -> timedelta:
    """The delay between the ``checks``-th query and the next one.

    >>> check_delay(1).seconds, check_delay(99).seconds
    (30, 300)
    """
    return CHECK_DELAYS[min(checks, len(CHECK_DELAYS) - 1)]
