"""WeChat Pay's side of the protocol: the checks that WeChat makes, without real money."""

import gzip
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha1
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from entrepot.simulation import (
    FIRST_RETRIES,
    Fault,
    GatewaySimulator,
    Message,
    RefundRecord,
    Refused,
    Trade,
    TradeStatus,
)
from entrepot.wire import china_time, rsa_sign, rsa_verify, statement_ready_at
from plugins.payment_wechat.signing import (
    SCHEME,
    WINDOW_SECONDS,
    answer_message,
    encrypt,
    request_message,
)
from plugins.payment_wechat.simulated_answers import (
    json_bytes,
    refund_view,
    rfc3339,
    transaction_view,
)
from plugins.payment_wechat.simulated_bills import table_of
from plugins.payment_wechat.simulated_orders import PRODUCTS, check_order

HEADER_FIELD = re.compile(r'(\w+)="([^"]*)"')


def acknowledged(status: int, _body: bytes) -> bool:
    return status in {200, 204}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class MerchantAccount:
    """The merchant's identifiers, and the keys of both sides. Tests change it to rotate keys.

    ``certificates`` is the answer of ``/v3/certificates``, empty if there is none.
    """

    merchant_id: str
    app_id: str
    serial: str
    merchant_key: RSAPublicKey
    apiv3_key: bytes
    own_serial: str
    own_key: RSAPrivateKey
    certificates: bytes = b""
    https_only: bool = False


