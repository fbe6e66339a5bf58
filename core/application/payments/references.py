"""Builds the reference by which a gateway finds a payment."""

from core.domain.payments.payment import Payment
from ports.payments.gateway import PaymentReference


def reference_of(payment: Payment) -> PaymentReference:
    return PaymentReference(
        reference=payment.reference,
        amount=payment.amount,
        created_at=payment.created_at,
        provider_reference=payment.provider_reference,
    )
