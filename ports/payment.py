"""Payment gateways.

A gateway object belongs to one merchant account. It keeps no state that the shop depends on.
Abilities beyond `PaymentGateway` are separate protocols. A gateway implements those that it
supports and declares them in ``abilities``.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.money import Money
from core.domain.text import Text


class Scene(StrEnum):
    """Where the buyer pays. It selects the product of the gateway.

    ``WEB``: a browser on a computer. ``MOBILE``: a browser on a phone. ``QR``: a code that a
    phone scans. ``IN_APP``: a page inside the gateway's app. ``APP``: the merchant's app.
    """

    WEB = "web"
    MOBILE = "mobile"
    QR = "qr"
    IN_APP = "in_app"
    APP = "app"


class Ability(StrEnum):
    """What a gateway supports besides purchase and query.

    Without ``CLOSING`` a purchase ends only by its expiry, and `PaymentGateway.close` returns
    the same as a query.
    """

    CLOSING = "closing"
    NOTIFICATIONS = "notifications"
    REFUNDS = "refunds"
    PARTIAL_REFUNDS = "partial_refunds"
    AUTHORIZATIONS = "authorizations"
    STATEMENTS = "statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequest:
    """One payment attempt. A retry has the same ``reference``.

    ``payer`` is the gateway's id of the buyer (an ``openid``), for `Scene.IN_APP`.
    ``client_ip`` is the address of the buyer's browser, for gateways that require it.
    """

    reference: str
    amount: Money
    subject: str
    language: str
    created_at: datetime
    expires_at: datetime
    notify_url: str
    return_url: str
    scene: Scene = Scene.WEB
    payer: str = ""
    client_ip: str = ""


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


@dataclass(frozen=True, slots=True)
class InAppParameters:
    """Parameters that a page passes to the script of the gateway's app."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AppParameters:
    """What the merchant's app passes to the gateway's SDK: one text, or named parameters."""

    parameters: Mapping[str, str]
    text: str = ""


NextAction = Redirect | FormPost | QrCode | InAppParameters | AppParameters
"""What the buyer does next."""


class GatewayStatus(StrEnum):
    """The state of a payment at the gateway.

    ``NOT_FOUND`` is not an error: many gateways create a trade only when the buyer scans the
    code. A refunded payment stays ``PAID``; the refund has its own status.
    """

    NOT_FOUND = "not_found"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    CLOSED = "closed"


class GatewayRefundStatus(StrEnum):
    """The state of a refund. ``PENDING``: accepted, not done. ``FAILED``: it will not be done."""

    NOT_FOUND = "not_found"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReference:
    """Identifies a payment. Some gateways need the number and the time.

    ``amount`` is the requested amount. ``provider_reference`` is the gateway's number, or
    empty if it is not known.
    """

    reference: str
    amount: Money
    created_at: datetime
    provider_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPayment:
    """A payment as the gateway reports it.

    ``amount`` is set once the money is authorized or paid, ``paid_at`` once it is paid.
    """

    reference: str
    status: GatewayStatus
    account: str
    provider_reference: str = ""
    amount: Money | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """A refund. The same ``reference`` is the same refund."""

    payment: PaymentReference
    reference: str
    amount: Money
    requested_at: datetime
    notify_url: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRefund:
    """A refund as the gateway reports it. ``amount`` is set once it succeeded."""

    reference: str
    payment_reference: str
    status: GatewayRefundStatus
    account: str
    provider_reference: str = ""
    amount: Money | None = None
    at: datetime | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawNotification:
    """A notification as received. Header names are lower-case; ``body`` is raw bytes."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification with a valid signature. A repetition has the same ``key``.

    It has a payment, a refund, or both. It has neither if it is about something else.
    """

    key: str
    account: str
    payment: GatewayPayment | None = None
    refund: GatewayRefund | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The HTTP response to a notification."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


class StatementKind(StrEnum):
    """What a line of a statement is about."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line of the gateway's statement. ``amount`` and ``fee`` are positive.

    ``refund_reference`` is empty for a payment.
    """

    kind: StatementKind
    reference: str
    provider_reference: str
    amount: Money
    fee: Money
    at: datetime
    refund_reference: str = ""


@runtime_checkable
class PaymentGateway(Protocol):
    """A payment gateway of one merchant account.

    ``code`` is stable and short. ``account`` is the merchant account that receives the money.
    ``scenes`` are the supported scenes, the preferred one first.
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
        """Prepare a payment. Returns what the buyer does next.

        Idempotent by ``request.reference``.

        Raises:
            Rejected: the gateway refuses this payment.
            Unavailable: nothing happened.
            OutcomeUnknown: `query` before anything else.
        """

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        """The state of the payment. An unknown reference is ``NOT_FOUND``, not an error.

        Raises:
            Unavailable: the gateway did not answer.
        """

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        """Make the payment impossible to pay.

        An authorized or paid payment does not change. Returns the state of the payment.

        Raises:
            Unavailable: nothing happened.
            OutcomeUnknown: `query` before anything else.
        """


@runtime_checkable
class Notifications(Protocol):
    """The gateway sends notifications. The core decides what they change."""

    async def verify(self, raw: RawNotification) -> Notification:
        """Check the signature over the raw bytes, and parse the notification.

        Raises:
            BadSignature: forged, expired, or for another account.
        """

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        """The response. ``accepted`` stops repetitions; otherwise the gateway sends it again."""


@runtime_checkable
class Refunds(Protocol):
    """The gateway refunds. Without `Ability.PARTIAL_REFUNDS`, only the whole amount."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        """Refund an amount. Idempotent by ``request.reference``.

        Raises:
            AmountExceeded: more than was paid, or more than is left.
            FundsMissing: send the same request again later.
            Rejected: the gateway refuses the refund.
            Unavailable: nothing happened.
            OutcomeUnknown: `query_refund` before anything else.
        """

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        """The state of the refund. An unknown reference is ``NOT_FOUND``, not an error.

        Raises:
            Unavailable: the gateway did not answer.
        """


@runtime_checkable
class Authorizations(Protocol):
    """The gateway authorizes an amount, and captures or voids it later."""

    async def authorize(self, request: PurchaseRequest) -> NextAction:
        """Like `PaymentGateway.purchase`, but the payment becomes ``AUTHORIZED``."""

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        """Capture ``amount`` of the authorization. Idempotent by ``reference``.

        Raises:
            AmountExceeded: more than is authorized.
            OutcomeUnknown: `PaymentGateway.query` before anything else.
        """

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:
        """Void the authorization. Idempotent by ``reference``.

        Raises:
            Rejected: it is captured already.
            OutcomeUnknown: `PaymentGateway.query` before anything else.
        """


@runtime_checkable
class Statements(Protocol):
    """The gateway provides a statement of a day, for reconciliation.

    ``fee_basis_points`` is the agreed fee in hundredths of a percent of a payment, or None if
    the fee is not proportional.
    """

    @property
    def fee_basis_points(self) -> int | None: ...

    def statement(self, day: date) -> AsyncIterator[StatementLine]:
        """All payments and refunds of the day, in China time.

        Raises:
            NotReadyYet: the gateway creates the statement on the next morning.
            Unavailable: the gateway did not answer.
        """


PROTOCOLS: Mapping[Ability, type] = {
    Ability.CLOSING: PaymentGateway,
    Ability.NOTIFICATIONS: Notifications,
    Ability.REFUNDS: Refunds,
    Ability.PARTIAL_REFUNDS: Refunds,
    Ability.AUTHORIZATIONS: Authorizations,
    Ability.STATEMENTS: Statements,
}
"""Which protocol a gateway must implement to have an ability."""
