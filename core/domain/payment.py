"""One attempt to be paid for an order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.errors import IllegalTransition, PaymentMismatch
from core.domain.identifiers import OrderId, PaymentId
from core.domain.money import Money


class PaymentState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    PAID = "paid"
    CLOSED = "closed"


# Every move an attempt can make. What a gateway repeats is not a move: see `Payment.settle`.
MOVES: dict[tuple[PaymentState, str], PaymentState] = {
    (PaymentState.CREATED, "ask"): PaymentState.PENDING,
    (PaymentState.PENDING, "ask"): PaymentState.PENDING,
    (PaymentState.CREATED, "pay"): PaymentState.PAID,
    (PaymentState.PENDING, "pay"): PaymentState.PAID,
    # The money is there: a close that we believed in does not undo it.
    (PaymentState.CLOSED, "pay"): PaymentState.PAID,
    (PaymentState.CREATED, "close"): PaymentState.CLOSED,
    (PaymentState.PENDING, "close"): PaymentState.CLOSED,
}


@dataclass(slots=True, eq=False, kw_only=True)
class Payment:
    """``reference`` is ours, fixed for the attempt; ``provider_reference`` is the gateway's.

    ``account`` is the merchant account at the gateway that the money must arrive in.
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
    version: int = 0

    def ask(self) -> None:
        self._move("ask")

    def check(self, account: str, amount: Money) -> None:
        """Refuse money that is not the money that was asked for.

        Raises:
            PaymentMismatch: another account, another amount or another currency.
        """
        if account != self.account:
            raise PaymentMismatch(self.reference, "another account")
        if amount != self.amount:
            raise PaymentMismatch(self.reference, "another amount")

    def settle(self, provider_reference: str, paid_at: datetime) -> bool:
        """The gateway says that it was paid; false if we knew."""
        if self.state is PaymentState.PAID:
            return False
        self._move("pay")
        self.provider_reference = provider_reference
        self.paid_at = paid_at
        return True

    def close(self) -> None:
        self._move("close")

    def _move(self, move: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("payment", self.state, move) from None
