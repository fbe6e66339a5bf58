"""The payment port over WeChat Pay API v3 for direct merchants."""

import json
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from entrepot import (
    Ability,
    Acknowledgement,
    AppParameters,
    BadSignature,
    Clock,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    InAppParameters,
    NextAction,
    Notification,
    NotReadyYet,
    PaymentReference,
    PurchaseRequest,
    QrCode,
    RawNotification,
    Redirect,
    RefundRequest,
    Scene,
    StatementLine,
    Text,
)
from entrepot.wire import (
    CHINA_TIME,
    fen,
    read_genuine,
    reading,
    reading_answer,
    statement_ready_at,
    text_of,
)
from plugins.payment_wechat.answers import (
    CONFIGURATION,
    Refusal,
    checked_payment,
    checked_refund,
    error_of,
    payment_of,
    refund_of,
)
from plugins.payment_wechat.bills import lines_of
from plugins.payment_wechat.client import WechatClient
from plugins.payment_wechat.settings import WechatAccount
from plugins.payment_wechat.signing import NotOurs

TRANSACTIONS, REFUNDS = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
PRODUCTS = {Scene.QR: "native", Scene.IN_APP: "jsapi", Scene.MOBILE: "h5", Scene.APP: "app"}
LONGEST_SUBJECT = 127
NAME = Text({"zh": "微信支付", "en": "WeChat Pay"})


class WechatGateway:
    """One merchant account; it accepts signatures by public key and by certificate."""

    scenes = (Scene.QR, Scene.IN_APP, Scene.MOBILE, Scene.APP)
    abilities = frozenset(Ability) - {Ability.AUTHORIZATIONS}

    def __init__(
        self,
        account: WechatAccount,
        *,
        now: Clock,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        name: Text = NAME,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.code = account.code
        self.name = name
        self.account = account.merchant_id
        self.fee_basis_points = account.fee_basis_points
        self._app_id = account.app_id
        self._now = now
        self._client = WechatClient(account, now=now, nonce=nonce, transport=transport)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        path = f"{TRANSACTIONS}/{PRODUCTS[request.scene]}"
        try:
            answer = await self._client.call("POST", path, self._order(request))
        except Refusal as refusal:
            raise error_of(refusal) from refusal
        with reading_answer():
            return self._action(request, answer)

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        path = f"{TRANSACTIONS}/out-trade-no/{quote(payment.reference)}?mchid={self.account}"
        try:
            with reading():
                answer = await self._client.call("GET", path)
                return checked_payment(answer, payment, self.account)
        except Refusal as refusal:
            if not refusal.absent:
                raise error_of(refusal) from refusal
        return GatewayPayment(
            reference=payment.reference, status=GatewayStatus.NOT_FOUND, account=self.account
        )

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        """WeChat may accept a close that has no effect, so the payment is queried afterwards."""
        path = f"{TRANSACTIONS}/out-trade-no/{quote(payment.reference)}/close"
        try:
            await self._client.call("POST", path, {"mchid": self.account})
        except Refusal as refusal:
            if refusal.code in CONFIGURATION:
                raise error_of(refusal) from refusal
        return await self.query(payment)

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        content = {
            "out_trade_no": request.payment.reference,
            "out_refund_no": request.reference,
            "reason": request.reason[:80],
            "notify_url": request.notify_url,
            "amount": {
                "refund": fen(request.amount),
                "total": fen(request.payment.amount),
                "currency": "CNY",
            },
        }
        try:
            answer = await self._client.call("POST", REFUNDS, content)
        except Refusal as refusal:
            raise error_of(refusal) from refusal
        return checked_refund(answer, request, self.account)

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        path = f"{REFUNDS}/{quote(request.reference)}"
        try:
            with reading():
                answer = await self._client.call("GET", path)
                return checked_refund(answer, request, self.account)
        except Refusal as refusal:
            if not refusal.absent:
                raise error_of(refusal) from refusal
        return GatewayRefund.of(
            request, GatewayRefundStatus.NOT_FOUND, account=self.account, now=self._now()
        )

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        """A day without trade has no bill."""
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL", "tar_type": "GZIP"})
        try:
            answer = await self._client.call("GET", f"/v3/bill/tradebill?{query}")
        except Refusal as refusal:
            if refusal.code not in {"NO_STATEMENT_EXIST", "STATEMENT_CREATING"}:
                raise error_of(refusal) from refusal
            if refusal.code == "STATEMENT_CREATING" or self._now() < statement_ready_at(day):
                raise NotReadyYet from refusal
            return
        content = await self._client.download(str(answer["download_url"]))
        for line in lines_of(content, str(answer["hash_value"])):
            yield line

    async def verify(self, raw: RawNotification) -> Notification:
        await self._client.check(raw)
        return read_genuine(raw.body, self.account, lambda: self._notification(raw.body))

    def _notification(self, body: bytes) -> Notification:
        """Raises `BadSignature` for a notification of another merchant, or one of `UNREADABLE`."""
        try:
            content, resource = self._client.opened(body)
        except NotOurs as error:
            raise BadSignature from error
        ours = {"mchid": self.account, "appid": self._app_id}
        if any(resource.get(name) not in (None, value) for name, value in ours.items()):
            raise BadSignature
        key = text_of(content, "id")
        if text_of(content, "event_type").startswith("REFUND."):
            refund = refund_of(resource, self.account)
            return Notification(key=key, account=self.account, refund=refund)
        payment = payment_of(resource, self.account)
        return Notification(key=key, account=self.account, payment=payment)

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        if accepted:
            return Acknowledgement(status=204, body=b"")
        body = json.dumps({"code": "FAIL", "message": "失败"}, ensure_ascii=False).encode()
        return Acknowledgement(status=500, body=body, content_type="application/json")

    async def aclose(self) -> None:
        await self._client.aclose()

    def _action(self, request: PurchaseRequest, answer: Any) -> NextAction:
        match request.scene:
            case Scene.QR:
                return QrCode(text_of(answer, "code_url"), request.expires_at)
            case Scene.MOBILE:
                back = urlencode({"redirect_url": request.return_url})
                return Redirect(f"{text_of(answer, 'h5_url')}&{back}")
            case Scene.IN_APP:
                prepay_id = text_of(answer, "prepay_id")
                return InAppParameters(self._client.page_parameters(prepay_id))
            case _:
                return AppParameters(self._client.app_parameters(text_of(answer, "prepay_id")))

    def _order(self, request: PurchaseRequest) -> dict[str, Any]:
        order: dict[str, Any] = {
            "appid": self._app_id,
            "mchid": self.account,
            "description": request.subject[:LONGEST_SUBJECT],
            "out_trade_no": request.reference,
            "time_expire": request.expires_at.astimezone(CHINA_TIME).isoformat(timespec="seconds"),
            "notify_url": request.notify_url,
            "amount": {"total": fen(request.amount), "currency": "CNY"},
        }
        if request.scene is Scene.IN_APP:
            order["payer"] = {"openid": request.payer}
        if request.scene is Scene.MOBILE:
            order["scene_info"] = {
                "payer_client_ip": request.client_ip,
                "h5_info": {"type": "Wap"},
            }
        return order
