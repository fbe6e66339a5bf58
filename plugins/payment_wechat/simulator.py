"""WeChat Pay's side of the wire: it checks what WeChat checks, and takes no money."""

import csv
import gzip
import io
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from entrepot import Clock
from entrepot.simulation import (
    Book,
    Cashier,
    Fault,
    Faults,
    Message,
    Notifier,
    RefundRecord,
    RefundTooMuch,
    Trade,
    TradeStatus,
)
from entrepot.wire import CHINA_TIME, china, rsa_holds, rsa_sign
from plugins.payment_wechat.signing import (
    SCHEME,
    WINDOW_SECONDS,
    answer_message,
    request_message,
    seal,
)

PREFIX = "/wechat-simulator"
NAMES = {"zh": "微信支付（模拟）", "en": "WeChat Pay (simulated)"}
RETRY_AFTER_SECONDS = (15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800)
REFERENCE = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
HEADER_FIELD = re.compile(r'(\w+)="([^"]*)"')
PRODUCTS = {"native", "jsapi", "h5", "app"}
FEE_BASIS_POINTS = 60
LONGEST_DESCRIPTION = 127
BILL_NAMES = (
    *("交易时间", "微信订单号", "商户订单号", "交易状态", "应结订单金额", "手续费"),
    *("微信退款单号", "商户退款单号", "退款金额"),
)


class Refused(Exception):
    """``status`` and WeChat's ``code``, with a message for people."""

    def __init__(self, status: int, code: str, message: str = "模拟拒绝") -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(code)


class Dropped(Exception):
    """It may have been done, and the answer is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Party:
    """The merchant as the simulator knows it, and whom the simulator signs as now.

    ``certificates`` is the answer of ``/v3/certificates``, if there is one. It can all be
    changed while it runs: that is how keys rotate.
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


