"""Alipay's side of the protocol: the checks that Alipay makes, without real money."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from entrepot.simulation import (
    FIRST_RETRIES,
    FORM_HEADERS,
    Fault,
    GatewaySimulator,
    Message,
    RefundRecord,
    Refused,
    Trade,
    TradeStatus,
    success_text,
)
from entrepot.wire import (
    china_time,
    parse_china_time,
    parse_yuan,
    rsa_sign,
    rsa_verify,
    statement_ready_at,
    yuan_of_minor,
)
from plugins.payment_alipay.encryption import decrypt, encrypt
from plugins.payment_alipay.signing import notification_content, request_content
from plugins.payment_alipay.simulated_bills import packed

REFERENCE = re.compile(r"[0-9A-Za-z_]{1,64}")
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")
PAGES = {"alipay.trade.page.pay", "alipay.trade.wap.pay", "alipay.trade.app.pay"}
SHOWN = {
    TradeStatus.WAITING: "WAIT_BUYER_PAY",
    TradeStatus.PAID: "TRADE_SUCCESS",
    TradeStatus.CLOSED: "TRADE_CLOSED",
}

Method = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class MerchantAccount:
    """The merchant's identifiers, and the keys of both sides. Tests change it to rotate keys.

    ``serial`` is that of the certificate that answers name; empty in public-key mode.
    ``extra`` are further methods, by name.
    """

    app_id: str
    seller_id: str
    merchant_key: RSAPublicKey
    own_key: RSAPrivateKey
    content_key: str = ""
    serial: str = ""
    extra: Mapping[str, Method] = field(default_factory=dict)


class AlipaySimulator(GatewaySimulator[MerchantAccount]):
    prefix = "/alipay-simulator"
    names: ClassVar = {"zh": "支付宝（模拟）", "en": "Alipay (simulated)"}
    retry_after = (*FIRST_RETRIES, 240, 600, 600, 3_600, 7_200, 21_600, 54_000)
    app_address = f"{prefix}/gateway.do"

    def check(self, fields: Mapping[str, str]) -> Any:
        """The content of a request with a valid signature. Raises `Refused`."""
        if fields.get("app_id") != self.merchant.app_id:
            raise Refused("isv.invalid-app-id")
        complete = fields.get("charset") == "utf-8" and fields.get("sign_type") == "RSA2"
        content, key = request_content(fields).encode(), self.merchant.merchant_key
        if not complete or not rsa_verify([key], content, fields.get("sign", "")):
            raise Refused("isv.invalid-signature", page_text="signature")
        try:
            parse_china_time(fields["timestamp"])
            text = fields["biz_content"]
            if fields.get("encrypt_type") == "AES":
                text = decrypt(text, self.merchant.content_key)
            return json.loads(text)
        except (KeyError, ValueError) as error:
            raise Refused("isv.invalid-parameter") from error

    def create_trade(self, fields: Mapping[str, str], content: Mapping[str, str]) -> str:
        """Store the requested trade. Returns its reference. Raises `Refused`."""
        reference, amount = content.get("out_trade_no", ""), _amount(content, "total_amount")
        if not REFERENCE.fullmatch(reference) or not content.get("subject") or amount < 1:
            raise Refused("ACQ.INVALID_PARAMETER")
        trade = self.trades.add(
            Trade(
                reference=reference,
                status=TradeStatus.REQUESTED,
                amount=amount,
                currency="CNY",
                subject=content["subject"],
                expires_at=parse_china_time(content["time_expire"]),
                facts={name: fields.get(name, "") for name in ("notify_url", "return_url")},
            )
        )
        if trade.amount != amount:
            raise Refused("ACQ.CONTEXT_INCONSISTENT")
        if trade.status is TradeStatus.PAID:
            raise Refused("ACQ.TRADE_HAS_SUCCESS")
        return reference

    def new_trade_number(self) -> str:
        return f"{china_time(self._now(), '%Y%m%d')}22001{secrets.randbelow(10**15):015d}"

    async def answer(self, method: str, fields: Mapping[str, str]) -> bytes:
        """A signed answer. Raises `ResponseDropped`."""
        self.faults.before_processing()
        try:
            node = {"code": "10000", "msg": "Success", **self._process(method, fields)}
        except Refused as refused:
            business = refused.code.startswith(("ACQ.", "isp."))
            node = {
                "code": "40004" if business else "40002",
                "msg": "Business Failed" if business else "Invalid Arguments",
                "sub_code": refused.code,
                "sub_msg": refused.message,
            }
        self.faults.after_processing()
        unknown = node.get("sub_code") in {"isv.invalid-app-id", "isv.invalid-method"}
        name = "error_response" if unknown else f"{method.replace('.', '_')}_response"
        return self._signed(name, node, encrypted=fields.get("encrypt_type") == "AES")

    def bill(self, day: date) -> bytes:
        """The zip file at the address of a bill."""
        return packed(self.movements(day))

    async def notify_payment(self, trade: Trade) -> None:
        if not trade.facts.get("notify_url"):
            return
        now = china_time(self._now())
        fields = {
            "notify_time": now,
            "notify_type": "trade_status_sync",
            "notify_id": f"pay-{trade.number}{secrets.token_hex(4)}",
            "app_id": self.merchant.app_id,
            "seller_id": self.merchant.seller_id,
            "charset": "utf-8",
            "version": "1.0",
            "out_trade_no": trade.reference,
            "trade_no": trade.number,
            "trade_status": "TRADE_SUCCESS",
            "total_amount": yuan_of_minor(trade.amount),
            "subject": trade.subject,
            "body": "",
            "gmt_payment": china_time(trade.paid_at) if trade.paid_at else now,
        }
        sign = rsa_sign(self.merchant.own_key, notification_content(fields).encode())
        body = urlencode({**fields, "sign_type": "RSA2", "sign": sign}).encode()
        url = str(trade.facts["notify_url"])
        await self.notifier.send(Message(url, body, FORM_HEADERS, success_text))

    async def notify_refund(self, record: RefundRecord) -> None:
        """Not sent: a refund of Alipay ends with the answer to its request."""

    def _process(self, method: str, fields: Mapping[str, str]) -> dict[str, Any]:
        content = self.check(fields)
        methods: dict[str, Method] = {
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._query_refund,
            "alipay.data.dataservice.bill.downloadurl.query": self._bill,
            **self.merchant.extra,
        }
        if method == "alipay.trade.precreate":
            reference = self.create_trade(fields, content)
            return {"out_trade_no": reference, "qr_code": self.page_url(reference)}
        if method not in methods:
            raise Refused("isv.invalid-method")
        return methods[method](content)

    def _query(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._visible_trade(content)
        answer = {
            **_identity(trade),
            "trade_status": SHOWN[trade.status],
            "total_amount": yuan_of_minor(trade.amount),
        }
        if trade.paid_at:
            answer["send_pay_date"] = china_time(trade.paid_at)
            if self.trades.refunded_amount(trade.reference) == trade.amount:
                answer["trade_status"] = "TRADE_CLOSED"
        return answer

    def _close(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._visible_trade(content)
        waiting = {TradeStatus.WAITING}
        if not self.trades.change_status(trade.reference, waiting, TradeStatus.CLOSED):
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        return _identity(trade)

    def _refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade, amount = self._visible_trade(content), _amount(content, "refund_amount")
        if trade.status is not TradeStatus.PAID:
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        number = str(content.get("out_request_no") or trade.reference)
        if number == trade.reference and amount != trade.amount:
            raise Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        repeated = self.trades.find_refund(number) is not None
        self.record_refund(
            RefundRecord(
                reference=number,
                trade=trade.reference,
                amount=amount,
                status="succeeded",
                number=trade.number,
                at=self._now(),
            ),
            too_large=Refused("ACQ.REASON_TRADE_REFUND_FEE_ERR"),
            changed=Refused("ACQ.DISCORDANT_REPEAT_REQUEST"),
        )
        return {
            **_identity(trade),
            "fund_change": "N" if repeated else "Y",
            "refund_fee": yuan_of_minor(self.trades.refunded_amount(trade.reference)),
        }

    def _query_refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._visible_trade(content)
        record = self.trades.find_refund(str(content.get("out_request_no", "")))
        if record is None:
            return _identity(trade)
        return {
            **_identity(trade),
            "out_request_no": record.reference,
            "refund_amount": yuan_of_minor(record.amount),
            "refund_status": "REFUND_SUCCESS",
        }

    def _bill(self, content: Mapping[str, Any]) -> dict[str, Any]:
        day = date.fromisoformat(str(content["bill_date"]))
        if self._now() < statement_ready_at(day) or not self.has_movements(day):
            raise Refused("isp.bill_not_exist")
        return {"bill_download_url": f"{self._url}{self.prefix}/bill/{day.isoformat()}"}

    def _visible_trade(self, content: Mapping[str, Any]) -> Trade:
        trade = self.trades.find(str(content.get("out_trade_no", "")))
        if trade is None or not trade.visible:
            raise Refused("ACQ.TRADE_NOT_EXIST")
        return trade

    def _signed(self, name: str, node: Mapping[str, Any], *, encrypted: bool) -> bytes:
        text = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
        if encrypted:
            text = json.dumps(encrypt(text, self.merchant.content_key))
        wrong = self.faults.consume(Fault.BAD_SIGNATURE)
        signature = rsa_sign(self.merchant.own_key, b"another text" if wrong else text.encode())
        serial = f'"alipay_cert_sn":"{self.merchant.serial}",' if self.merchant.serial else ""
        return f'{{"{name}":{text},{serial}"sign":"{signature}"}}'.encode()


def _identity(trade: Trade) -> dict[str, Any]:
    return {"out_trade_no": trade.reference, "trade_no": trade.number}


def _amount(content: Mapping[str, Any], name: str) -> int:
    text = str(content.get(name, ""))
    if not AMOUNT.fullmatch(text):
        raise Refused("ACQ.INVALID_PARAMETER")
    return parse_yuan(text).minor
