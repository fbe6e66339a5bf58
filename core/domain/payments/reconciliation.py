"""Reconciliation: compare orders, ledger and the gateway's statement of one day."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.domain.money import Money
from core.domain.orders.states import OrderState


class Side(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class DifferenceKind(StrEnum):
    """``LATE``: both sides have it, on different days. ``ORDER``: paid, but its order is unpaid."""

    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    AMOUNT = "amount"
    FEE = "fee"
    LATE = "late"
    DOUBLED = "doubled"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of money, from our ledger or from the statement.

    Only the statement has ``fee``. Only the ledger has the order, ``has_refund``, and
    ``has_instalment``: the money is a part of the total, and the order waits for the rest.
    """

    side: Side
    reference: str
    amount: Money
    at: datetime
    refund_reference: str = ""
    fee: Money | None = None
    order_number: str = ""
    order_state: OrderState | None = None
    has_refund: bool = False
    has_instalment: bool = False

    @property
    def lacks_order(self) -> bool:
        """Whether the money was kept, and its order is not paid."""
        unpaid = self.order_state in {OrderState.PLACED, OrderState.CANCELLED}
        kept = self.side is Side.PAYMENT and not self.has_refund
        waits = self.has_instalment and self.order_state is OrderState.PLACED
        return unpaid and kept and not waits

    @property
    def key(self) -> tuple[Side, str, str]:
        return self.side, self.reference, self.refund_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    kind: DifferenceKind
    side: Side
    reference: str
    refund_reference: str = ""
    order_number: str = ""
    ours: Money | None = None
    theirs: Money | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of one day. ``lines`` and the amounts are those of the statement."""

    gateway: str
    day: date
    made_at: datetime
    lines: int
    payments: Money
    refunds: Money
    fees: Money
    differences: tuple[Difference, ...]


def compare(
    ours: Sequence[Movement],
    theirs: Sequence[Movement],
    other_days: Mapping[tuple[Side, str, str], Movement],
    fee_basis_points: int | None,
) -> tuple[Difference, ...]:
    """All differences, payments before refunds.

    ``other_days`` has our movements of other days that are in the statement.
    """
    differences = [
        *_missing(ours, theirs, other_days),
        *_amounts_and_fees(ours, theirs, fee_basis_points),
        *_duplicates(theirs),
        *_unpaid_orders(ours),
    ]
    return tuple(sorted(differences, key=lambda each: (each.side, each.kind, each.reference)))


def _missing(
    ours: Sequence[Movement],
    theirs: Sequence[Movement],
    other_days: Mapping[tuple[Side, str, str], Movement],
) -> Iterator[Difference]:
    our_keys, their_keys = {each.key for each in ours}, {each.key for each in theirs}
    for own in ours:
        if own.key not in their_keys:
            yield _difference(DifferenceKind.ONLY_OURS, own=own)
    for each in theirs:
        if each.key not in our_keys:
            other = other_days.get(each.key)
            kind = DifferenceKind.ONLY_THEIRS if other is None else DifferenceKind.LATE
            yield _difference(kind, own=other, their=each)


def _amounts_and_fees(
    ours: Sequence[Movement], theirs: Sequence[Movement], fee_basis_points: int | None
) -> Iterator[Difference]:
    by_key = {each.key: each for each in ours}
    for each in theirs:
        own = by_key.get(each.key)
        if own is not None and own.amount != each.amount:
            yield _difference(DifferenceKind.AMOUNT, own=own, their=each)
        if each.side is Side.PAYMENT and fee_basis_points is not None and each.fee is not None:
            expected = fee_of(each.amount, fee_basis_points)
            if abs(each.fee.minor - expected.minor) > 1:
                yield Difference(
                    kind=DifferenceKind.FEE,
                    side=each.side,
                    reference=each.reference,
                    ours=expected,
                    theirs=each.fee,
                    at=each.at,
                )


def _duplicates(theirs: Sequence[Movement]) -> Iterator[Difference]:
    counts = Counter(each.key for each in theirs)
    for each in {each.key: each for each in theirs}.values():
        if counts[each.key] > 1:
            yield _difference(DifferenceKind.DOUBLED, their=each)


def _unpaid_orders(ours: Sequence[Movement]) -> Iterator[Difference]:
    """Payments without a refund whose order is not paid."""
    for own in ours:
        if own.lacks_order:
            yield _difference(DifferenceKind.ORDER, own=own)


def fee_of(amount: Money, basis_points: int) -> Money:
    """The expected fee, rounded half up. Callers tolerate one minor unit of difference.

    >>> fee_of(Money(1990, "CNY"), 60)
    Money(minor=12, currency='CNY')
    """
    return Money((amount.minor * basis_points + 5_000) // 10_000, amount.currency)


def _difference(
    kind: DifferenceKind, *, own: Movement | None = None, their: Movement | None = None
) -> Difference:
    either = own or their
    assert either is not None
    return Difference(
        kind=kind,
        side=either.side,
        reference=either.reference,
        refund_reference=either.refund_reference,
        order_number=own.order_number if own else "",
        ours=own.amount if own else None,
        theirs=their.amount if their else None,
        at=(their or either).at,
    )
