"""The payment port over the sandbox."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import httpx

from entrepot import (
    Ability,
    Acknowledgement,
    AmountExceeded,
    BadSignature,
    Clock,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    Money,
    NextAction,
    Notification,
    NotReadyYet,
    OutcomeUnknown,
    PaymentReference,
    PurchaseRequest,
    RawNotification,
    Redirect,
    RefundRequest,
    Rejected,
    Scene,
    StatementKind,
    StatementLine,
    Text,
    Unavailable,
)
from entrepot.wire import http_client, read_genuine, reading, text_of
from plugins.payment_sandbox.signing import Signer

TIMEOUT_SECONDS = 5.0


class SandboxGateway:
    """Like many real providers, the sandbox creates a trade when the buyer opens its page."""

    code = "sandbox"
    name = Text({"zh": "沙箱支付（测试）", "en": "Sandbox payment (test)"})
    scenes = (Scene.WEB, Scene.MOBILE)
    abilities = frozenset(Ability)
    fee_basis_points = 60

    def __init__(
        self,
        *,
        url: str,
        account: str,
        signer: Signer,
        now: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.account = account
        self._url = url.rstrip("/")
        self._signer = signer
        self._now = now
        self._client = http_client(transport, TIMEOUT_SECONDS)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        return self._page(request, hold="0")

    async def authorize(self, request: PurchaseRequest) -> NextAction:
        return self._page(request, hold="1")

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        with reading():
            return _payment(await self._call("query", reference=payment.reference))

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        return _payment(await self._call("close", reference=payment.reference))

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        answer = await self._call(
            "capture", reference=payment.reference, amount=amount.minor, capture=reference
        )
        return _payment(answer)

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:
        return _payment(await self._call("void", reference=payment.reference, void=reference))

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        answer = await self._call(
            "refund",
            reference=request.payment.reference,
            refund=request.reference,
            amount=request.amount.minor,
        )
        return _refund(answer)

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        with reading():
            answer = await self._call(
                "query_refund", reference=request.payment.reference, refund=request.reference
            )
        return _refund(answer)

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        for line in (await self._call("statement", day=day.isoformat()))["lines"]:
            yield StatementLine(
                kind=StatementKind(line["kind"]),
                reference=line["reference"],
                provider_reference=line["number"],
                amount=Money(line["amount"], line["currency"]),
                fee=Money(line["fee"], line["currency"]),
                at=datetime.fromisoformat(line["at"]),
                refund_reference=line.get("refund", ""),
            )

    async def verify(self, raw: RawNotification) -> Notification:
        if not self._signer.verify(raw.headers, raw.body, raw.received_at):
            raise BadSignature
        return read_genuine(raw.body, self.account, lambda: _notification(raw.body))

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        if accepted:
            return Acknowledgement(status=200, body=b"success")
        return Acknowledgement(status=400, body=b"fail")

    async def aclose(self) -> None:
        await self._client.aclose()

    def _page(self, request: PurchaseRequest, *, hold: str) -> Redirect:
        query = self._signer.sign_query(
            {
                "account": self.account,
                "reference": request.reference,
                "amount": str(request.amount.minor),
                "currency": request.amount.currency,
                "subject": request.subject[:120],
                "language": request.language,
                "expires_at": str(int(request.expires_at.timestamp())),
                "notify_url": request.notify_url,
                "return_url": request.return_url,
                "hold": hold,
            }
        )
        return Redirect(f"{self._url}/pay?{query}")

    async def _call(self, action: str, **content: object) -> Any:
        body = json.dumps({"account": self.account, **content}).encode()
        try:
            answer = await self._client.post(
                f"{self._url}/api/{quote(action)}",
                content=body,
                headers=self._signer.headers(body, self._now()),
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown from error
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise _refusal(answer.text)
        if answer.is_error or not self._signer.verify(answer.headers, answer.content, self._now()):
            raise OutcomeUnknown
        try:
            return answer.json()
        except ValueError as error:
            raise OutcomeUnknown from error


def _refusal(reason: str) -> Exception:
    if reason == "not_ready":
        return NotReadyYet()
    if reason.endswith("too_much"):
        return AmountExceeded(reason)
    return Rejected(reason)


def _notification(body: bytes) -> Notification:
    """Raises one of `UNREADABLE`."""
    content = json.loads(body)
    trade, refund = content.get("trade"), content.get("refund")
    return Notification(
        key=text_of(content, "id"),
        account=str((trade or refund)["account"]),
        payment=_payment(trade) if trade else None,
        refund=_refund(refund) if refund else None,
    )


def _payment(trade: Mapping[str, Any]) -> GatewayPayment:
    at = trade.get("paid_at")
    status = GatewayStatus(trade["status"])
    return GatewayPayment(
        reference=str(trade["reference"]),
        status=status,
        account=str(trade["account"]),
        provider_reference=str(trade.get("trade_number", "")),
        amount=Money(int(trade["amount"]), str(trade["currency"])) if at else None,
        paid_at=datetime.fromisoformat(at) if at and status is GatewayStatus.PAID else None,
    )


def _refund(refund: Mapping[str, Any]) -> GatewayRefund:
    status = GatewayRefundStatus(refund["status"])
    done = status is GatewayRefundStatus.SUCCEEDED
    return GatewayRefund(
        reference=str(refund["refund"]),
        payment_reference=str(refund["reference"]),
        status=status,
        account=str(refund["account"]),
        provider_reference=str(refund.get("refund_number", "")),
        amount=Money(int(refund["amount"]), str(refund["currency"])) if done else None,
        at=datetime.fromisoformat(refund["at"]) if done else None,
    )
