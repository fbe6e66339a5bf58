"""The shop's side: what a merchant's system sends to the sandbox and hears from it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from entrepot import (
    Acknowledgement,
    BadSignature,
    Clock,
    GatewayPayment,
    GatewayStatus,
    Money,
    NextAction,
    Notification,
    OutcomeUnknown,
    PurchaseRequest,
    RawNotification,
    Redirect,
    Text,
    Unavailable,
)
from plugins.payment_sandbox.signing import Signer

TIMEOUT_SECONDS = 5.0


class SandboxGateway:
    """Like many real ones, the sandbox knows of a trade only once the buyer opens its page."""

    code = "sandbox"
    name = Text({"zh": "沙箱支付（测试）", "en": "Sandbox payment (test)"})

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
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=transport)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
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
            }
        )
        return Redirect(f"{self._url}/pay?{query}")

    async def query(self, reference: str) -> GatewayPayment:
        try:
            return await self._ask("query", reference)
        except httpx.HTTPError as error:
            raise Unavailable from error

    async def close(self, reference: str) -> GatewayPayment:
        try:
            return await self._ask("close", reference)
        except httpx.ConnectError as error:
            raise Unavailable from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown from error

    async def verify(self, raw: RawNotification) -> Notification:
        if not self._signer.holds(raw.headers, raw.body, raw.received_at):
            raise BadSignature
        try:
            said = json.loads(raw.body)
            return Notification(key=str(said["id"]), payment=_payment(said["trade"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadSignature from error

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        if accepted:
            return Acknowledgement(status=200, body=b"success")
        return Acknowledgement(status=400, body=b"fail")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _ask(self, what: str, reference: str) -> GatewayPayment:
        body = json.dumps({"account": self.account, "reference": reference}).encode()
        answer = await self._client.post(
            f"{self._url}/api/{quote(what)}",
            content=body,
            headers=self._signer.headers(body, self._now()),
        )
        answer.raise_for_status()
        if not self._signer.holds(answer.headers, answer.content, self._now()):
            raise OutcomeUnknown
        try:
            return _payment(answer.json())
        except (ValueError, KeyError, TypeError) as error:
            raise OutcomeUnknown from error


def _payment(trade: Mapping[str, Any]) -> GatewayPayment:
    paid_at = trade.get("paid_at")
    return GatewayPayment(
        reference=str(trade["reference"]),
        status=GatewayStatus(trade["status"]),
        account=str(trade["account"]),
        provider_reference=str(trade.get("trade_number", "")),
        amount=Money(int(trade["amount"]), str(trade["currency"])) if paid_at else None,
        paid_at=datetime.fromisoformat(paid_at) if paid_at else None,
    )
