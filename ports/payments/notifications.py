"""Notifications: the gateway calls the shop when a payment or a refund changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from ports.payments.gateway import GatewayPayment
from ports.payments.refunds import GatewayRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class RawNotification:
    """A notification as it was received. Header names are lower-case; ``body`` is raw bytes."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A verified notification. ``key`` is the same for each repetition.

    It reports a payment, a refund, or both; neither, if the shop does not need it. ``problem``
    says why a genuine notification cannot be read; the shop quarantines it.
    """

    key: str
    account: str
    payment: GatewayPayment | None = None
    refund: GatewayRefund | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The HTTP response that makes the provider stop or repeat a notification."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


@runtime_checkable
class Notifications(Protocol):
    """Verify and read notifications. The core decides the effect on the order."""

    async def verify(self, raw: RawNotification) -> Notification:
        """Check the signature over the raw bytes, then read the notification.

        A genuine notification is never an error: if it cannot be read, it has a ``problem``.

        Raises:
            BadSignature: forged, expired, or for another account.
        """

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        """Build the response: if ``accepted``, the provider stops; if not, it repeats.

        The shop asks once for each, at the start.
        """
