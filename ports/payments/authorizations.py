"""Authorizations: reserve money on the buyer's account first, capture it later."""

from typing import Protocol, runtime_checkable

from core.domain.money import Money
from ports.payments.gateway import GatewayPayment, PaymentReference
from ports.payments.purchase import NextAction, PurchaseRequest


@runtime_checkable
class Authorizations(Protocol):
    """Authorize first; then capture the amount, in whole or in part, or void it."""

    async def authorize(self, request: PurchaseRequest) -> NextAction:
        """Like `PaymentGateway.purchase`, but the payment ends as ``AUTHORIZED``."""

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        """Capture ``amount`` of the authorization. Idempotent by ``reference``.

        Raises:
            AmountExceeded: more than is authorized.
            OutcomeUnknown: call `PaymentGateway.query` before anything else.
        """

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:
        """Release the authorization. Idempotent by ``reference``.

        Raises:
            Rejected: it was captured.
            OutcomeUnknown: call `PaymentGateway.query` before anything else.
        """
