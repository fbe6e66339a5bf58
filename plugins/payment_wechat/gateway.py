"""What the shop says to WeChat Pay, and how it reads the answers.

Source: WeChat Pay API v3 for direct merchants.
"""

import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from entrepot import (
    Ability,
    Acknowledgement,
    AmountExceeded,
    AppParameters,
    BadSignature,
    Clock,
    Declined,
    FundsMissing,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    InAppParameters,
    Misconfigured,
    Money,
    NextAction,
    Notification,
    NotReadyYet,
    OutcomeUnknown,
    PaymentReference,
    PortError,
    PurchaseRequest,
    QrCode,
    RawNotification,
    Redirect,
    RefundRequest,
    Rejected,
    Scene,
    StatementLine,
    Text,
    Unavailable,
)
from entrepot.wire import CHINA_TIME, exchange, fen, http_client, private_key, rsa_sign, setting
from plugins.payment_wechat.bills import lines_of
from plugins.payment_wechat.platform import Platform
from plugins.payment_wechat.settings import WechatAccount
from plugins.payment_wechat.signing import authorization, pay_signature, request_message, unseal

PRODUCTS = {Scene.QR: "native", Scene.IN_APP: "jsapi", Scene.MOBILE: "h5", Scene.APP: "app"}
STATES = {
    "SUCCESS": GatewayStatus.PAID,
    "REFUND": GatewayStatus.PAID,
    "NOTPAY": GatewayStatus.PENDING,
    "USERPAYING": GatewayStatus.PENDING,
    "PAYERROR": GatewayStatus.PENDING,
    "CLOSED": GatewayStatus.CLOSED,
    "REVOKED": GatewayStatus.CLOSED,
}
REFUNDS = {
    "SUCCESS": GatewayRefundStatus.SUCCEEDED,
    "PROCESSING": GatewayRefundStatus.PENDING,
    "ABNORMAL": GatewayRefundStatus.FAILED,
    "CLOSED": GatewayRefundStatus.FAILED,
}
ABSENT = {"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"}
CONFIGURATION = {"SIGN_ERROR", "NO_AUTH", "MCH_NOT_EXISTS", "APPID_MCHID_NOT_MATCH"}
UNKNOWN = {"SYSTEM_ERROR", "BANK_ERROR", "USER_PAYING"}
LONGEST_SUBJECT = 127


