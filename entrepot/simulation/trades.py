"""The trades and refunds that a simulator stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class TradeStatus(StrEnum):
    """``REQUESTED``: no buyer has opened the payment page yet, and queries do not find it."""

    REQUESTED = "requested"
    WAITING = "waiting"
    AUTHORIZED = "authorized"
    PAID = "paid"
    CLOSED = "closed"


class AmountTooLarge(Exception):
    """The amount is larger than the rest of the authorized or paid amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """``number`` is the number of the provider. ``facts`` are further values of the protocol.

    Facts with a meaning for every simulator: ``notify_url``, ``return_url``, ``language``, and
    ``hold``, which is ``"1"`` for an authorization.
    """

    reference: str
    status: TradeStatus
    amount: int
    currency: str
    subject: str
    expires_at: datetime
    number: str = ""
    paid_at: datetime | None = None
    captured: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def visible(self) -> bool:
        """Whether queries of the merchant find the trade."""
        return self.status is not TradeStatus.REQUESTED


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRecord:
    """``status`` is ``pending``, ``abnormal``, ``succeeded`` or ``failed``.

    A pending or abnormal refund can still succeed.
    """

    reference: str
    trade: str
    amount: int
    status: str
    number: str
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
