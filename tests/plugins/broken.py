"""Gateways with one fault each. Each fault loses or doubles money, or accepts a forgery."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import structlog

from entrepot import (
    Ability,
    Acknowledgement,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    Money,
    NextAction,
    Notification,
    OutcomeUnknown,
    PaymentReference,
    PurchaseRequest,
    RawNotification,
    RefundRequest,
    Rejected,
    Scene,
    StatementLine,
    Unavailable,
)
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.signing import Signer


class IgnoresSignatures(SandboxGateway):
    """It reads a notification without a check of its signature."""

    async def verify(self, raw: RawNotification) -> Notification:
        self._signer.verify = lambda *_: True  # type: ignore[method-assign]
        return await super().verify(raw)


class IgnoresTheTime(SandboxGateway):
    """It checks the signature, but not its time."""

    async def verify(self, raw: RawNotification) -> Notification:
        stamp = int(raw.headers.get("x-sandbox-timestamp", "0"))
        at = datetime.fromtimestamp(stamp, raw.received_at.tzinfo)
        return await super().verify(replace(raw, received_at=at))


class NewKeyPerRepetition(SandboxGateway):
    """Each repetition has a new key: one payment would be handled several times."""

    count = 0

    async def verify(self, raw: RawNotification) -> Notification:
        self.count += 1
        return replace(await super().verify(raw), key=f"n{self.count}")


class SameKeyForAll(SandboxGateway):
    """Every notification has the same key: the second payment would be skipped as a repetition."""

    async def verify(self, raw: RawNotification) -> Notification:
        return replace(await super().verify(raw), key="notification")


class ReportsAnotherAmount(SandboxGateway):
    """A query reports another amount than was paid."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        known = await super().query(payment)
        return replace(known, amount=known.amount and Money(1, "CNY"))


class TreatsLostAnswerAsRejection(SandboxGateway):
    """It reports a lost answer to a refund as a rejection: the money would be refunded twice."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        try:
            return await super().refund(request)
        except OutcomeUnknown as error:
            raise Rejected("no answer") from error


class TreatsLostAnswerAsUnavailable(SandboxGateway):
    """It reports a lost answer to a refund as if nothing happened."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        try:
            return await super().refund(request)
        except OutcomeUnknown as error:
            raise Unavailable from error


class NewReferencePerAttempt(SandboxGateway):
    """Each attempt of a refund has a new reference: two attempts are two refunds."""

    count = 0

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        self.count += 1
        known = await super().refund(
            replace(request, reference=f"{request.reference}-{self.count}")
        )
        return replace(known, reference=request.reference)


class AcceptsUnsignedAnswers(SandboxGateway):
    """It does not check the signature of an answer."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**{**parts, "signer": AcceptingSigner(parts["signer"])})


class AcceptingSigner(Signer):
    def __init__(self, inner: Signer) -> None:
        super().__init__(inner._secret)

    def verify(self, headers: Any, body: bytes, now: datetime) -> bool:
        return "x-sandbox-timestamp" in headers or super().verify(headers, body, now)


class LooksUpFirst(SandboxGateway):
    """It works: it queries before it changes something."""

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        known = await self.query(payment)
        return known if known.status is GatewayStatus.CLOSED else await super().close(payment)

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        known = await self.query_refund(request)
        if known.status is GatewayRefundStatus.NOT_FOUND or known.amount != request.amount:
            return await super().refund(request)
        return known


class TreatsFailureAsRejection(SandboxGateway):
    """It reports a failing provider as a rejection."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        try:
            return await super().query(payment)
        except Unavailable as error:
            raise Rejected("failed") from error


class RejectsUnknownReferences(SandboxGateway):
    """It raises an error for a trade that does not exist yet."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        known = await super().query(payment)
        if known.status is GatewayStatus.NOT_FOUND:
            raise Rejected("no such trade")
        return known


class ReportsPaidAsClosed(SandboxGateway):
    """It reports every payment as closed: a paid order would be cancelled."""

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        known = await super().close(payment)
        return replace(known, status=GatewayStatus.CLOSED, amount=None)


class AcknowledgesEverything(SandboxGateway):
    """It acknowledges a notification that the shop did not accept: the payment would be lost."""

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:  # noqa: ARG002
        return Acknowledgement(status=200, body=b"success")


class DeclaresUnsupportedScene(SandboxGateway):
    """It declares a scene that it does not support."""

    scenes = (Scene.WEB, Scene.QR)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        if request.scene is Scene.QR:
            raise Rejected("not here")
        return await super().purchase(request)


class OmitsRefundsInStatements(SandboxGateway):
    """Its statement omits refunds."""

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        async for line in super().statement(day):
            if not line.refund_reference:
                yield line


class LogsItsSecret(SandboxGateway):
    """It logs its secret key."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        structlog.get_logger().info("asking", key=self._signer._secret.decode())
        return await super().query(payment)


class DeclaresUnimplementedAbility(SandboxGateway):
    """It declares an ability that it does not implement."""

    abilities = frozenset(Ability)
    statement = None  # type: ignore[assignment]


class CapturesUnderNewReference(SandboxGateway):
    """It captures under a new reference each time, so a repetition captures again."""

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        known = await super().capture(payment, Money(1, amount.currency), f"{reference}-x")
        return replace(known, amount=amount)


BROKEN: dict[type[SandboxGateway], str] = {
    IgnoresSignatures: "test_a_changed_notification_is_refused",
    IgnoresTheTime: "test_a_notification_from_another_time_is_refused",
    NewKeyPerRepetition: "test_a_repeated_notification_has_the_same_key",
    SameKeyForAll: "test_two_payments_notify_under_two_keys",
    ReportsAnotherAmount: "test_a_payment_is_seen_with_its_amount_and_account",
    TreatsLostAnswerAsRejection: "test_a_refund_whose_answer_is_lost_is_queried_and_not_doubled",
    TreatsLostAnswerAsUnavailable: "test_a_refund_whose_answer_is_lost_is_queried_and_not_doubled",
    NewReferencePerAttempt: "test_a_refund_is_made_once_per_reference",
    AcceptsUnsignedAnswers: "test_an_answer_with_a_bad_signature_is_not_accepted",
    TreatsFailureAsRejection: "test_a_failing_gateway_is_not_a_refusal",
    RejectsUnknownReferences: "test_an_unknown_reference_is_not_found_and_no_error",
    ReportsPaidAsClosed: "test_closing_does_not_undo_a_payment",
    AcknowledgesEverything: "test_only_an_accepted_notification_is_acknowledged",
    DeclaresUnsupportedScene: "test_a_purchase_returns_the_next_action_in_every_scene",
    OmitsRefundsInStatements: "test_a_statement_has_every_movement_of_its_day",
    LogsItsSecret: "test_no_secret_is_logged_or_shown",
    DeclaresUnimplementedAbility: "test_it_implements_what_it_declares",
    CapturesUnderNewReference: "test_an_authorization_is_captured_in_parts_and_no_more",
}
