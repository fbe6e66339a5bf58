"""Records what a gateway answers about a payment that the shop asked for."""

from dataclasses import dataclass

from core.application.payments.outcomes import SECURED, RecordPaymentOutcome
from core.application.payments.quarantine import Message, QuarantineMessage
from core.application.payments.reports import Report, described, key_of
from core.domain.errors import DomainError, PaymentMismatch, StaleVersion
from core.domain.payments.payment import Payment
from ports.clock import Clock
from ports.payments.gateway import GatewayPayment, GatewayStatus
from ports.payments.refunds import GatewayRefund

TELLING = SECURED | {GatewayStatus.CLOSED}


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """Record an answer. One that does not fit is quarantined, as a notification is.

    Raises:
        DomainError: the answer does not fit, and is quarantined.
        StaleVersion: there were too many concurrent changes; ask again later.
    """

    record_outcome: RecordPaymentOutcome
    quarantine: QuarantineMessage
    now: Clock

    async def payment(self, asked: Payment, answer: GatewayPayment) -> None:
        try:
            if answer.reference != asked.reference:
                raise PaymentMismatch(asked.reference, "another payment")
            if answer.status in TELLING:
                await self.record_outcome.payment(answer, asked.gateway)
        except StaleVersion:
            raise
        except DomainError as error:
            await self._quarantine(asked, answer, error)
            raise

    async def refund(self, asked: Payment, reference: str, answer: GatewayRefund) -> None:
        """``asked`` is the payment of the refund ``reference``."""
        try:
            if answer.reference != reference:
                raise PaymentMismatch(reference, "another refund")
            await self.record_outcome.refund(answer, asked.gateway)
        except StaleVersion:
            raise
        except DomainError as error:
            await self._quarantine(asked, answer, error)
            raise

    async def silence(self, asked: Payment) -> None:
        """Tell staff that the gateway has no usable answer about a payment that has ended."""
        await self.quarantine(
            self._message(asked, f"silence-{asked.reference}", b""), "no usable answer"
        )

    async def _quarantine(self, asked: Payment, answer: Report, error: DomainError) -> None:
        body = described(answer).encode(errors="backslashreplace")
        message = self._message(asked, f"answer-{key_of(asked.reference, answer)}", body)
        await self.quarantine(message, f"{error.code}: {error}")

    def _message(self, asked: Payment, key: str, body: bytes) -> Message:
        return Message(
            gateway=asked.gateway,
            account=asked.account,
            key=key,
            reference=asked.reference,
            body=body,
            at=self.now(),
        )
