"""Matching what orders, our ledger and a gateway's statement say of one day."""

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
    """``LATE``: both have it, on different days. ``ORDER``: paid, and its order is not."""

    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    AMOUNT = "amount"
    FEE = "fee"
    LATE = "late"
    DOUBLED = "doubled"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of money, ours or theirs. ``fee`` and the order are known to one side."""

    side: Side
    reference: str
    amount: Money
    at: datetime
    refund_reference: str = ""
    fee: Money | None = None
    order_number: str = ""
    order_state: OrderState | None = None
    given_back: bool = False

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
    """``lines`` is how many movements the statement has; amounts are the statement's."""

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
    elsewhere: Mapping[tuple[Side, str, str], Movement],
    fee_basis_points: int | None,
) -> tuple[Difference, ...]:
    """Every difference, payments before refunds.

    ``elsewhere`` are our movements of other days that the statement speaks of.
    """
    found = [
        *_missing(ours, theirs, elsewhere),
        *_unlike(ours, theirs, fee_basis_points),
        *_doubled(theirs),
        *_orders(ours),
    ]
    return tuple(sorted(found, key=lambda each: (each.side, each.kind, each.reference)))


def _missing(
    ours: Sequence[Movement],
    theirs: Sequence[Movement],
    elsewhere: Mapping[tuple[Side, str, str], Movement],
) -> Iterator[Difference]:
    known, stated = {each.key for each in ours}, {each.key for each in theirs}
    for own in ours:
        if own.key not in stated:
            yield _difference(DifferenceKind.ONLY_OURS, own=own)
    for each in theirs:
        if each.key not in known:
            other = elsewhere.get(each.key)
            kind = DifferenceKind.ONLY_THEIRS if other is None else DifferenceKind.LATE
            yield _difference(kind, own=other, their=each)


def _unlike(
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


def _doubled(theirs: Sequence[Movement]) -> Iterator[Difference]:
    counts = Counter(each.key for each in theirs)
    for each in {each.key: each for each in theirs}.values():
        if counts[each.key] > 1:
            yield _difference(DifferenceKind.DOUBLED, their=each)


def _orders(ours: Sequence[Movement]) -> Iterator[Difference]:
    """Money that is here, for an order that says it is not, and that is not going back."""
    unpaid = {OrderState.PLACED, OrderState.CANCELLED}
    for own in ours:
        if own.side is Side.PAYMENT and own.order_state in unpaid and not own.given_back:
            yield _difference(DifferenceKind.ORDER, own=own)


def fee_of(amount: Money, basis_points: int) -> Money:
    """Rounded half up to a whole minor unit; gateways round either way, so one is tolerated.

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
