"""The ledger of payments: append-only entries, and the balances that they sum to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.identifiers import OrderId
from core.domain.money import Money


class EntryKind(StrEnum):
    AUTHORIZED = "authorized"
    VOIDED = "voided"
    CAPTURED = "captured"
    CLOSED = "closed"
    REFUND_REQUESTED = "refund_requested"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    REFUND_REOPENED = "refund_reopened"
    REFUND_REPLACED = "refund_replaced"
    REFUND_REVERSED = "refund_reversed"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REINSTATED = "chargeback_reinstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEntry:
    """One entry of the ledger. Immutable; ``kind`` and ``key`` together are unique.

    ``order_id`` is the order whose share it concerns; None: the whole payment.
    """

    kind: EntryKind
    key: str
    amount: Money
    at: datetime
    order_id: OrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """The sums of a payment. ``authorized`` is not captured yet; ``pending`` are open refunds.

    ``refunded`` includes money that staff returned in another way, and not what came back.
    ``failed`` are refunds that the gateway refused; their amount stays reserved. At most
    ``captured - refunded - pending - failed - charged_back`` can be refunded.
    """

    authorized: Money
    captured: Money
    refunded: Money
    pending: Money
    failed: Money
    charged_back: Money


def balances(entries: Iterable[PaymentEntry], currency: str) -> Balances:
    """Sum the ledger entries of one payment."""
    sums = dict.fromkeys(EntryKind, Money.zero(currency))
    for entry in entries:
        sums[entry.kind] += entry.amount
    succeeded, replaced = sums[EntryKind.REFUND_SUCCEEDED], sums[EntryKind.REFUND_REPLACED]
    failed = sums[EntryKind.REFUND_FAILED] - sums[EntryKind.REFUND_REOPENED]
    authorized = sums[EntryKind.AUTHORIZED] - sums[EntryKind.VOIDED] - sums[EntryKind.CAPTURED]
    return Balances(
        authorized=max(authorized, Money.zero(currency)),
        captured=sums[EntryKind.CAPTURED],
        refunded=succeeded + replaced - sums[EntryKind.REFUND_REVERSED],
        pending=sums[EntryKind.REFUND_REQUESTED] - failed - succeeded - replaced,
        failed=failed,
        charged_back=sums[EntryKind.CHARGEBACK] - sums[EntryKind.CHARGEBACK_REINSTATED],
    )