class WechatSimulator(GatewaySimulator[MerchantAccount]):
    prefix = "/wechat-simulator"
    names: ClassVar = {"zh": "微信支付（模拟）", "en": "WeChat Pay (simulated)"}
    retry_after = (*FIRST_RETRIES, 15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800)

    async def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """``path`` includes the query, as it was signed. Raises `ResponseDropped`."""
        self.faults.before_processing()
        answer: Any
        try:
            self._check(method, path, headers, body)
            status, answer = self._process(method, path, json.loads(body) if body else {})
        except Refused as refused:
            status = refused.status
            answer = {"code": refused.code, "message": refused.message}
        except (KeyError, ValueError, TypeError):
            status, answer = 400, {"code": "PARAM_ERROR", "message": "参数错误"}
        self.faults.after_processing()
        raw = answer if isinstance(answer, bytes) else json_bytes(answer)
        return Answer(status=status, body=raw, headers=self._signed(raw))

    def new_trade_number(self) -> str:
        return f"4200{china_time(self._now(), '%Y%m%d')}{secrets.randbelow(10**16):016d}"

    async def notify_payment(self, trade: Trade) -> None:
        url, resource = trade.facts["notify_url"], self._transaction(trade.reference)
        await self._notify(url, "TRANSACTION.SUCCESS", "transaction", resource)

    async def notify_refund(self, record: RefundRecord) -> None:
        if not record.facts.get("notify_url"):
            return
        resource = self._refund_view(record)
        resource["refund_status"] = resource.pop("status")
        resource["mchid"] = self.merchant.merchant_id
        event = f"REFUND.{resource['refund_status']}"
        await self._notify(record.facts["notify_url"], event, "refund", resource)

    def _check(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        given = dict(HEADER_FIELD.findall(headers.get("authorization", "")))
        stamp = given.get("timestamp", "")
        message = request_message(method, path, stamp, given.get("nonce_str", ""), body.decode())
        known = (given.get("mchid"), given.get("serial_no")) == (
            self.merchant.merchant_id,
            self.merchant.serial,
        )
        timely = abs(self._now().timestamp() - int(stamp or "0")) < WINDOW_SECONDS
        key, signature = self.merchant.merchant_key, given.get("signature", "")
        genuine = rsa_verify([key], message.encode(), signature)
        if not (known and timely and genuine and headers.get("user-agent")):
            raise Refused("SIGN_ERROR", status=401)

    def _process(self, method: str, path: str, content: Any) -> tuple[int, Any]:
        url = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        answer: Any
        match method, url.path.removeprefix("/v3/").split("/"):
            case "POST", ["pay", "transactions", product] if product in PRODUCTS:
                answer = self._prepay(product, content)
            case "GET", ["pay", "transactions", "out-trade-no", reference]:
                if query.get("mchid") != self.merchant.merchant_id:
                    raise Refused("PARAM_ERROR")
                answer = self._transaction(reference)
            case "POST", ["pay", "transactions", "out-trade-no", reference, "close"]:
                return self._close(reference)
            case "POST", ["refund", "domestic", "refunds"]:
                answer = self._refund(content)
            case "GET", ["refund", "domestic", "refunds", number]:
                answer = self._refund_view(self._known_refund(number))
            case "GET", ["certificates"] if self.merchant.certificates:
                answer = self.merchant.certificates
            case "GET", ["bill", "tradebill"]:
                answer = self._bill(query)
            case "GET", ["billdownload", "file"]:
                answer = gzip.compress(self._table(date.fromisoformat(query["token"])))
            case _:
                raise Refused("RESOURCE_NOT_EXISTS", status=404)
        return 200, answer

    def _prepay(self, product: str, order: Mapping[str, Any]) -> dict[str, str]:
        check_order(product, order, self.merchant)
        trade = self.trades.add(
            Trade(
                reference=order["out_trade_no"],
                status=TradeStatus.WAITING,
                amount=order["amount"]["total"],
                currency="CNY",
                subject=order["description"],
                expires_at=datetime.fromisoformat(order["time_expire"]),
                facts={"notify_url": order["notify_url"], "product": product},
            )
        )
        if trade.amount != order["amount"]["total"] or trade.facts["product"] != product:
            raise Refused("OUT_TRADE_NO_USED", "商户订单号重复", status=403)
        if trade.status is not TradeStatus.WAITING:
            closed = trade.status is TradeStatus.CLOSED
            raise Refused("ORDER_CLOSED" if closed else "OUT_TRADE_NO_USED")
        page = self.page_url(trade.reference)
        match product:
            case "native":
                return {"code_url": page}
            case "h5":
                return {"h5_url": f"{page}?prepay_id=wx{trade.reference}&package=1"}
        return {"prepay_id": f"wx{trade.reference}"}

    def _transaction(self, reference: str) -> dict[str, Any]:
        trade = self.trades.find(reference)
        if trade is None:
            raise Refused("ORDER_NOT_EXIST", status=404)
        refunded = self.trades.refunded_amount(reference) > 0
        identity = {"appid": self.merchant.app_id, "mchid": self.merchant.merchant_id}
        return {**identity, **transaction_view(trade, refunded=refunded)}

    def _close(self, reference: str) -> tuple[int, bytes]:
        if self.trades.find(reference) is not None:
            self.trades.change_status(reference, {TradeStatus.WAITING}, TradeStatus.CLOSED)
        return 204, b""

    def _refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade, amount = self.trades.find(content["out_trade_no"]), content["amount"]
        if trade is None:
            raise Refused("RESOURCE_NOT_EXISTS", status=404)
        if amount["total"] != trade.amount or amount["currency"] != "CNY":
            raise Refused("INVALID_REQUEST", "订单金额不一致")
        record = self.record_refund(
            RefundRecord(
                reference=content["out_refund_no"],
                trade=trade.reference,
                amount=amount["refund"],
                status="pending",
                number=f"5030{secrets.randbelow(10**20):020d}",
                at=self._now(),
                facts={"notify_url": content.get("notify_url", "")},
            ),
            too_large=Refused("INVALID_REQUEST", "申请退款金额超过可退金额"),
            changed=Refused("PARAM_ERROR", "退款金额与之前请求不一致"),
        )
        return self._refund_view(record)

    def _known_refund(self, number: str) -> RefundRecord:
        record = self.trades.find_refund(number)
        if record is None:
            raise Refused("RESOURCE_NOT_EXISTS", status=404)
        return record

    def _refund_view(self, record: RefundRecord) -> dict[str, Any]:
        return refund_view(record, self.trades.find(record.trade), self._now())

    def _bill(self, query: Mapping[str, str]) -> dict[str, str]:
        day = date.fromisoformat(query["bill_date"])
        if self._now() < statement_ready_at(day) or not self.has_movements(day):
            raise Refused("NO_STATEMENT_EXIST", "账单文件不存在")
        digest = sha1(self._table(day), usedforsecurity=False).hexdigest()
        return {
            "hash_type": "SHA1",
            "hash_value": digest,
            "download_url": f"{self._url}/v3/billdownload/file?token={day.isoformat()}",
        }

    def _table(self, day: date) -> bytes:
        merchant = self.merchant
        return table_of(self.movements(day), merchant.app_id, merchant.merchant_id)

    def _signed(self, body: bytes) -> dict[str, str]:
        stamp, nonce = str(int(self._now().timestamp())), secrets.token_hex(16)
        wrong = self.faults.consume(Fault.BAD_SIGNATURE)
        message = b"another text" if wrong else answer_message(stamp, nonce, body)
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.merchant.own_serial,
            "Wechatpay-Signature": rsa_sign(self.merchant.own_key, message),
            "Wechatpay-Signature-Type": SCHEME,
            "Content-Type": "application/json",
        }

    async def _notify(
        self, url: str, event: str, original_type: str, resource: Mapping[str, Any]
    ) -> None:
        encrypted = encrypt(
            json_bytes(resource).decode(),
            self.merchant.apiv3_key,
            nonce=secrets.token_hex(6),
            associated_data=original_type,
        )
        body = json_bytes(
            {
                "id": secrets.token_hex(16),
                "create_time": rfc3339(self._now()),
                "resource_type": "encrypt-resource",
                "event_type": event,
                "summary": "模拟",
                "resource": {**encrypted, "original_type": original_type},
            }
        )
        await self.notifier.send(Message(url, body, self._signed(body), acknowledged))
