"""What the shop says to Alipay, and how it reads the answers.

Source: Alipay open platform, trade API v2 (``gateway.do``).
"""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

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
    Misconfigured,
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
from entrepot.wire import (
    china,
    exchange,
    http_client,
    of_china,
    of_yuan,
    private_key,
    public_key,
    rsa_holds,
    setting,
    yuan,
)
from plugins.payment_alipay.bills import lines_of
from plugins.payment_alipay.certificates import (
    certificates_of,
    root_serial_of,
    serial_of,
    trusted_key,
)
from plugins.payment_alipay.encryption import decrypt, encrypt
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.signing import read_notification, signed, top_level

PAGES = {
    Scene.WEB: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    Scene.MOBILE: ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    Scene.APP: ("alipay.trade.app.pay", "QUICK_MSECURITY_PAY"),
}
STATUSES = {
    "WAIT_BUYER_PAY": GatewayStatus.PENDING,
    "TRADE_SUCCESS": GatewayStatus.PAID,
    "TRADE_FINISHED": GatewayStatus.PAID,
    "TRADE_CLOSED": GatewayStatus.CLOSED,
}
DONE, BUSY, BUSINESS = "10000", {"10003", "20000"}, "40004"
UNKNOWN = {"ACQ.SYSTEM_ERROR", "isp.unknow-error"}
ABSENT = {"ACQ.TRADE_NOT_EXIST", "TRADE_NOT_EXIST"}
ERRORS: dict[str, type[Rejected]] = {
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": Declined,
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": AmountExceeded,
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": AmountExceeded,
}


class Refusal(Exception):
    """A signed answer that says no: ``code`` and Alipay's ``sub_code``."""

    def __init__(self, code: str, sub_code: str) -> None:
        self.code, self.sub_code = code, sub_code
        super().__init__(sub_code or code)