class Refusal(Exception):
    """A no, with WeChat's ``code``."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(code)


class WechatGateway:
    """One merchant account; signatures by public key and by certificate are both believed."""

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
        self._settings = account
        self._now = now
        self._nonce = nonce
        self._client = http_client(transport)
        fetch = self._certificates if account.platform_certificates else None
        try:
            self._key = private_key(account.private_key.get_secret_value())
            self._platform = Platform(account.public_keys, self._apiv3_key, now, fetch)
        except ValueError as error:
            raise setting("a key of WeChat Pay", error) from None

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        product = PRODUCTS[request.scene]
        try:
            said = await self._ask("POST", f"/v3/pay/transactions/{product}", self._order(request))
        except Refusal as refusal:
            raise error_of(refusal) from refusal
        match request.scene:
            case Scene.QR:
                return QrCode(str(said["code_url"]), request.expires_at)
            case Scene.MOBILE:
                back = urlencode({"redirect_url": request.return_url})
                return Redirect(f"{said['h5_url']}&{back}")
            case Scene.IN_APP:
                return InAppParameters(self._in_app(str(said["prepay_id"])))
            case _:
                return AppParameters(self._in_an_app(str(said["prepay_id"])))

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        path = f"/v3/pay/transactions/out-trade-no/{quote(payment.reference)}?mchid={self.account}"
        try:
            return self._payment(await self._ask("GET", path))
        except OutcomeUnknown as error:
            raise Unavailable from error
        except Refusal as refusal:
            if refusal.code in ABSENT:
                return self._without(payment.reference, GatewayStatus.NOT_FOUND)
            raise error_of(refusal) from refusal

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        """WeChat may answer a close politely whatever it does: it is asked afterwards."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(payment.reference)}/close"
        try:
            await self._ask("POST", path, {"mchid": self.account})
        except Refusal as refusal:
            if refusal.code in CONFIGURATION:
                raise error_of(refusal) from refusal
        return await self.query(payment)

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        wanted = {
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
            return self._refund(await self._ask("POST", "/v3/refund/domestic/refunds", wanted))
        except Refusal as refusal:
            raise error_of(refusal) from refusal

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        try:
            path = f"/v3/refund/domestic/refunds/{quote(request.reference)}"
            return self._refund(await self._ask("GET", path))
        except OutcomeUnknown as error:
            raise Unavailable from error
        except Refusal as refusal:
            if refusal.code not in ABSENT:
                raise error_of(refusal) from refusal
        return GatewayRefund(
            reference=request.reference,
            payment_reference=request.payment.reference,
            status=GatewayRefundStatus.NOT_FOUND,
            account=self.account,
        )

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL", "tar_type": "GZIP"})
        try:
            said = await self._ask("GET", f"/v3/bill/tradebill?{query}")
        except Refusal as refusal:
            if refusal.code in {"NO_STATEMENT_EXIST", "STATEMENT_CREATING"}:
                raise NotReadyYet from refusal
            raise error_of(refusal) from refusal
        url = urlsplit(str(said["download_url"]))
        answer = await exchange(self._client, self._request("GET", f"{url.path}?{url.query}", ""))
        for line in lines_of(answer.content, str(said["hash_value"])):
            yield line

    async def verify(self, raw: RawNotification) -> Notification:
        await self._platform.check(raw.headers, raw.body, raw.received_at)
        try:
            said = json.loads(raw.body)
            told = json.loads(unseal(said["resource"], self._apiv3_key))
            if told["mchid"] != self.account:
                raise BadSignature
            kind = str(said["event_type"])
            if kind.startswith("REFUND."):
                return Notification(key=said["id"], account=self.account, refund=self._refund(told))
            if told["appid"] != self._settings.app_id:
                raise BadSignature
            return Notification(key=said["id"], account=self.account, payment=self._payment(told))
        except (ValueError, KeyError, TypeError) as error:
            raise BadSignature from error

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        if accepted:
            return Acknowledgement(status=204, body=b"")
        body = json.dumps({"code": "FAIL", "message": "失败"}, ensure_ascii=False).encode()
        return Acknowledgement(status=500, body=body, content_type="application/json")

    async def aclose(self) -> None:
        await self._client.aclose()

    @property
    def _apiv3_key(self) -> bytes:
        return self._settings.apiv3_key.get_secret_value().encode()

    def _order(self, request: PurchaseRequest) -> dict[str, Any]:
        order: dict[str, Any] = {
            "appid": self._settings.app_id,
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

    def _in_app(self, prepay_id: str) -> dict[str, str]:
        stamp, nonce, package = self._stamp(), self._nonce(), f"prepay_id={prepay_id}"
        return {
            "appId": self._settings.app_id,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": pay_signature(self._key, self._settings.app_id, stamp, nonce, package),
        }

    def _in_an_app(self, prepay_id: str) -> dict[str, str]:
        stamp, nonce = self._stamp(), self._nonce()
        return {
            "appid": self._settings.app_id,
            "partnerid": self.account,
            "prepayid": prepay_id,
            "package": "Sign=WXPay",
            "noncestr": nonce,
            "timestamp": stamp,
            "sign": pay_signature(self._key, self._settings.app_id, stamp, nonce, prepay_id),
        }

    async def _ask(self, method: str, path: str, content: object = None) -> Any:
        """What was answered, once its signature was checked; None for an empty answer.

        Raises:
            Refusal: a no.
            OutcomeUnknown: no answer, or none that can be believed.
        """
        body = "" if content is None else json.dumps(content, ensure_ascii=False)
        answer = await exchange(self._client, self._request(method, path, body))
        if answer.is_client_error:
            raise self._refusal(answer)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        try:
            await self._platform.check(headers, answer.content, self._now())
            said = answer.json() if answer.content else None
        except (BadSignature, ValueError) as error:
            raise OutcomeUnknown from error
        if answer.status_code == httpx.codes.ACCEPTED:
            raise OutcomeUnknown
        return said

    def _request(self, method: str, path: str, body: str) -> httpx.Request:
        """Exactly the bytes that are signed are sent."""
        stamp, nonce = self._stamp(), self._nonce()
        message = request_message(method, path, stamp, nonce, body)
        fields = {
            "mchid": self.account,
            "nonce_str": nonce,
            "timestamp": stamp,
            "serial_no": self._settings.serial,
            "signature": rsa_sign(self._key, message.encode()),
        }
        headers = {
            "authorization": authorization(fields),
            "accept": "application/json",
            "content-type": "application/json",
            "user-agent": "entrepot",
        }
        if self._settings.public_keys:
            headers["wechatpay-serial"] = next(iter(self._settings.public_keys))
        return self._client.build_request(
            method, f"{self._settings.url}{path}", content=body.encode(), headers=headers
        )

    def _refusal(self, answer: httpx.Response) -> Exception:
        try:
            said = answer.json()
            code, message = str(said["code"]), str(said.get("message", ""))
        except (ValueError, KeyError, TypeError):
            return OutcomeUnknown()
        return OutcomeUnknown() if code in UNKNOWN else Refusal(code, message)

    async def _certificates(self) -> bytes:
        """Believed by what is in it: only WeChat and we have the key that it is sealed with."""
        request = self._request("GET", "/v3/certificates", "")
        return (await exchange(self._client, request)).content

    def _payment(self, said: Mapping[str, Any]) -> GatewayPayment:
        status = STATES[said["trade_state"]]
        if status is not GatewayStatus.PAID:
            return self._without(said["out_trade_no"], status)
        return GatewayPayment(
            reference=said["out_trade_no"],
            status=status,
            account=said["mchid"],
            provider_reference=said["transaction_id"],
            amount=Money(int(said["amount"]["total"]), said["amount"].get("currency", "CNY")),
            paid_at=datetime.fromisoformat(said["success_time"]),
        )

    def _without(self, reference: str, status: GatewayStatus) -> GatewayPayment:
        return GatewayPayment(reference=reference, status=status, account=self.account)

    def _refund(self, said: Mapping[str, Any]) -> GatewayRefund:
        state = str(said.get("status") or said["refund_status"])
        status = REFUNDS[state]
        done = status is GatewayRefundStatus.SUCCEEDED
        at = said.get("success_time")
        return GatewayRefund(
            reference=said["out_refund_no"],
            payment_reference=said["out_trade_no"],
            status=status,
            account=self.account,
            provider_reference=said["refund_id"],
            amount=Money(int(said["amount"]["refund"]), "CNY") if done else None,
            at=datetime.fromisoformat(at) if done and at else None,
            failure=state if status is GatewayRefundStatus.FAILED else "",
        )

    def _stamp(self) -> str:
        return str(int(self._now().timestamp()))


def error_of(refusal: Refusal) -> PortError:
    if refusal.code in CONFIGURATION:
        return Misconfigured(refusal.code)
    if refusal.code == "NOT_ENOUGH":
        return FundsMissing()
    if refusal.code == "ACCOUNTERROR":
        return Declined(refusal.code)
    too_much = "金额" in refusal.message and refusal.code in {"INVALID_REQUEST", "PARAM_ERROR"}
    return AmountExceeded(refusal.code) if too_much else Rejected(refusal.code)
