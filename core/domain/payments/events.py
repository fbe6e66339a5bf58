"""Events of money that a bank moves: chargebacks, and refunds that come back."""

from dataclasses import dataclass

from core.domain.events import Event
from core.domain.identifiers import OrderId, PaymentId, RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChargedBack(Event):
    """The buyer's bank took money of the payment back."""

    order_id: OrderId
    payment_id: PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackReinstated(Event):
    """The bank decided for the shop, and the money of a chargeback came back."""

    order_id: OrderId
    payment_id: PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReversed(Event):
    """The money of a refund came back to the shop. The buyer is still owed it."""

    order_id: OrderId
    refund_id: RefundId
