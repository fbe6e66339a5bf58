"""The balances of an order's money, computed again from every event of its payments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from itertools import accumulate

from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.payments.ledger import Balances, EntryKind, PaymentEntry, balances
from core.domain.payments.payment import Payment, PaymentState


class Action(StrEnum):
    AUTHORIZE = "authorize"
    CHARGE = "charge"
    REFUND = "refund"
    CANCEL = "cancel"


class Step(StrEnum):
    """``ADJUSTED``: the authorized amount is now this one, whatever it was before.

    ``REVERSED`` undoes a charge (a chargeback) or a refund (the money came back).
    ``REINSTATED``: a chargeback is reversed.
    """

    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ADJUSTED = "adjusted"
    REVERSED = "reversed"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyEvent:
    """One step of an action at a gateway. ``key`` is the same for all steps of the action."""

    action: Action
    step: Step
    key: str
    amount: Money
    at: datetime


class Cover(StrEnum):
    """How much of what an order costs is covered."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"
    OVERCHARGED = "overcharged"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBalances:
    """Where the money of an order is now: each amount is in one balance.

    A requested charge leaves ``authorized`` and a requested refund leaves ``charged``, so
    ``charged`` is what was paid less what was refunded.
    """

    authorized: Money
    authorize_pending: Money
    charged: Money
    charge_pending: Money
    refunded: Money
    refund_pending: Money
    cancelled: Money
    cancel_pending: Money

    def outstanding(self, total: Money, reimbursed: Money) -> Money:
        """What the buyer still owes; below zero, what the shop owes.

        ``reimbursed`` is the part of ``total`` that the shop gave up, such as for returned goods.
        """
        return total - reimbursed - self.charged

    def charge_status(self, total: Money, reimbursed: Money) -> Cover:
        return _cover(self.charged, total - reimbursed)

    def authorize_status(self, total: Money, reimbursed: Money) -> Cover:
        """Authorized and charged money together."""
        return _cover(self.authorized + self.charged, total - reimbursed)


# The balances that an action is in when it is pending and when it succeeded, and the one that
# its amount leaves.
PLACES: Mapping[Action, tuple[str, str, str]] = {
    Action.AUTHORIZE: ("authorize_pending", "authorized", ""),
    Action.CHARGE: ("charge_pending", "charged", "authorized"),
    Action.REFUND: ("refund_pending", "refunded", "charged"),
    Action.CANCEL: ("cancel_pending", "cancelled", "authorized"),
}

LEDGER: Mapping[EntryKind, tuple[Action, Step]] = {
    EntryKind.AUTHORIZED: (Action.AUTHORIZE, Step.SUCCEEDED),
    EntryKind.VOIDED: (Action.CANCEL, Step.SUCCEEDED),
    EntryKind.CAPTURED: (Action.CHARGE, Step.SUCCEEDED),
    EntryKind.REFUND_REQUESTED: (Action.REFUND, Step.REQUESTED),
    EntryKind.REFUND_SUCCEEDED: (Action.REFUND, Step.SUCCEEDED),
    EntryKind.REFUND_REPLACED: (Action.REFUND, Step.SUCCEEDED),
    EntryKind.REFUND_FAILED: (Action.REFUND, Step.FAILED),
    EntryKind.REFUND_REOPENED: (Action.REFUND, Step.REQUESTED),
    EntryKind.REFUND_REVERSED: (Action.REFUND, Step.REVERSED),
    EntryKind.CHARGEBACK: (Action.CHARGE, Step.REVERSED),
    EntryKind.CHARGEBACK_REINSTATED: (Action.CHARGE, Step.REINSTATED),
}

# The states of a payment that wait for the gateway; the ledger has no entry for them.
WAITING: Mapping[PaymentState, Action] = {
    PaymentState.PENDING: Action.CHARGE,
    PaymentState.CAPTURING: Action.CHARGE,
    PaymentState.VOIDING: Action.CANCEL,
}


@dataclass(frozen=True, slots=True)
class PaymentLedger:
    """A payment, and its ledger entries, oldest first."""

    payment: Payment
    entries: tuple[PaymentEntry, ...] = ()

    @property
    def sums(self) -> Balances:
        return balances(self.entries, self.payment.amount.currency)


def payment_events(
    payment: Payment, entries: Sequence[PaymentEntry], order_id: OrderId
) -> tuple[MoneyEvent, ...]:
    """The events of an order's share of a payment: its ledger, and the request it waits for."""
    share = payment.share_of(order_id)
    if share is None:
        return ()
    # The ledger has the order: a gateway's time of a success can be before our request.
    times = accumulate((entry.at for entry in entries), max)
    events = [
        MoneyEvent(
            action=LEDGER[entry.kind][0],
            step=LEDGER[entry.kind][1],
            # A refund that fails twice has two entries: the part after the dot tells them apart.
            key=entry.key.partition(".")[0],
            amount=share.amount if entry.order_id is None else entry.amount,
            at=at,
        )
        for entry, at in zip(entries, times, strict=True)
        if entry.kind in LEDGER and entry.order_id in {None, order_id}
    ]
    if payment.state in WAITING:
        events.append(
            MoneyEvent(
                action=WAITING[payment.state],
                step=Step.REQUESTED,
                key=payment.reference,
                amount=share.amount,
                at=max((entry.at for entry in entries), default=payment.created_at),
            )
        )
    return tuple(events)


def order_balances(payments: Iterable[Iterable[MoneyEvent]], currency: str) -> MoneyBalances:
    """Sum the balances of the payments of an order; each has its own events."""
    sums = {field.name: Money.zero(currency) for field in fields(MoneyBalances)}
    for events in payments:
        for name, amount in _balances(events, currency).items():
            sums[name] += amount
    return MoneyBalances(**sums)


def _balances(events: Iterable[MoneyEvent], currency: str) -> dict[str, Money]:
    """The last step of an action counts, so a late failure undoes a success."""
    zero = Money.zero(currency)
    sums = {field.name: zero for field in fields(MoneyBalances)}
    last: dict[tuple[Action, str], MoneyEvent] = {}
    for event in _since_adjustment(sorted(events, key=lambda event: event.at)):
        match event.step:
            case Step.ADJUSTED:
                sums["authorized"] = event.amount
            case Step.REVERSED if event.action is Action.REFUND:
                sums["refunded"] -= event.amount
                sums["charged"] += event.amount
            case Step.REVERSED:
                sums["charged"] -= event.amount
            case Step.REINSTATED:
                sums["charged"] += event.amount
            case _:
                last[event.action, event.key] = event
    for event in last.values():
        pending, done, source = PLACES[event.action]
        if event.step is Step.FAILED:
            continue
        sums[pending if event.step is Step.REQUESTED else done] += event.amount
        if source:
            sums[source] -= event.amount
    # Money that is charged at once was never authorized.
    sums["authorized"] = max(sums["authorized"], zero)
    return sums


def _since_adjustment(events: Sequence[MoneyEvent]) -> Iterable[MoneyEvent]:
    """Without the authorizations before the last adjustment, which replaces them."""
    adjusted = [number for number, event in enumerate(events) if event.step is Step.ADJUSTED]
    begin = adjusted[-1] if adjusted else 0
    return (
        event
        for number, event in enumerate(events)
        if event.action is not Action.AUTHORIZE or number >= begin
    )


def _cover(amount: Money, due: Money) -> Cover:
    if amount == due:
        return Cover.FULL
    if due < amount:
        return Cover.OVERCHARGED
    return Cover.PARTIAL if amount.minor > 0 else Cover.NONE
