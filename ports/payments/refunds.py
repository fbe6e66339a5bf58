"""Refunds of a payment, in whole or in part."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.money import Money
from ports.payments.gateway import PaymentReference


class GatewayRefundStatus(StrEnum):
    """``PENDING``: accepted, not finished. ``FAILED``: final, the money is not returned.

    ``ABNORMAL``: not final, but a person must act at the provider. It is queried further.
    """

    NOT_FOUND = "not_found"
    PENDING = "pending"
    ABNORMAL = "abnormal"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """``reference`` identifies the refund: the same reference again is the same refund."""

    payment: PaymentReference
    reference: str
    amount: Money
    requested_at: datetime
    notify_url: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRefund:
    """The refund as the provider reports it. ``amount`` is set once it succeeded.

    ``failure`` says why it failed, or what a pending refund waits for; empty if all is well.
    """

    reference: str
    payment_reference: str
    status: GatewayRefundStatus
    account: str
    provider_reference: str = ""
    amount: Money | None = None
    at: datetime | None = None
    failure: str = ""

    @classmethod
    def of(
        cls,
        request: RefundRequest,
        status: GatewayRefundStatus,
        *,
        account: str,
        now: datetime,
        provider_reference: str = "",
        failure: str = "",
    ) -> "GatewayRefund":
        """For providers that report only the status. The other fields come from the request."""
        succeeded = status is GatewayRefundStatus.SUCCEEDED
        return cls(
            reference=request.reference,
            payment_reference=request.payment.reference,
            status=status,
            account=account,
            provider_reference=provider_reference,
            amount=request.amount if succeeded else None,
            at=now if succeeded else None,
            failure=failure,
        )


@runtime_checkable
class Refunds(Protocol):
    """Refund payments. Without `Ability.PARTIAL_REFUNDS`, only the whole amount."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        """Request a refund. Idempotent by ``request.reference``.

        Raises:
            AmountExceeded: more than was paid, or more than is left to refund.
            FundsMissing: the merchant's balance is too low; send the same request later.
            Misconfigured: the operator must act; send the same request later.
            Rejected: final, the provider does not refund this.
            Unavailable: nothing happened.
            OutcomeUnknown: call `query_refund` before anything else.
        """

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        """Ask for the current status. An unknown refund is ``NOT_FOUND``, not an error.

        Raises:
            Unavailable: the provider did not answer.
        """
