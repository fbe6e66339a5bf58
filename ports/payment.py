"""Being paid: what the shop asks of a payment gateway.

A gateway answers for one merchant account and keeps no state that the shop relies on.
Abilities beyond `PaymentGateway` are separate protocols: a gateway implements those that it
has, and says so in ``abilities``.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.money import Money
from core.domain.text import Text


class Scene(StrEnum):
    """Where the buyer is: it decides which product of a gateway is used.

    ``WEB`` is a browser on a computer, ``MOBILE`` one on a phone, ``QR`` a code that a phone
    scans, ``IN_APP`` a page within the gateway's own app, ``APP`` an app of the merchant.
    """

    WEB = "web"
    MOBILE = "mobile"
    QR = "qr"
    IN_APP = "in_app"
    APP = "app"


class Ability(StrEnum):
    """What a gateway can do besides purchase and query.

    Without ``CLOSING`` nothing but time ends a purchase: `PaymentGateway.close` then only
    answers what a query would.
    """

    CLOSING = "closing"
    NOTIFICATIONS = "notifications"
    REFUNDS = "refunds"
    PARTIAL_REFUNDS = "partial_refunds"
    AUTHORIZATIONS = "authorizations"
    STATEMENTS = "statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequest:
    """One attempt to be paid. ``reference`` never changes for it, whatever is retried.

    ``payer`` is who the gateway knows the buyer as (an ``openid``), for `Scene.IN_APP`;
    ``client_ip`` is where the buyer's browser is, for gateways that ask for it.
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
    """What a page hands to the script of the gateway's app."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AppParameters:
    """What the merchant's app hands to the gateway's kit: one text, or named parameters."""

    parameters: Mapping[str, str]
    text: str = ""


NextAction = Redirect | FormPost | QrCode | InAppParameters | AppParameters


class GatewayStatus(StrEnum):
    """``NOT_FOUND`` is not a failure: many gateways know a trade only once the buyer scans.

    A payment that was refunded stays ``PAID``: what was given back is told of the refund.
    """

    NOT_FOUND = "not_found"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    CLOSED = "closed"


class GatewayRefundStatus(StrEnum):
    """``PENDING``: accepted, and not yet done. ``FAILED``: it will not be done."""

    NOT_FOUND = "not_found"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReference:
    """Which payment is meant: some gateways find it by number and time together.

    ``amount`` is what was asked for, ``provider_reference`` what the gateway calls it, if
    that is known.
    """

    reference: str
    amount: Money
    created_at: datetime
    provider_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPayment:
    """What the gateway knows of a payment.

    ``amount`` is given once the money is held or paid, ``paid_at`` once it is paid.
    """

    reference: str
    status: GatewayStatus
    account: str
    provider_reference: str = ""
    amount: Money | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """``reference`` is the refund's number: the same number again is the same refund."""

    payment: PaymentReference
    reference: str
    amount: Money
    requested_at: datetime
    notify_url: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRefund:
    """What the gateway knows of a refund. ``amount`` is given once it succeeded."""

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
    """A notification as it came. Header names are lower-case; ``body`` is not decoded."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification that is surely the gateway's. ``key`` is the same for each repetition.

    It tells of a payment, or of a refund, or of both; of neither, if it is of no interest.
    """

    key: str
    account: str
    payment: GatewayPayment | None = None
    refund: GatewayRefund | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The answer that makes a gateway stop, or go on, notifying."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


class StatementKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One movement of money as the gateway's bill has it. ``amount`` and ``fee`` are positive.

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
    """``code`` is stable and short; ``account`` is the merchant account that money arrives in.

    ``scenes`` are those that it serves, the one it likes best first.
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
        """Prepare a payment; the answer says what the buyer does next.

        Idempotent by ``request.reference``: the same request again is the same payment.

        Raises:
            Rejected: the gateway will not take this payment.
            Unavailable: nothing happened.
            OutcomeUnknown: `query` before anything else.
        """

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        """What has become of it. Unknown references are ``NOT_FOUND``, not an error.

        Raises:
            Unavailable: the gateway did not answer.
        """

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        """Make it impossible to pay any more, where that can be done.

        A payment that is already held or paid stays so, and is answered as such.

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


@runtime_checkable
class Refunds(Protocol):
    """Money can be given back. Without `Ability.PARTIAL_REFUNDS`, all of it or nothing."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        """Give it back; idempotent by ``request.reference``.

        Raises:
            AmountExceeded: more than was paid, or than is left.
            FundsMissing: the same request again, later.
            Rejected: it will not be done.
            Unavailable: nothing happened.
            OutcomeUnknown: `query_refund` before anything else.
        """

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        """What has become of it. Unknown ones are ``NOT_FOUND``, not an error.

        Raises:
            Unavailable: the gateway did not answer.
        """


@runtime_checkable
class Authorizations(Protocol):
    """Money can be held first and taken later, whole or in part, or let go."""

    async def authorize(self, request: PurchaseRequest) -> NextAction:
        """As `PaymentGateway.purchase`, but the money is only held: ``AUTHORIZED``."""

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        """Take ``amount`` of what is held; idempotent by ``reference``.

        Raises:
            AmountExceeded: more than is held.
            OutcomeUnknown: `PaymentGateway.query` before anything else.
        """

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:
        """Let go of what is held; idempotent by ``reference``.

        Raises:
            Rejected: it was captured.
            OutcomeUnknown: `PaymentGateway.query` before anything else.
        """


@runtime_checkable
class Statements(Protocol):
    """The gateway's own account of a day, for reconciliation.

    ``fee_basis_points`` is the fee that was agreed on, in hundredths of a percent of a
    payment; None if it is not so simple.
    """

    @property
    def fee_basis_points(self) -> int | None: ...

    def statement(self, day: date) -> AsyncIterator[StatementLine]:
        """Every payment and refund of the day, in China's time.

        Raises:
            NotReadyYet: bills are made on the next morning.
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