class WechatSimulator:
    """``url`` is where the buyer's phone and browser find it."""

    app_address = ""

    def __init__(
        self, *, party: Party, book: Book, notifier: Notifier, now: Clock, url: str
    ) -> None:
        self.party = party
        self.book = book
        self.notifier = notifier
        self.faults = Faults()
        self.cashier = Cashier(prefix=PREFIX, names=NAMES, book=book, now=now, pay=self.pay)
        self._now = now
        self._url = url

    async def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """``path`` with its query, as it was signed. Raises `Dropped`."""
        if self.faults.strikes(Fault.SERVER_ERROR):
            raise Dropped
        try:
            self._check(method, path, headers, body)
            status, said = self._act(method, path, json.loads(body) if body else {})
        except Refused as refused:
            status = refused.status
            said = {"code": refused.code, "message": refused.message}
        except (KeyError, ValueError, TypeError):
            status, said = 400, {"code": "PARAM_ERROR", "message": "参数错误"}
        if self.faults.strikes(Fault.DROP_AFTER_APPLY):
            raise Dropped
        raw = said if isinstance(said, bytes) else _json(said)
        return Answer(status=status, body=raw, headers=self._signed(raw))

    async def pay(self, trade: Trade) -> None:
        number = f"4200{china(self._now(), '%Y%m%d')}{secrets.randbelow(10**16):016d}"
        if self.book.pay(trade.reference, self._now(), number):
            await self._notify(
                trade.facts["notify_url"],
                "TRANSACTION.SUCCESS",
                "transaction",
                self._transaction(trade.reference),
            )

    async def settle_refund(self, reference: str, status: str = "succeeded") -> None:
        """A refund that was being processed ends, and the merchant is told."""
        if not self.book.settle_refund(reference, status):
            return
        record = self.book.find_refund(reference)
        if record is not None and record.facts.get("notify_url"):
            ended = "SUCCESS" if status == "succeeded" else "ABNORMAL"
            said = self._said_of_refund(record)
            said["refund_status"] = said.pop("status")
            said["mchid"] = self.party.merchant_id
            await self._notify(record.facts["notify_url"], f"REFUND.{ended}", "refund", said)

    async def aclose(self) -> None:
        await self.notifier.aclose()
        self.book.close()

    def _check(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        given = dict(HEADER_FIELD.findall(headers.get("authorization", "")))
        message = request_message(
            method,
            path,
            given.get("timestamp", ""),
            given.get("nonce_str", ""),
            body.decode(),
        )
        known = (given.get("mchid"), given.get("serial_no")) == (
            self.party.merchant_id,
            self.party.serial,
        )
        stamp = given.get("timestamp", "0")
        timely = abs(self._now().timestamp() - int(stamp)) < WINDOW_SECONDS
        holds = rsa_holds([self.party.merchant_key], message.encode(), given.get("signature", ""))
        if not (known and timely and holds and headers.get("user-agent")):
            raise Refused(401, "SIGN_ERROR")

    def _act(self, method: str, path: str, said: Any) -> tuple[int, Any]:
        url = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        answer: Any
        match method, url.path.removeprefix("/v3/").split("/"):
            case "POST", ["pay", "transactions", product] if product in PRODUCTS:
                answer = self._prepay(product, said)
            case "GET", ["pay", "transactions", "out-trade-no", reference]:
                if query.get("mchid") != self.party.merchant_id:
                    raise Refused(400, "PARAM_ERROR")
                answer = self._transaction(reference)
            case "POST", ["pay", "transactions", "out-trade-no", reference, "close"]:
                return self._close(reference)
            case "POST", ["refund", "domestic", "refunds"]:
                answer = self._refund(said)
            case "GET", ["refund", "domestic", "refunds", number]:
                answer = self._said_of_refund(self._known_refund(number))
            case "GET", ["certificates"] if self.party.certificates:
                answer = self.party.certificates
            case "GET", ["bill", "tradebill"]:
                answer = self._bill(query)
            case "GET", ["billdownload", "file"]:
                answer = gzip.compress(self._table(date.fromisoformat(query["token"])))
            case _:
                raise Refused(404, "RESOURCE_NOT_EXISTS")
        return 200, answer

    def _prepay(self, product: str, said: Mapping[str, Any]) -> dict[str, str]:
        self._check_order(product, said)
        facts = {"notify_url": said["notify_url"], "product": product}
        trade = self.book.open(
            Trade(
                reference=said["out_trade_no"],
                status=TradeStatus.WAITING,
                amount=said["amount"]["total"],
                currency="CNY",
                subject=said["description"],
                expires_at=datetime.fromisoformat(said["time_expire"]),
                facts=facts,
            )
        )
        if trade.amount != said["amount"]["total"] or trade.facts["product"] != product:
            raise Refused(403, "OUT_TRADE_NO_USED", "商户订单号重复")
        if trade.status is not TradeStatus.WAITING:
            code = "ORDER_CLOSED" if trade.status is TradeStatus.CLOSED else "OUT_TRADE_NO_USED"
            raise Refused(400, code)
        page = f"{self._url}{self.cashier.address(trade.reference)}"
        match product:
            case "native":
                return {"code_url": page}
            case "h5":
                return {"h5_url": f"{page}?prepay_id=wx{trade.reference}&package=1"}
        return {"prepay_id": f"wx{trade.reference}"}

    def _check_order(self, product: str, said: Mapping[str, Any]) -> None:
        total = said["amount"]["total"]
        notify = urlsplit(said["notify_url"])
        wrong = (
            not REFERENCE.fullmatch(said["out_trade_no"])
            or not isinstance(total, int)
            or total < 1
            or said["amount"].get("currency", "CNY") != "CNY"
            or not 1 <= len(said["description"]) <= LONGEST_DESCRIPTION
            or bool(notify.query)
            or (self.party.https_only and notify.scheme != "https")
            or (product == "jsapi" and not said["payer"]["openid"])
            or (product == "h5" and not said["scene_info"]["payer_client_ip"])
        )
        if wrong:
            raise Refused(400, "PARAM_ERROR", "参数错误")
        if (said["appid"], said["mchid"]) != (self.party.app_id, self.party.merchant_id):
            raise Refused(400, "APPID_MCHID_NOT_MATCH")

    def _transaction(self, reference: str) -> dict[str, Any]:
        trade = self.book.find(reference)
        if trade is None:
            raise Refused(404, "ORDER_NOT_EXIST")
        said: dict[str, Any] = {
            "appid": self.party.app_id,
            "mchid": self.party.merchant_id,
            "out_trade_no": reference,
            "trade_state": {TradeStatus.PAID: "SUCCESS", TradeStatus.CLOSED: "CLOSED"}.get(
                trade.status, "NOTPAY"
            ),
            "trade_state_desc": "模拟",
        }
        if trade.paid_at is not None:
            if self.book.refunded(reference):
                said["trade_state"] = "REFUND"
            said |= {
                "transaction_id": trade.number,
                "trade_type": str(trade.facts["product"]).upper(),
                "success_time": _rfc3339(trade.paid_at),
                "amount": {"total": trade.amount, "payer_total": trade.amount, "currency": "CNY"},
                "payer": {"openid": "o-simulated"},
            }
        return said

    def _close(self, reference: str) -> tuple[int, bytes]:
        if self.book.find(reference) is not None:
            self.book.move(reference, {TradeStatus.WAITING}, TradeStatus.CLOSED)
        return 204, b""

    def _refund(self, said: Mapping[str, Any]) -> dict[str, Any]:
        trade = self.book.find(said["out_trade_no"])
        amount = said["amount"]
        if trade is None:
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        if amount["total"] != trade.amount or amount["currency"] != "CNY":
            raise Refused(400, "INVALID_REQUEST", "订单金额不一致")
        before = self.book.find_refund(said["out_refund_no"])
        if before is not None and before.amount != amount["refund"]:
            raise Refused(400, "PARAM_ERROR", "退款金额与之前请求不一致")
        try:
            record = self.book.refund(
                RefundRecord(
                    reference=said["out_refund_no"],
                    trade=trade.reference,
                    amount=amount["refund"],
                    status="pending",
                    number=f"5030{secrets.randbelow(10**20):020d}",
                    at=self._now(),
                    facts={"notify_url": said.get("notify_url", "")},
                )
            )
        except RefundTooMuch as error:
            raise Refused(400, "INVALID_REQUEST", "申请退款金额超过可退金额") from error
        return self._said_of_refund(record)

    def _known_refund(self, number: str) -> RefundRecord:
        record = self.book.find_refund(number)
        if record is None:
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        return record

    def _said_of_refund(self, record: RefundRecord) -> dict[str, Any]:
        trade = self.book.find(record.trade)
        total = trade.amount if trade else 0
        status = {"pending": "PROCESSING", "succeeded": "SUCCESS"}.get(record.status, "ABNORMAL")
        return {
            "refund_id": record.number,
            "out_refund_no": record.reference,
            "transaction_id": trade.number if trade else "",
            "out_trade_no": record.trade,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": _rfc3339(record.at),
            "success_time": _rfc3339(self._now()),
            "status": status,
            "amount": {"total": total, "refund": record.amount, "currency": "CNY"},
        }

    def _bill(self, query: Mapping[str, str]) -> dict[str, str]:
        day = date.fromisoformat(query["bill_date"])
        ready = datetime.combine(day, datetime.min.time(), CHINA_TIME) + timedelta(hours=34)
        if self._now() < ready:
            raise Refused(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        table = self._table(day)
        return {
            "hash_type": "SHA1",
            "hash_value": sha1(table, usedforsecurity=False).hexdigest(),
            "download_url": f"{self._url}/v3/billdownload/file?token={day.isoformat()}",
        }

    def _table(self, day: date) -> bytes:
        begin = datetime.combine(day, datetime.min.time(), CHINA_TIME)
        end = begin + timedelta(days=1)
        rows = []
        for trade in self.book.paid_between(begin, end):
            fee = (trade.amount * FEE_BASIS_POINTS + 5_000) // 10_000
            at = china(trade.paid_at) if trade.paid_at else ""
            amounts = [_yuan(trade.amount), _yuan(fee)]
            rows.append([at, trade.number, trade.reference, "SUCCESS", *amounts, "", "", "0.00"])
        for record in self.book.refunded_between(begin, end):
            number, own = record.number, record.reference
            rows.append(
                [
                    *(china(record.at), number, record.trade, "REFUND", "0.00", "0.00"),
                    *(number, own, _yuan(record.amount)),
                ]
            )
        if rows and self.faults.strikes(Fault.HIDDEN_DIFFERENCE):
            rows[0][4] = "0.01"
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(BILL_NAMES)
        writer.writerows([[f"`{cell}" for cell in row] for row in rows])
        text.write("总交易单数,应结订单总金额\r\n`0,`0.00\r\n")
        return text.getvalue().encode("utf-8-sig")

    def _signed(self, body: bytes) -> dict[str, str]:
        stamp, nonce = str(int(self._now().timestamp())), secrets.token_hex(16)
        signature = rsa_sign(self.party.own_key, answer_message(stamp, nonce, body))
        if self.faults.strikes(Fault.BAD_SIGNATURE):
            signature = rsa_sign(self.party.own_key, b"something else")
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.party.own_serial,
            "Wechatpay-Signature": signature,
            "Wechatpay-Signature-Type": SCHEME,
            "Content-Type": "application/json",
        }

    async def _notify(
        self, url: str, event: str, original_type: str, resource: Mapping[str, Any]
    ) -> None:
        sealed = seal(
            _json(resource).decode(),
            self.party.apiv3_key,
            nonce=secrets.token_hex(6),
            associated_data=original_type,
        )
        body = _json(
            {
                "id": secrets.token_hex(16),
                "create_time": _rfc3339(self._now()),
                "resource_type": "encrypt-resource",
                "event_type": event,
                "summary": "模拟",
                "resource": {**sealed, "original_type": original_type},
            }
        )
        await self.notifier.send(
            Message(
                url=url,
                body=body,
                headers=self._signed(body),
                heard=lambda status, _answer: status in {200, 204},
            )
        )


def _json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _rfc3339(at: datetime) -> str:
    return at.astimezone(CHINA_TIME).isoformat(timespec="seconds")


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
