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
from entrepot.wire import CHINA_TIME, fen, reading
from plugins.payment_wechat.answers import CONFIGURATION, Refusal, error_of, payment_of, refund_of
from plugins.payment_wechat.bills import lines_of
from plugins.payment_wechat.client import WechatClient
from plugins.payment_wechat.settings import WechatAccount

TRANSACTIONS, REFUNDS = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
PRODUCTS = {Scene.QR: "native", Scene.IN_APP: "jsapi", Scene.MOBILE: "h5", Scene.APP: "app"}
LONGEST_SUBJECT = 127


class WechatGateway:
    """One merchant account; it accepts signatures by public key and by certificate."""

    name = Text({"zh": "微信支付", "en": "WeChat Pay"})
    scenes = (Scene.QR, Scene.IN_APP, Scene.MOBILE, Scene.APP)
    abilities = frozenset(Ability) - {Ability.AUTHORIZATIONS}

    def __init__(
        self,
        account: WechatAccount,
        *,
        now: Clock,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.code = account.code
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
        match request.scene:
            case Scene.QR:
                return QrCode(str(answer["code_url"]), request.expires_at)
            case Scene.MOBILE:
                back = urlencode({"redirect_url": request.return_url})
                return Redirect(f"{answer['h5_url']}&{back}")
            case Scene.IN_APP:
                return InAppParameters(self._client.page_parameters(str(answer["prepay_id"])))
            case _:
                return AppParameters(self._client.app_parameters(str(answer["prepay_id"])))

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        path = f"{TRANSACTIONS}/out-trade-no/{quote(payment.reference)}?mchid={self.account}"
        try:
            with reading():
                return payment_of(await self._client.call("GET", path), self.account)
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
            return refund_of(await self._client.call("POST", REFUNDS, content), self.account)
        except Refusal as refusal:
            raise error_of(refusal) from refusal

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        path = f"{REFUNDS}/{quote(request.reference)}"
        try:
            with reading():
                return refund_of(await self._client.call("GET", path), self.account)
        except Refusal as refusal:
            if not refusal.absent:
                raise error_of(refusal) from refusal
        return GatewayRefund.of(
            request, GatewayRefundStatus.NOT_FOUND, account=self.account, now=self._now()
        )

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL", "tar_type": "GZIP"})
        try:
            answer = await self._client.call("GET", f"/v3/bill/tradebill?{query}")
        except Refusal as refusal:
            if refusal.code in {"NO_STATEMENT_EXIST", "STATEMENT_CREATING"}:
                raise NotReadyYet from refusal
            raise error_of(refusal) from refusal
        content = await self._client.download(str(answer["download_url"]))
        for line in lines_of(content, str(answer["hash_value"])):
            yield line

    async def verify(self, raw: RawNotification) -> Notification:
        try:
            content, resource = await self._client.notification(raw)
            if resource["mchid"] != self.account:
                raise BadSignature
            key = content["id"]
            if str(content["event_type"]).startswith("REFUND."):
                refund = refund_of(resource, self.account)
                return Notification(key=key, account=self.account, refund=refund)
            if resource["appid"] != self._app_id:
                raise BadSignature
            payment = payment_of(resource, self.account)
            return Notification(key=key, account=self.account, payment=payment)
        except (ValueError, KeyError, TypeError) as error:
            raise BadSignature from error

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        if accepted:
            return Acknowledgement(status=204, body=b"")
        body = json.dumps({"code": "FAIL", "message": "失败"}, ensure_ascii=False).encode()
        return Acknowledgement(status=500, body=body, content_type="application/json")

    async def aclose(self) -> None:
        await self._client.aclose()

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