class AlipayGateway:
    """One merchant account, in public-key or certificate mode."""

    name = Text({"zh": "支付宝", "en": "Alipay"})
    scenes = (Scene.WEB, Scene.MOBILE, Scene.QR, Scene.APP)
    abilities = frozenset(Ability) - {Ability.AUTHORIZATIONS}

    def __init__(
        self,
        account: AlipayAccount,
        *,
        now: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.code = account.code
        self.account = account.app_id
        self.fee_basis_points = account.fee_basis_points
        self._settings = account
        self._now = now
        self._client = http_client(transport)
        try:
            self._key = private_key(account.private_key.get_secret_value())
            self._roots = certificates_of(account.root_certificates)
            self._keys: dict[str, RSAPublicKey] = {
                str(place): public_key(text)
                for place, text in enumerate(account.alipay_public_keys)
            }
            self._keys |= (trusted_key(each, self._roots) for each in account.alipay_certificates)
        except ValueError as error:
            raise setting("a key or certificate of Alipay", error) from None

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        trade = {
            "out_trade_no": request.reference,
            "total_amount": yuan(request.amount),
            "subject": request.subject[:256],
            "time_expire": china(request.expires_at),
        }
        addresses = {"notify_url": request.notify_url, "return_url": request.return_url}
        if request.scene is Scene.QR:
            trade |= {"product_code": "FACE_TO_FACE_PAYMENT"}
            try:
                said = await self._ask(
                    "alipay.trade.precreate", trade, notify_url=request.notify_url
                )
            except Refusal as refusal:
                raise error_of(refusal) from refusal
            return QrCode(str(said["qr_code"]), request.expires_at)
        method, product_code = PAGES[request.scene]
        fields = self._fields(method, {**trade, "product_code": product_code}, **addresses)
        if request.scene is Scene.APP:
            return AppParameters({}, urlencode(fields))
        return Redirect(f"{self._settings.url}?{urlencode(fields)}")

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        try:
            said = await self._ask("alipay.trade.query", {"out_trade_no": payment.reference})
        except OutcomeUnknown as error:
            raise Unavailable from error
        except Refusal as refusal:
            return self._absent(payment.reference, refusal)
        return self._payment(said)

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        try:
            await self._ask("alipay.trade.close", {"out_trade_no": payment.reference})
        except Refusal as refusal:
            if refusal.sub_code in ABSENT:
                return self._absent(payment.reference, refusal)
            return await self.query(payment)
        return GatewayPayment(
            reference=payment.reference, status=GatewayStatus.CLOSED, account=self.account
        )

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        wanted = {
            "out_trade_no": request.payment.reference,
            "refund_amount": yuan(request.amount),
            "out_request_no": request.reference,
            "refund_reason": request.reason[:256],
        }
        try:
            said = await self._ask("alipay.trade.refund", wanted)
        except Refusal as refusal:
            raise error_of(refusal) from refusal
        if said.get("fund_change") == "Y":
            return self._refund(request, GatewayRefundStatus.SUCCEEDED, str(said["trade_no"]))
        return await self.query_refund(request)

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        wanted = {
            "out_trade_no": request.payment.reference,
            "out_request_no": request.reference,
        }
        try:
            said = await self._ask("alipay.trade.fastpay.refund.query", wanted)
        except OutcomeUnknown as error:
            raise Unavailable from error
        except Refusal as refusal:
            if refusal.sub_code in ABSENT:
                return self._refund(request, GatewayRefundStatus.NOT_FOUND)
            raise error_of(refusal) from refusal
        if said.get("refund_status") == "REFUND_SUCCESS":
            return self._refund(request, GatewayRefundStatus.SUCCEEDED, str(said["trade_no"]))
        return self._refund(request, GatewayRefundStatus.NOT_FOUND)

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        wanted = {"bill_type": "trade", "bill_date": day.isoformat()}
        method = "alipay.data.dataservice.bill.downloadurl.query"
        try:
            said = await self._ask(method, wanted)
        except Refusal as refusal:
            if "bill_not_exist" in refusal.sub_code.lower():
                raise NotReadyYet from refusal
            raise error_of(refusal) from refusal
        url = str(said["bill_download_url"])
        answer = await exchange(self._client, self._client.build_request("GET", url))
        for line in lines_of(answer.content):
            yield line

    async def verify(self, raw: RawNotification) -> Notification:
        fields = read_notification(raw.body, tuple(self._keys.values()))
        foreign_seller = self._settings.seller_id not in {"", fields.get("seller_id")}
        if fields.get("app_id") != self.account or foreign_seller:
            raise BadSignature
        try:
            if fields.get("refund_fee") and fields.get("out_biz_no"):
                return Notification(
                    key=fields["notify_id"],
                    account=self.account,
                    refund=self._refund_of(fields),
                )
            payment = self._payment(fields)
            return Notification(key=fields["notify_id"], account=self.account, payment=payment)
        except (KeyError, ValueError) as error:
            raise BadSignature from error

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement(status=200, body=b"success" if accepted else b"fail")

    async def aclose(self) -> None:
        await self._client.aclose()

    def _fields(self, method: str, content: Mapping[str, str], **extra: str) -> dict[str, str]:
        account = self._settings
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        fields = {
            "app_id": account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": china(self._now()),
            "version": "1.0",
            "biz_content": text,
            **extra,
        }
        if account.content_key is not None:
            key = account.content_key.get_secret_value()
            fields |= {"encrypt_type": "AES", "biz_content": encrypt(text, key)}
        if account.app_certificate:
            (own, *_) = certificates_of(account.app_certificate)
            fields |= {
                "app_cert_sn": serial_of(own),
                "alipay_root_cert_sn": root_serial_of(account.root_certificates),
            }
        return signed(fields, self._key)

    async def _ask(self, method: str, content: Mapping[str, str], **extra: str) -> Any:
        """The signed part of the answer.

        Raises:
            Refusal: a signed no.
            OutcomeUnknown: no answer, or none that can be believed.
        """
        fields = self._fields(method, content, **extra)
        body = urlencode({"biz_content": fields.pop("biz_content")})
        request = self._client.build_request(
            "POST",
            f"{self._settings.url}?{urlencode(fields)}",
            content=body,
            headers={"content-type": "application/x-www-form-urlencoded;charset=utf-8"},
        )
        answer = await exchange(self._client, request)
        try:
            said = await self._believed(method, answer.content.decode())
        except (ValueError, KeyError, IndexError) as error:
            raise OutcomeUnknown from error
        code, sub_code = str(said.get("code", "")), str(said.get("sub_code", ""))
        if code == DONE:
            return said
        if code in BUSY or sub_code in UNKNOWN:
            raise OutcomeUnknown
        raise Refusal(code, sub_code)

    async def _believed(self, method: str, text: str) -> Any:
        members = top_level(text)
        node = members[f"{method.replace('.', '_')}_response"]
        keys = tuple(self._keys.values())
        if "alipay_cert_sn" in members:
            serial = str(json.loads(members["alipay_cert_sn"]))
            if serial not in self._keys:
                await self._learn(serial)
            keys = (self._keys[serial],)
        if not rsa_holds(keys, node.encode(), str(json.loads(members["sign"]))):
            raise OutcomeUnknown
        said = json.loads(node)
        if isinstance(said, str) and self._settings.content_key is not None:
            said = json.loads(decrypt(said, self._settings.content_key.get_secret_value()))
        return said

    async def _learn(self, serial: str) -> None:
        """Alipay changed its certificate: fetch the new one, and believe its chain alone."""
        method = "alipay.open.app.alipaycert.download"
        fields = self._fields(method, {"alipay_cert_sn": serial})
        request = self._client.build_request("POST", self._settings.url, data=fields)
        answer = await exchange(self._client, request)
        said = json.loads(top_level(answer.text)[f"{method.replace('.', '_')}_response"])
        known, key = trusted_key(b64decode(said["alipay_cert_content"]).decode(), self._roots)
        self._keys[known] = key

    def _absent(self, reference: str, refusal: Refusal) -> GatewayPayment:
        if refusal.sub_code not in ABSENT:
            raise error_of(refusal) from refusal
        return GatewayPayment(
            reference=reference, status=GatewayStatus.NOT_FOUND, account=self.account
        )

    def _payment(self, said: Mapping[str, str]) -> GatewayPayment:
        status = STATUSES[said["trade_status"]]
        if status is GatewayStatus.CLOSED and said.get("send_pay_date"):
            # Closed by giving everything back: it was paid.
            status = GatewayStatus.PAID
        paid = status is GatewayStatus.PAID
        at = said.get("gmt_payment") or said.get("send_pay_date") or ""
        return GatewayPayment(
            reference=said["out_trade_no"],
            status=status,
            account=self.account,
            provider_reference=said.get("trade_no", ""),
            amount=of_yuan(said["total_amount"]) if paid else None,
            paid_at=of_china(at) if paid and at else None,
        )

    def _refund(
        self, request: RefundRequest, status: GatewayRefundStatus, provider_reference: str = ""
    ) -> GatewayRefund:
        done = status is GatewayRefundStatus.SUCCEEDED
        return GatewayRefund(
            reference=request.reference,
            payment_reference=request.payment.reference,
            status=status,
            account=self.account,
            provider_reference=provider_reference,
            amount=request.amount if done else None,
            at=self._now() if done else None,
        )

    def _refund_of(self, fields: Mapping[str, str]) -> GatewayRefund:
        """``refund_fee`` is all that was given back until now, so it is not this refund's."""
        return GatewayRefund(
            reference=fields["out_biz_no"],
            payment_reference=fields["out_trade_no"],
            status=GatewayRefundStatus.SUCCEEDED,
            account=self.account,
            provider_reference=fields["trade_no"],
            at=of_china(fields["gmt_refund"][:19]),
        )


def error_of(refusal: Refusal) -> PortError:
    if refusal.sub_code == "ACQ.SELLER_BALANCE_NOT_ENOUGH":
        return FundsMissing()
    if refusal.code != BUSINESS:
        return Misconfigured(str(refusal))
    return ERRORS.get(refusal.sub_code, Rejected)(refusal.sub_code)
