"""The payment gateway itself: one merchant account at a payment provider.

A gateway keeps no state that the shop relies on. Abilities beyond `PaymentGateway` are
separate protocols: a gateway implements those that it has, and lists them in ``abilities``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.money import Money
from core.domain.text import Text
from ports.payments.abilities import Ability
from ports.payments.purchase import NextAction, PurchaseRequest, Scene


class GatewayStatus(StrEnum):
    """``NOT_FOUND`` is not an error: many providers create the trade when the buyer scans.

    A refunded payment stays ``PAID``; the refund has a status of its own.
    """

    NOT_FOUND = "not_found"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReference:
    """Identifies a payment. Some providers need its number and its creation time together.

    ``amount`` is the requested amount. ``provider_reference`` is the provider's number, empty
    if it is not known.
    """

    reference: str
    amount: Money
    created_at: datetime
    provider_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPayment:
    """The payment as the provider reports it.

    ``amount`` is set once the money is authorized or paid, ``paid_at`` once it is paid.
    """

    reference: str
    status: GatewayStatus
    account: str
    provider_reference: str = ""
    amount: Money | None = None
    paid_at: datetime | None = None


@runtime_checkable
class PaymentGateway(Protocol):
    """``code`` is stable and short; ``account`` is the merchant account that receives the money.

    ``scenes`` are the supported ones, the preferred one first.
    """

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> Text: ...

    @property
    def account(self) -> str: ...

    @property
    def scenes(self) -> tuple[Scene, ...]: ...

    @property
    def abilities(self) -> frozenset[Ability]: ...

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        """Prepare a payment. The result says what the buyer does next.

        Idempotent by ``request.reference``: the same request again is the same payment.

        Raises:
            Rejected: the provider does not accept this payment.
            Unavailable: nothing happened.
            OutcomeUnknown: call `query` before anything else.
        """

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        """Ask for the current status. An unknown reference is ``NOT_FOUND``, not an error.

        Raises:
            Unavailable: the provider did not answer.
        """

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        """Close an unpaid payment, so that it cannot be paid any more.

        An authorized or paid payment does not change; its status is returned.

        Raises:
            Unavailable: nothing happened.
            OutcomeUnknown: call `query` before anything else.
        """
