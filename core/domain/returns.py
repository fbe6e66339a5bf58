"""A return: goods that a customer sends back, and the inspection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.errors import IllegalTransition, Invalid
from core.domain.events import Event, ReturnChanged
from core.domain.identifiers import DataKeyId, LineKey, OrderId, ReturnId
from core.domain.text import check_length

MAX_NOTE_LENGTH = 500
MAX_TRACKING_LENGTH = 64


class ReturnState(StrEnum):
    """``REFUND_PENDING``: the refund is requested; ``REFUNDED``: the customer has the money."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RECEIVED = "received"
    INSPECTED = "inspected"
    REFUND_PENDING = "refund_pending"
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
    (ReturnState.INSPECTED, "refund"): ReturnState.REFUND_PENDING,
    (ReturnState.REFUND_PENDING, "complete_refund"): ReturnState.REFUNDED,
    (ReturnState.INSPECTED, "exchange"): ReturnState.EXCHANGED,
    (ReturnState.INSPECTED, "reject"): ReturnState.REJECTED,
}

OPEN = frozenset(
    {
        ReturnState.REQUESTED,
        ReturnState.APPROVED,
        ReturnState.RECEIVED,
        ReturnState.INSPECTED,
    }
)
"""Its units are neither refunded nor exchanged yet, and may be."""


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
    """The request of a customer: units by line, reason and remedy."""

    quantities: Mapping[LineKey, int]
    reason: ReturnReason
    remedy: Remedy
    note: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Return:
    """``accepted`` are the units that passed the inspection; None before it.

    ``restocked``: the accepted units can be sold again. ``data_key_id`` is the data key of the
    order; it encrypts ``note`` and ``answer``.
    """

    id: ReturnId
    number: str
    order_id: OrderId
    quantities: Mapping[LineKey, int]
    reason: ReturnReason
    remedy: Remedy
    requested_at: datetime
    note: str = ""
    tracking_number: str = ""
    accepted: Mapping[LineKey, int] | None = None
    restocked: bool = False
    data_key_id: DataKeyId | None = None
    answer: str = ""
    state: ReturnState = ReturnState.REQUESTED
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.quantities or min(self.quantities.values()) < 1:
            raise Invalid("quantity", "Choose the items to return.")
        check_length("note", self.note, MAX_NOTE_LENGTH)

    def requested(self) -> None:
        self._add_event(self.requested_at)

    def approve(self, now: datetime) -> None:
        self._move("approve", now)

    def reject(self, answer: str, now: datetime) -> None:
        """Raises `Invalid` if the answer is too long."""
        check_length("answer", answer, MAX_NOTE_LENGTH)
        self.answer = answer
        self._move("reject", now)

    def withdraw(self, now: datetime) -> None:
        self._move("withdraw", now)

    def receive(self, tracking_number: str, now: datetime) -> None:
        """Raises `Invalid` if the tracking number is too long."""
        check_length("tracking_number", tracking_number, MAX_TRACKING_LENGTH)
        self.tracking_number = tracking_number
        self._move("receive", now)

    def inspect(self, accepted: Mapping[LineKey, int], now: datetime, *, restock: bool) -> None:
        """Record the accepted units, at most the returned units. Raises `Invalid`."""
        for key, units in accepted.items():
            if not 0 <= units <= self.quantities.get(key, 0):
                raise Invalid("accepted", "Line {line}: fewer items were returned.", line=key)
        self.accepted = {key: units for key, units in accepted.items() if units}
        self.restocked = restock and bool(self.accepted)
        self._move("inspect", now)

    def refund(self, now: datetime) -> None:
        """The refund is requested."""
        self._finish("refund", now)

    def complete_refund(self, now: datetime) -> None:
        """The customer has the money."""
        self._move("complete_refund", now)

    def exchange(self, now: datetime) -> None:
        self._finish("exchange", now)

    def _finish(self, move: str, now: datetime) -> None:
        if not self.accepted:
            raise IllegalTransition("return", self.state, move)
        self._move(move, now)

    def _move(self, move: str, now: datetime) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("return", self.state, move) from None
        self._add_event(now)

    def _add_event(self, now: datetime) -> None:
        self.events.append(ReturnChanged(order_id=self.order_id, return_id=self.id, at=now))
