"""Shares: what a payment pays of each order of its purchase."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.errors import Invalid
from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.payments.ledger import EntryKind, PaymentEntry

# What reserves or takes money of a share, and what gives it back.
TAKING: Mapping[EntryKind, int] = {
    EntryKind.REFUND_REQUESTED: 1,
    EntryKind.CHARGEBACK: 1,
    EntryKind.REFUND_REVERSED: -1,
    EntryKind.CHARGEBACK_REINSTATED: -1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``instalment`` is the code of the instalment that is paid; empty: the whole order.

    ``released``: the order does not need it. It goes back once the payment is captured.
    """

    order_id: OrderId
    amount: Money
    instalment: str = ""
    released: bool = False


def check_shares(shares: Sequence[Share], amount: Money) -> None:
    """Raises `Invalid` unless each order has one share, and they sum to the amount."""
    total = sum((each.amount for each in shares), Money.zero(amount.currency))
    if not shares or total != amount or len({each.order_id for each in shares}) < len(shares):
        raise Invalid("shares", "The shares of a payment are not its amount.")


def left_of(share: Share, entries: Iterable[PaymentEntry]) -> Money:
    """What neither refunds nor chargebacks have taken of a captured share."""
    taken = sum(
        TAKING.get(each.kind, 0) * each.amount.minor
        for each in entries
        if each.order_id == share.order_id
    )
    return Money(share.amount.minor - taken, share.amount.currency)


def split_chargeback(
    shares: Sequence[Share], entries: Sequence[PaymentEntry], taken: Money
) -> Mapping[OrderId, Money]:
    """Split what a bank took between the orders, in proportion to what is left of their shares.

    Raises:
        Invalid: less is left.
    """
    left = [left_of(each, entries).minor for each in shares]
    if sum(left) < taken.minor:
        raise too_much_taken(Money(sum(left), taken.currency))
    parts = zip(shares, taken.split(left), strict=True)
    return {share.order_id: part for share, part in parts if part.minor}


def too_much_taken(left: Money) -> Invalid:
    return Invalid("taken", "Only {left} of this payment is left. Enter a lower amount.", left=left)
