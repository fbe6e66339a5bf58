"""A payment: one attempt to be paid for a purchase."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import IllegalTransition, Invalid, PaymentMismatch
from core.domain.identifiers import OrderId, PaymentId, PurchaseId
from core.domain.money import Money
from core.domain.payments.ledger import EntryKind, PaymentEntry
from core.domain.payments.refund import Refund
from core.domain.payments.shares import Share, check_shares


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
    # The money of a refund came back; of all refunds with the second move.
    (PaymentState.PARTLY_REFUNDED, "reverse_part"): PaymentState.PARTLY_REFUNDED,
    (PaymentState.PARTLY_REFUNDED, "reverse_rest"): PaymentState.PAID,
    (PaymentState.REFUNDED, "reverse_part"): PaymentState.PARTLY_REFUNDED,
    (PaymentState.REFUNDED, "reverse_rest"): PaymentState.PAID,
}


OPEN = frozenset({PaymentState.CREATED, PaymentState.PENDING})
UNCAPTURED = frozenset({PaymentState.AUTHORIZED, PaymentState.CAPTURING, PaymentState.VOIDING})
CAPTURED = frozenset({PaymentState.PAID, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED})

CASE = re.compile(r"[A-Za-z0-9-]{1,64}")
"""The numbers that providers give to chargebacks."""

CHECK_DELAYS = tuple(timedelta(seconds=each) for each in (10, 30, 60, 120, 300))
"""Delays between queries at the gateway; the last one repeats."""

ASK_INTERVAL = timedelta(seconds=4)
"""Shortest interval between queries of one payment for the pages of its order."""

AUTHORIZATION_CHECK_INTERVAL = timedelta(hours=1)
"""Interval between queries of an authorized payment."""


@dataclass(slots=True, eq=False, kw_only=True)
class Payment:
    """``shares`` are what it pays of each order, by the ids of the orders.

    ``reference`` is the shop's number of the attempt, ``provider_reference`` the gateway's.

    ``account`` is the merchant account that must receive the money. ``check_at`` is the time
    of the next query at the gateway, None if there is none; ``checks`` is the number of
    queries. ``asked_at`` is the time of the last query for a page, None if there was none.
    ``entries`` are new lines for the ledger.
    """

    id: PaymentId
    purchase_id: PurchaseId
    shares: tuple[Share, ...]
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
    asked_at: datetime | None = None
    version: int = 0
    entries: list[PaymentEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        check_shares(self.shares, self.amount)

    def share_of(self, order_id: OrderId) -> Share | None:
        return next((each for each in self.shares if each.order_id == order_id), None)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def may_be_asked(self, now: datetime) -> bool:
        """Whether a page can query the gateway: buyers open and refresh their pages often."""
        return self.asked_at is None or self.asked_at + ASK_INTERVAL <= now

    def submit(self, now: datetime) -> None:
        self._move("submit")
        self.check_at = now + CHECK_DELAYS[0]

    def check(self, account: str, amount: Money | None) -> None:
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

    def release_share(self, order_id: OrderId, now: datetime) -> None:
        """The order does not need its share. Without a share that is needed, ask for the void."""
        self.shares = tuple(
            replace(each, released=True) if each.order_id == order_id else each
            for each in self.shares
        )
        if all(each.released for each in self.shares):
            self.request_void(now)

    def void(self, now: datetime) -> None:
        """Record that the authorization ended without a capture."""
        self._move("void")
        self.check_at = None
        self._append(EntryKind.VOIDED, self.reference, self.amount, now)

    def mark_paid(self, provider_reference: str, paid_at: datetime) -> bool:
        """Record the payment. Idempotent: returns false if it was recorded before.

        Raises:
            PaymentMismatch: it was paid by another trade; the money came twice.
        """
        if self.state in CAPTURED:
            if provider_reference not in {"", self.provider_reference}:
                raise PaymentMismatch(self.reference, "another trade number")
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

    def refund_requested(self, refund: Refund, now: datetime) -> None:
        if self.state not in CAPTURED:
            raise IllegalTransition("payment", self.state, "refund")
        self._append_refund(EntryKind.REFUND_REQUESTED, refund, now)

    def refund_succeeded(self, refund: Refund, refunded: Money, now: datetime) -> None:
        """``refunded`` is the sum of all earlier refunds."""
        self._return(refund.amount, refunded)
        self._append_refund(EntryKind.REFUND_SUCCEEDED, refund, now)

    def refund_replaced(self, refund: Refund, refunded: Money, now: datetime) -> None:
        """Like `refund_succeeded`, for money that staff returned in another way."""
        self._return(refund.amount, refunded)
        self._append_refund(EntryKind.REFUND_REPLACED, refund, now)

    def refund_failed(self, refund: Refund, now: datetime) -> None:
        self._append_refund(EntryKind.REFUND_FAILED, refund, now, f".{refund.version}")

    def refund_reopened(self, refund: Refund, now: datetime) -> None:
        """A refund leaves its failure: it is retried, replaced, or succeeds late."""
        self._append_refund(EntryKind.REFUND_REOPENED, refund, now, f".{refund.version}")

    def refund_reversed(self, refund: Refund, refunded: Money, now: datetime) -> None:
        """The money of a refund came back. ``refunded`` is the sum of all refunds with it."""
        self._move("reverse_rest" if refunded == refund.amount else "reverse_part")
        self._append_refund(EntryKind.REFUND_REVERSED, refund, now)

    def charge_back(self, case: str, taken: Mapping[OrderId, Money], now: datetime) -> None:
        """The bank took money of shares. ``case`` is the provider's number of the chargeback."""
        for number, (order_id, amount) in enumerate(taken.items()):
            # The first entry has the number alone: its unique key is that of the case.
            key = f"{case}.{number}" if number else case
            self._append(EntryKind.CHARGEBACK, key, amount, now, order_id)

    def check_chargeback(self, case: str) -> None:
        """Raises `Invalid` for the number, or `IllegalTransition` if nothing is captured."""
        if not CASE.fullmatch(case):
            raise Invalid("case", "Use 1 to 64 letters, digits and hyphens.")
        if self.state not in CAPTURED:
            raise IllegalTransition("payment", self.state, "charge_back")

    def reinstate_chargeback(self, taken: Iterable[PaymentEntry], now: datetime) -> None:
        """The bank gave the money of a chargeback back: of all its entries."""
        for each in taken:
            self._append(EntryKind.CHARGEBACK_REINSTATED, each.key, each.amount, now, each.order_id)

    def _return(self, amount: Money, refunded: Money) -> None:
        is_rest = refunded + amount == self.amount
        self._move("refund_rest" if is_rest else "refund_part")

    def _append_refund(
        self, kind: EntryKind, refund: Refund, at: datetime, suffix: str = ""
    ) -> None:
        """A refund can fail, and be retried, more than once: ``suffix`` tells its entries apart."""
        key = f"{refund.reference}{suffix}"
        self._append(kind, key, refund.amount, at, refund.paid_order_id)

    def _append(
        self,
        kind: EntryKind,
        key: str,
        amount: Money,
        at: datetime,
        order_id: OrderId | None = None,
    ) -> None:
        self.entries.append(
            PaymentEntry(kind=kind, key=key, amount=amount, at=at, order_id=order_id)
        )

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
