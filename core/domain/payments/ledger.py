"""The ledger of payments: append-only entries, and the balances that they sum to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.money import Money


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
    """One entry of the ledger. Immutable; ``kind`` and ``key`` together are unique."""

    kind: EntryKind
    key: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """The sums of a payment. ``authorized`` is not captured yet; ``pending`` are open refunds.

    At most ``captured - refunded - pending`` can be refunded.
    """

    authorized: Money
    captured: Money
    refunded: Money
    pending: Money


def balances(entries: Iterable[PaymentEntry], currency: str) -> Balances:
    """Sum the ledger entries of one payment."""
    sums = dict.fromkeys(EntryKind, Money.zero(currency))
    for entry in entries:
        sums[entry.kind] += entry.amount
    succeeded = sums[EntryKind.REFUND_SUCCEEDED]
    authorized = sums[EntryKind.AUTHORIZED] - sums[EntryKind.VOIDED] - sums[EntryKind.CAPTURED]
    return Balances(
        authorized=max(authorized, Money.zero(currency)),
        captured=sums[EntryKind.CAPTURED],
        refunded=succeeded,
        pending=sums[EntryKind.REFUND_REQUESTED] - succeeded - sums[EntryKind.REFUND_FAILED],
    )
