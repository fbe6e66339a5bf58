"""Being paid: what the shop asks of a payment gateway.

A gateway answers for one merchant account and keeps no state that the shop relies on.
Abilities beyond these three calls are separate protocols, so that a gateway
declares what it can do by implementing it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.money import Money
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequest:
    """One attempt to be paid. ``reference`` never changes for it, whatever is retried."""

    reference: str
    amount: Money
    subject: str
    language: str
    expires_at: datetime
    notify_url: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the browser to ``url``."""

    url: str


@dataclass(frozen=True, slots=True)
class FormPost:
    """Have the browser post ``fields`` to ``url``."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QrCode:
    """Show ``text`` as a QR code until ``expires_at``."""

    text: str
    expires_at: datetime


NextAction = Redirect | FormPost | QrCode


class GatewayStatus(StrEnum):
    """``NOT_FOUND`` is not a failure: many gateways know a trade only once the buyer scans."""

    NOT_FOUND = "not_found"
    PENDING = "pending"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPayment:
    """What the gateway knows of a payment. ``amount`` and ``paid_at`` are given once paid."""

    reference: str
    status: GatewayStatus
    account: str
    provider_reference: str = ""
    amount: Money | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawNotification:
    """A notification as it came. Header names are lower-case; ``body`` is not decoded."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification that is surely the gateway's. ``key`` is the same for each repetition."""

    key: str
    payment: GatewayPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The answer that makes a gateway stop, or go on, notifying."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


@runtime_checkable
class PaymentGateway(Protocol):
    """``code`` is stable and short; ``account`` is the merchant account that money arrives in."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> Text: ...

    @property
    def account(self) -> str: ...

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        """Prepare a payment; the answer says what the buyer does next.

        Idempotent by ``request.reference``: the same request again is the same payment.

        Raises:
            Rejected: the gateway will not take this payment.
            Unavailable: nothing happened.
            OutcomeUnknown: `query` before anything else.
        """

    async def query(self, reference: str) -> GatewayPayment:
        """What has become of it. Unknown references are ``NOT_FOUND``, not an error.

        Raises:
            Unavailable: the gateway did not answer.
        """

    async def close(self, reference: str) -> GatewayPayment:
        """Make it impossible to pay any more; a payment that is already paid stays paid.

        Raises:
            Unavailable: nothing happened.
            OutcomeUnknown: `query` before anything else.
        """


@runtime_checkable
class Notifications(Protocol):
    """The gateway tells us by itself. It only says what was said: the core decides."""

    async def verify(self, raw: RawNotification) -> Notification:
        """Read a notification after its signature was checked over the raw bytes.

        Raises:
            BadSignature: forged, expired, or not meant for this account.
        """

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        """What to answer: ``accepted`` stops repetitions, anything else asks for one."""
