"""One attempt to be paid for an order, and the ledger of what became of its money."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import IllegalTransition, PaymentMismatch
from core.domain.identifiers import OrderId, PaymentId
from core.domain.money import Money


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


# Every move an attempt can make. What a gateway repeats is not a move: see `Payment.settle`.
MOVES: dict[tuple[PaymentState, str], PaymentState] = {
    (PaymentState.CREATED, "ask"): PaymentState.PENDING,
    (PaymentState.PENDING, "ask"): PaymentState.PENDING,
    (PaymentState.CREATED, "pay"): PaymentState.PAID,
    (PaymentState.PENDING, "pay"): PaymentState.PAID,
    # The money is there: a close that we believed in does not undo it.
    (PaymentState.CLOSED, "pay"): PaymentState.PAID,
    (PaymentState.CREATED, "authorize"): PaymentState.AUTHORIZED,
    (PaymentState.PENDING, "authorize"): PaymentState.AUTHORIZED,
    (PaymentState.CLOSED, "authorize"): PaymentState.AUTHORIZED,
    (PaymentState.AUTHORIZED, "capture"): PaymentState.CAPTURING,
    (PaymentState.CAPTURING, "capture"): PaymentState.CAPTURING,
    (PaymentState.CAPTURING, "keep"): PaymentState.AUTHORIZED,
    (PaymentState.AUTHORIZED, "release"): PaymentState.VOIDING,
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


CHECK_AFTER = tuple(timedelta(seconds=each) for each in (10, 30, 60, 120, 300))
"""How long to wait before asking a gateway by ourselves; the last one repeats."""


CHECK_AUTHORIZED_AFTER = timedelta(hours=1)
"""How often to ask whether money that is held is still held."""


class EntryKind(StrEnum):
    AUTHORIZED = "authorized"
    VOIDED = "voided"
    CAPTURED = "captured"
    CLOSED = "closed"
    REFUND_REQUESTED = "refund_requested"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEntry:
    """One line of the ledger, never changed. One ``key`` a kind: the same twice cannot be."""

    kind: EntryKind
    key: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """``authorized`` is held and not yet taken; ``pending`` is being refunded.

    ``captured - refunded - pending`` can still be refunded.
    """

    authorized: Money
    captured: Money
    refunded: Money
    pending: Money


def balances(entries: Iterable[PaymentEntry], currency: str) -> Balances:
    """What the ledger of one payment adds up to."""
    sums = dict.fromkeys(EntryKind, Money.zero(currency))
    for entry in entries:
        sums[entry.kind] += entry.amount
    succeeded = sums[EntryKind.REFUND_SUCCEEDED]
    held = sums[EntryKind.AUTHORIZED] - sums[EntryKind.VOIDED] - sums[EntryKind.CAPTURED]
    return Balances(
        authorized=max(held, Money.zero(currency)),
        captured=sums[EntryKind.CAPTURED],
        refunded=succeeded,
        pending=sums[EntryKind.REFUND_REQUESTED] - succeeded - sums[EntryKind.REFUND_FAILED],
    )


@dataclass(slots=True, eq=False, kw_only=True)
class Payment:
    """``reference`` is ours, fixed for the attempt; ``provider_reference`` is the gateway's.

    ``account`` is the merchant account at the gateway that the money must arrive in.
    ``check_at`` is when we ask by ourselves, None when there is nothing to ask; ``checks``
    counts how often we did. ``entries`` are new lines for the ledger.
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

    def ask(self, now: datetime) -> None:
        self._move("ask")
        self.check_at = now + CHECK_AFTER[0]

    def check(self, account: str, amount: Money) -> None:
        """Refuse money that is not the money that was asked for.

        Raises:
            PaymentMismatch: another account, another amount or another currency.
        """
        if account != self.account:
            raise PaymentMismatch(self.reference, "another account")
        if amount != self.amount:
            raise PaymentMismatch(self.reference, "another amount")

    def ask_again(self, now: datetime) -> None:
        """There was no answer that ends it: set when to ask next."""
        self.checks += 1
        held = self.state is PaymentState.AUTHORIZED
        self.check_at = now + (CHECK_AUTHORIZED_AFTER if held else wait_before(self.checks))

    def authorize(self, provider_reference: str, now: datetime) -> bool:
        """The gateway says that it holds the money; false if we knew, or know more."""
        if self.state in UNCAPTURED | CAPTURED or self.state is PaymentState.VOIDED:
            return False
        self._move("authorize")
        self.provider_reference = provider_reference
        self.check_at = now + CHECK_AUTHORIZED_AFTER
        self._enter(EntryKind.AUTHORIZED, self.reference, self.amount, now)
        return True

    def capture(self, now: datetime) -> None:
        """About to take what is held; until we know how it went, we ask."""
        self._move("capture")
        self.check_at = now + CHECK_AFTER[0]

    def keep(self, now: datetime) -> None:
        """It was not taken, and is held as before."""
        self._move("keep")
        self.check_at = now + CHECK_AUTHORIZED_AFTER

    def release(self, now: datetime) -> None:
        """Let go of what is held, as soon as a worker comes to it."""
        self._move("release")
        self.check_at = now

    def void(self, now: datetime) -> None:
        """The gateway holds it no longer, and has not taken it."""
        self._move("void")
        self.check_at = None
        self._enter(EntryKind.VOIDED, self.reference, self.amount, now)

    def mark_paid(self, provider_reference: str, paid_at: datetime) -> bool:
        """The gateway says that it was paid; false if we knew."""
        if self.state in CAPTURED:
            return False
        self._move("pay")
        self.provider_reference = provider_reference
        self.paid_at = paid_at
        self.check_at = None
        self._enter(EntryKind.CAPTURED, self.reference, self.amount, paid_at)
        return True

    def close(self, now: datetime) -> None:
        self._move("close")
        self.check_at = None
        self._enter(EntryKind.CLOSED, self.reference, Money.zero(self.amount.currency), now)

    def refund_requested(self, reference: str, amount: Money, now: datetime) -> None:
        if self.state not in CAPTURED:
            raise IllegalTransition("payment", self.state, "refund")
        self._enter(EntryKind.REFUND_REQUESTED, reference, amount, now)

    def refund_succeeded(
        self, reference: str, amount: Money, refunded: Money, now: datetime
    ) -> None:
        """``refunded`` is all that was given back before."""
        whole = refunded + amount == self.amount
        self._move("refund_rest" if whole else "refund_part")
        self._enter(EntryKind.REFUND_SUCCEEDED, reference, amount, now)

    def refund_failed(self, reference: str, amount: Money, now: datetime) -> None:
        self._enter(EntryKind.REFUND_FAILED, reference, amount, now)

    def _enter(self, kind: EntryKind, key: str, amount: Money, at: datetime) -> None:
        self.entries.append(PaymentEntry(kind=kind, key=key, amount=amount, at=at))

    def _move(self, move: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("payment", self.state, move) from None


def wait_before(checks: int) -> timedelta:
    """How long after the ``checks``-th question the next one is due.

    >>> wait_before(1).seconds, wait_before(99).seconds
    (30, 300)
    """
    return CHECK_AFTER[min(checks, len(CHECK_AFTER) - 1)]
