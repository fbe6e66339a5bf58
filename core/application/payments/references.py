"""Builds the references by which a gateway finds a payment or a refund."""

from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund
from ports.payments.gateway import PaymentReference
from ports.payments.refunds import RefundRequest


def reference_of(payment: Payment) -> PaymentReference:
    return PaymentReference(
        reference=payment.reference,
        amount=payment.amount,
        created_at=payment.created_at,
        provider_reference=payment.provider_reference,
    )


def refund_request(refund: Refund, payment: Payment, base_url: str) -> RefundRequest:
    return RefundRequest(
        payment=reference_of(payment),
        reference=refund.reference,
        amount=refund.amount,
        requested_at=refund.requested_at,
        notify_url=f"{base_url}/notify/{refund.gateway}",
        reason=refund.reason,
    )
