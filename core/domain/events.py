"""Events: past tense, opaque identifiers, no personal data.

A transaction stores its events in the outbox. The relay delivers each event at least once, so
subscribers must be idempotent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from core.domain.identifiers import (
    CustomerId,
    DisclosureId,
    OrderId,
    PaymentId,
    ProductId,
    RefundId,
    RequestId,
    ReturnId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. ``at`` is timezone-aware UTC.

    An ``internal`` event is for the audit log and emails of the shop. Plugins and webhooks do
    not receive it. ``plugin_type`` is the type of an event of a plugin, such as
    ``bonus.points.earned``; it is empty for the events of the shop.
    """

    internal: ClassVar[bool] = False
    plugin_type: ClassVar[str] = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChanged(Event):
    """A product was created or changed, is published or archived, or has another price in lists."""

    product_id: ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChanged(Event):
    """Stock of the product was counted, sold out, or became available again."""

    product_id: ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionChanged(Event):
    """A promotion was created or changed, or its state changed. ``promotion`` is its code."""

    promotion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRegistered(Event):
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRequestChanged(Event):
    """A privacy request was received, or its state changed."""

    request_id: RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActionRecorded(Event):
    """A staff member is about to act, or to read personal data.

    ``actor`` is such as ``staff:`` with an opaque number. ``reference`` is the object.
    """

    internal: ClassVar[bool] = True
    actor: str
    action: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRequested(Event):
    """An auditor requested access to the data of a member."""

    internal: ClassVar[bool] = True
    disclosure_id: DisclosureId
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureApproved(Event):
    """A second person approved a disclosure request."""

    internal: ClassVar[bool] = True
    disclosure_id: DisclosureId


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionLifted(Event):
    """The restriction on the data of a member ended."""

    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestDataLinkRequested(Event):
    """A guest requested a link. It is sent to the email address of the order."""

    internal: ClassVar[bool] = True
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerificationRequested(Event):
    """A member requested a link. It is sent to the email address of the member."""

    internal: ClassVar[bool] = True
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRequested(Event):
    """A registration with an email address began. A link is sent to it."""

    internal: ClassVar[bool] = True
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginReleased(Event):
    """An account lost its unverified log-in: the owner of the address proved it."""

    internal: ClassVar[bool] = True
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInRefused(Event):
    """A password or a code was wrong. ``account`` is such as ``staff:`` and a number.

    ``account`` is ``unknown`` if there is no such log-in. ``face`` is what was wrong.
    """

    internal: ClassVar[bool] = True
    account: str
    face: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetRequested(Event):
    """A link is sent to the email address of the account, if it is not ``unknown``."""

    internal: ClassVar[bool] = True
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsChanged(Event):
    """The password or the second factor of an account changed, or sessions were ended.

    ``actor`` is who changed it: the account itself, staff or the command line.
    """

    internal: ClassVar[bool] = True
    account: str
    change: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionEnded(Event):
    """``records`` of a data provider were destroyed because their retention ended."""

    internal: ClassVar[bool] = True
    data_provider: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    """The order exists and its stock is reserved. It is not paid."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHoldPlaced(Event):
    """The order waits: ``hold`` is the code of the hold."""

    order_id: OrderId
    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHoldLifted(Event):
    """A hold ended, by its time, a person or a plugin."""

    order_id: OrderId
    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    """The order is paid or authorized, and its stock is allocated."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentPaid(Event):
    """An instalment is paid, and another one is left. The last one is `OrderPaid`."""

    order_id: OrderId
    instalment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(Event):
    """A shipment of the order left. It may be a part of the order."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered(Event):
    """All shipments of the order were delivered."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    """The order was cancelled and its stock released."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentArrivedLate(Event):
    """Money arrived for a cancelled or paid order. The shop refunds it."""

    order_id: OrderId
    payment_id: PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationQuarantined(Event):
    """A genuine notification does not match a payment. Staff must check it."""

    notification_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequested(Event):
    """A refund is stored and is sent to the gateway next."""

    order_id: OrderId
    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSucceeded(Event):
    """The gateway confirmed the refund."""

    order_id: OrderId
    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundBlocked(Event):
    """The gateway does not complete the refund until a person acts, such as a wrong setting."""

    order_id: OrderId
    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(Event):
    """The gateway refused the refund. Staff retry it, or return the money in another way."""

    order_id: OrderId
    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReplaced(Event):
    """Staff returned the money in another way, after the refund was blocked or had failed."""

    order_id: OrderId
    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnChanged(Event):
    """A return was requested, or its state changed."""

    order_id: OrderId
    return_id: ReturnId
