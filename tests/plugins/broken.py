"""Gateways with one fault each, of the kind that loses or doubles money, or lets somebody in."""

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


class BelievesAnybody(SandboxGateway):
    """It reads a notification and does not check who signed it."""

    async def verify(self, raw: RawNotification) -> Notification:
        self._signer.verify = lambda *_: True  # type: ignore[method-assign]
        return await super().verify(raw)


class BelievesForever(SandboxGateway):
    """It checks the signature and not the time."""

    async def verify(self, raw: RawNotification) -> Notification:
        stamp = int(raw.headers.get("x-sandbox-timestamp", "0"))
        at = datetime.fromtimestamp(stamp, raw.received_at.tzinfo)
        return await super().verify(replace(raw, received_at=at))


class FreshKeys(SandboxGateway):
    """It makes up a new key for each repetition: one payment would count often."""

    count = 0

    async def verify(self, raw: RawNotification) -> Notification:
        self.count += 1
        return replace(await super().verify(raw), key=f"n{self.count}")


class OneKey(SandboxGateway):
    """It gives every notification the same key: the second payment would be thought known."""

    async def verify(self, raw: RawNotification) -> Notification:
        return replace(await super().verify(raw), key="notification")


class LosesTheAmount(SandboxGateway):
    """It reports another amount in a query than was paid."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        known = await super().query(payment)
        return replace(known, amount=known.amount and Money(1, "CNY"))


class ThinksSilenceIsNo(SandboxGateway):
    """A lost answer to a refund is taken for a refusal: the money would go back twice."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        try:
            return await super().refund(request)
        except OutcomeUnknown as error:
            raise Rejected("no answer") from error


class ThinksSilenceIsNothing(SandboxGateway):
    """A lost answer to a refund is taken for nothing having happened."""

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        try:
            return await super().refund(request)
        except OutcomeUnknown as error:
            raise Unavailable from error


class NewNumbers(SandboxGateway):
    """Each try of a refund has a number of its own: two tries are two refunds."""

    count = 0

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        self.count += 1
        known = await super().refund(
            replace(request, reference=f"{request.reference}-{self.count}")
        )
        return replace(known, reference=request.reference)


class UnsignedAnswers(SandboxGateway):
    """It does not check who signed an answer."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**{**parts, "signer": Trusting(parts["signer"])})


class Trusting(Signer):
    def __init__(self, inner: Signer) -> None:
        super().__init__(inner._secret)

    def verify(self, headers: Any, body: bytes, now: datetime) -> bool:
        return "x-sandbox-timestamp" in headers or super().verify(headers, body, now)


class ErrorsAreAnswers(SandboxGateway):
    """A gateway that fails is taken for one that refuses."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        try:
            return await super().query(payment)
        except Unavailable as error:
            raise Rejected("failed") from error


class MissingIsAnError(SandboxGateway):
    """It cannot say that there is no such trade yet."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        known = await super().query(payment)
        if known.status is GatewayStatus.NOT_FOUND:
            raise Rejected("no such trade")
        return known


class ClosesWhatIsPaid(SandboxGateway):
    """It says closed, whatever happened: a paid order would be cancelled."""

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        known = await super().close(payment)
        return replace(known, status=GatewayStatus.CLOSED, amount=None)


class NodsAlways(SandboxGateway):
    """It acknowledges what the shop did not accept: the payment would be lost."""

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:  # noqa: ARG002
        return Acknowledgement(status=200, body=b"success")


class Boasts(SandboxGateway):
    """It serves a scene that it does not know how to."""

    scenes = (Scene.WEB, Scene.QR)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        if request.scene is Scene.QR:
            raise Rejected("not here")
        return await super().purchase(request)


class Forgets(SandboxGateway):
    """Its statement has no refunds in it."""

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        async for line in super().statement(day):
            if not line.refund_reference:
                yield line


class Chatters(SandboxGateway):
    """It logs what it signs with."""

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        structlog.get_logger().info("asking", key=self._signer._secret.decode())
        return await super().query(payment)


class Overstates(SandboxGateway):
    """It declares what it has no method for."""

    abilities = frozenset(Ability)
    statement = None  # type: ignore[assignment]


class TakesWhatIsHeld(SandboxGateway):
    """It captures more than is held, by asking again under another name."""

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        known = await super().capture(payment, Money(1, amount.currency), f"{reference}-x")
        return replace(known, amount=amount)


BROKEN: dict[type[SandboxGateway], str] = {
    BelievesAnybody: "test_a_changed_notification_is_refused",
    BelievesForever: "test_a_notification_from_another_time_is_refused",
    FreshKeys: "test_a_repeated_notification_has_the_same_key",
    OneKey: "test_two_payments_notify_under_two_keys",
    LosesTheAmount: "test_a_payment_is_seen_with_its_amount_and_account",
    ThinksSilenceIsNo: "test_a_refund_whose_answer_is_lost_is_queried_and_not_doubled",
    ThinksSilenceIsNothing: "test_a_refund_whose_answer_is_lost_is_queried_and_not_doubled",
    NewNumbers: "test_a_refund_is_made_once_per_reference",
    UnsignedAnswers: "test_an_answer_with_a_bad_signature_is_not_accepted",
    ErrorsAreAnswers: "test_a_failing_gateway_is_not_a_refusal",
    MissingIsAnError: "test_an_unknown_reference_is_not_found_and_no_error",
    ClosesWhatIsPaid: "test_closing_does_not_undo_a_payment",
    NodsAlways: "test_only_an_accepted_notification_is_acknowledged",
    Boasts: "test_a_purchase_tells_the_buyer_what_to_do_next_in_every_scene",
    Forgets: "test_a_statement_has_every_movement_of_its_day",
    Chatters: "test_no_secret_is_logged_or_shown",
    Overstates: "test_it_implements_what_it_declares",
    TakesWhatIsHeld: "test_an_authorization_is_captured_in_parts_and_no_more",
}
