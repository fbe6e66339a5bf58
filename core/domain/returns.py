"""Goods on their way back, and who may send them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from core.domain.errors import IllegalTransition, Invalid, ReturnRefused
from core.domain.events import Event, ReturnChanged
from core.domain.identifiers import DataKeyId, OrderId, ReturnId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order

CHINA_TIME = timezone(timedelta(hours=8))
NO_REASON_DAYS = 7
QUALITY_DAYS = 15
LONGEST_NOTE = 500


class ReturnState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    RECEIVED = "received"
    INSPECTED = "inspected"
    REFUNDED = "refunded"
    EXCHANGED = "exchanged"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


# Every move a return can make. A move that is not here raises.
MOVES: dict[tuple[ReturnState, str], ReturnState] = {
    (ReturnState.REQUESTED, "approve"): ReturnState.APPROVED,
    (ReturnState.REQUESTED, "reject"): ReturnState.REJECTED,
    (ReturnState.REQUESTED, "withdraw"): ReturnState.WITHDRAWN,
    (ReturnState.APPROVED, "withdraw"): ReturnState.WITHDRAWN,
    (ReturnState.APPROVED, "receive"): ReturnState.RECEIVED,
    (ReturnState.RECEIVED, "inspect"): ReturnState.INSPECTED,
    (ReturnState.INSPECTED, "refund"): ReturnState.REFUNDED,
    (ReturnState.INSPECTED, "exchange"): ReturnState.EXCHANGED,
    (ReturnState.INSPECTED, "reject"): ReturnState.REJECTED,
}

OVER = frozenset({ReturnState.REJECTED, ReturnState.WITHDRAWN})


class ReturnReason(StrEnum):
    NO_REASON = "no_reason"
    DAMAGED = "damaged"
    WRONG_GOODS = "wrong_goods"
    NOT_AS_DESCRIBED = "not_as_described"


class Remedy(StrEnum):
    """What the customer wants for the goods."""

    REFUND = "refund"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInput:
    """What somebody asks to send back: units by SKU, why, and what for."""

    quantities: Mapping[Sku, int]
    reason: ReturnReason
    remedy: Remedy
    note: str = ""


Rule = Callable[[Order, ReturnInput, datetime], str]
"""Why the wish cannot be granted, as a stable code; empty if it can."""


def delivered(order: Order, _wish: ReturnInput, _now: datetime) -> str:
    return "" if order.delivered_at is not None else "not_delivered"


def in_time(order: Order, details: ReturnInput, now: datetime) -> str:
    """Whole days after the day of delivery, in China's time: the day itself does not count."""
    days = NO_REASON_DAYS if details.reason is ReturnReason.NO_REASON else QUALITY_DAYS
    arrived = order.delivered_at
    if arrived is None:
        return ""
    last = arrived.astimezone(CHINA_TIME).date() + timedelta(days=days)
    return "" if now.astimezone(CHINA_TIME).date() <= last else "too_late"


def not_excepted(order: Order, details: ReturnInput, _now: datetime) -> str:
    if details.reason is not ReturnReason.NO_REASON:
        return ""
    excepted = (order.line(sku).return_exception for sku in details.quantities)
    return "excepted" if any(excepted) else ""


POLICY: tuple[Rule, ...] = (delivered, in_time, not_excepted)
"""The shop's rules of returns: the seven days without a reason, and their exceptions."""


def check_policy(order: Order, details: ReturnInput, now: datetime) -> None:
    """Raises `ReturnRefused` with the first rule that stands against it."""
    for rule in POLICY:
        if code := rule(order, details, now):
            raise ReturnRefused(code)


@dataclass(slots=True, eq=False, kw_only=True)
class Return:
    """``accepted`` are the units that passed the inspection; None before it.

    ``restocked`` tells whether they can be sold again. ``person`` is whose key seals what was
    written: the order's.
    """

    id: ReturnId
    number: str
    order_id: OrderId
    quantities: Mapping[Sku, int]
    reason: ReturnReason
    remedy: Remedy
    requested_at: datetime
    note: str = ""
    tracking_number: str = ""
    accepted: Mapping[Sku, int] | None = None
    restocked: bool = False
    data_key_id: DataKeyId | None = None
    answer: str = ""
    state: ReturnState = ReturnState.REQUESTED
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.quantities or min(self.quantities.values()) < 1:
            raise Invalid("quantity", "Choose the items to return.")
        if len(self.note) > LONGEST_NOTE or len(self.answer) > LONGEST_NOTE:
            raise Invalid("note", "Use at most {most} characters.", most=LONGEST_NOTE)

    def requested(self) -> None:
        self._tell(self.requested_at)

    def approve(self, now: datetime) -> None:
        self._move("approve", now)

    def reject(self, answer: str, now: datetime) -> None:
        self.answer = answer[:LONGEST_NOTE]
        self._move("reject", now)

    def withdraw(self, now: datetime) -> None:
        self._move("withdraw", now)

    def receive(self, tracking_number: str, now: datetime) -> None:
        self.tracking_number = tracking_number[:64]
        self._move("receive", now)

    def inspect(self, accepted: Mapping[Sku, int], now: datetime, *, restock: bool) -> None:
        """What of it is taken back, no more than was sent; zero units are none."""
        for sku, units in accepted.items():
            if not 0 <= units <= self.quantities.get(sku, 0):
                raise Invalid("accepted", "“{sku}”: fewer items were returned.", sku=sku)
        self.accepted = {sku: units for sku, units in accepted.items() if units}
        self.restocked = restock and bool(self.accepted)
        self._move("inspect", now)

    def refund(self, now: datetime) -> None:
        self._settle("refund", now)

    def exchange(self, now: datetime) -> None:
        self._settle("exchange", now)

    def worth(self, order: Order) -> Money:
        """What the accepted units were paid with."""
        return sum(
            (order.line(sku).unit_price * units for sku, units in (self.accepted or {}).items()),
            Money.zero(order.currency),
        )

    def _settle(self, move: str, now: datetime) -> None:
        if not self.accepted:
            raise IllegalTransition("return", self.state, move)
        self._move(move, now)

    def _move(self, move: str, now: datetime) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("return", self.state, move) from None
        self._tell(now)

    def _tell(self, now: datetime) -> None:
        self.events.append(ReturnChanged(order_id=self.order_id, return_id=self.id, at=now))
