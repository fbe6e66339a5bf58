"""Alipay's side of the wire: it checks what Alipay checks, and takes no money."""

import csv
import io
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

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
from entrepot.wire import CHINA_TIME, china, of_china, of_yuan, rsa_holds, rsa_sign
from plugins.payment_alipay.encryption import decrypt, encrypt
from plugins.payment_alipay.signing import notification_content, request_content

PREFIX = "/alipay-simulator"
NAMES = {"zh": "支付宝（模拟）", "en": "Alipay (simulated)"}
RETRY_AFTER_SECONDS = (240, 600, 600, 3_600, 7_200, 21_600, 54_000)
REFERENCE = re.compile(r"[0-9A-Za-z_]{1,64}")
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")
PAGES = {"alipay.trade.page.pay", "alipay.trade.wap.pay", "alipay.trade.app.pay"}
SHOWN = {
    TradeStatus.WAITING: "WAIT_BUYER_PAY",
    TradeStatus.PAID: "TRADE_SUCCESS",
    TradeStatus.CLOSED: "TRADE_CLOSED",
}
FEE_BASIS_POINTS = 60


class Refused(Exception):
    """Alipay's ``sub_code``."""


class Dropped(Exception):
    """It may have been done, and the answer is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The merchant as the simulator knows it, and the simulator's own key.

    ``serial`` is the certificate's that answers name; empty in public-key mode. ``extra`` are
    further methods, by name.
    """

    app_id: str
    seller_id: str
    app_key: RSAPublicKey
    own_key: RSAPrivateKey
    content_key: str = ""
    serial: str = ""
    extra: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = field(default_factory=dict)


class AlipaySimulator:
    """``url`` is where the buyer's phone and browser find it."""

    app_address = f"{PREFIX}/gateway.do"

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

    def check(self, fields: Mapping[str, str]) -> Any:
        """The content of a request whose signature holds. Raises `Refused`."""
        if fields.get("app_id") != self.party.app_id:
            raise Refused("isv.invalid-app-id")
        complete = fields.get("charset") == "utf-8" and fields.get("sign_type") == "RSA2"
        content = request_content(fields).encode()
        if not complete or not rsa_holds([self.party.app_key], content, fields.get("sign", "")):
            raise Refused("isv.invalid-signature")
        try:
            of_china(fields["timestamp"])
            text = fields["biz_content"]
            if fields.get("encrypt_type") == "AES":
                text = decrypt(text, self.party.content_key)
            return json.loads(text)
        except (KeyError, ValueError) as error:
            raise Refused("isv.invalid-parameter") from error

    def open(self, fields: Mapping[str, str], content: Mapping[str, str]) -> str:
        """Write down what the merchant asks for. Raises `Refused`."""
        reference, amount = content.get("out_trade_no", ""), content.get("total_amount", "")
        if not REFERENCE.fullmatch(reference) or not content.get("subject"):
            raise Refused("ACQ.INVALID_PARAMETER")
        if not AMOUNT.fullmatch(amount) or of_yuan(amount).minor < 1:
            raise Refused("ACQ.INVALID_PARAMETER")
        trade = self.book.open(
            Trade(
                reference=reference,
                status=TradeStatus.REQUESTED,
                amount=of_yuan(amount).minor,
                currency="CNY",
                subject=content["subject"],
                expires_at=of_china(content["time_expire"]),
                facts={
                    "notify_url": fields.get("notify_url", ""),
                    "return_url": fields.get("return_url", ""),
                },
            )
        )
        if trade.amount != of_yuan(amount).minor:
            raise Refused("ACQ.CONTEXT_INCONSISTENT")
        if trade.status is TradeStatus.PAID:
            raise Refused("ACQ.TRADE_HAS_SUCCESS")
        return reference

    async def pay(self, trade: Trade) -> None:
        number = f"{china(self._now(), '%Y%m%d')}22001{secrets.randbelow(10**15):015d}"
        if self.book.pay(trade.reference, self._now(), number):
            await self._notify(trade.reference, f"pay-{number}", {})

    async def answer(self, method: str, fields: Mapping[str, str]) -> bytes:
        """A signed answer, or what goes wrong instead. Raises `Dropped`."""
        if self.faults.strikes(Fault.SERVER_ERROR):
            raise Dropped
        try:
            node = {"code": "10000", "msg": "Success", **self._act(method, fields)}
        except Refused as refused:
            business = str(refused).startswith(("ACQ.", "isp."))
            node = {
                "code": "40004" if business else "40002",
                "msg": "Business Failed" if business else "Invalid Arguments",
                "sub_code": str(refused),
                "sub_msg": "模拟拒绝",
            }
        if self.faults.strikes(Fault.DROP_AFTER_APPLY):
            raise Dropped
        return self._signed(method, node, encrypted=fields.get("encrypt_type") == "AES")

    def bill(self, day: date) -> bytes:
        """The zip that a bill's address leads to."""
        begin = datetime.combine(day, datetime.min.time(), CHINA_TIME)
        end = begin + timedelta(days=1)
        rows = [
            self._row(trade, "交易", trade.captured, trade.paid_at or begin, "")
            for trade in self.book.paid_between(begin, end)
        ]
        for record in self.book.refunded_between(begin, end):
            trade = self.book.find(record.trade)
            if trade:
                rows.append(self._row(trade, "退款", -record.amount, record.at, record.reference))
        if rows and self.faults.strikes(Fault.HIDDEN_DIFFERENCE):
            rows[0]["订单金额（元）"] = "0.01"
        return _zipped(rows)

    async def settle_refund(self, reference: str, status: str = "succeeded") -> None:
        """Alipay's refunds end at once: there is nothing to wait for."""

    async def aclose(self) -> None:
        await self.notifier.aclose()
        self.book.close()

    def _act(self, method: str, fields: Mapping[str, str]) -> dict[str, Any]:
        content = self.check(fields)
        acts: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._query_refund,
            "alipay.data.dataservice.bill.downloadurl.query": self._bill,
            **self.party.extra,
        }
        if method == "alipay.trade.precreate":
            reference = self.open(fields, content)
            code = f"{self._url}{self.cashier.address(reference)}"
            return {"out_trade_no": reference, "qr_code": code}
        if method not in acts:
            raise Refused("isv.invalid-method")
        return acts[method](content)

    def _query(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._known(content)
        said = {
            "out_trade_no": trade.reference,
            "trade_no": trade.number,
            "trade_status": SHOWN[trade.status],
            "total_amount": yuan_of(trade.amount),
        }
        if trade.paid_at:
            said["send_pay_date"] = china(trade.paid_at)
            if self.book.refunded(trade.reference) == trade.amount:
                said["trade_status"] = "TRADE_CLOSED"
        return said

    def _close(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._known(content)
        if not self.book.move(trade.reference, {TradeStatus.WAITING}, TradeStatus.CLOSED):
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        return {"out_trade_no": trade.reference, "trade_no": trade.number}

    def _refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._known(content)
        amount = str(content.get("refund_amount", ""))
        if not AMOUNT.fullmatch(amount):
            raise Refused("ACQ.INVALID_PARAMETER")
        if trade.status is not TradeStatus.PAID:
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        minor = of_yuan(amount).minor
        number = str(content.get("out_request_no") or trade.reference)
        if number == trade.reference and minor != trade.amount:
            raise Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        before = self.book.find_refund(number)
        if before is not None and before.amount != minor:
            raise Refused("ACQ.DISCORDANT_REPEAT_REQUEST")
        try:
            self.book.refund(
                RefundRecord(
                    reference=number,
                    trade=trade.reference,
                    amount=minor,
                    status="succeeded",
                    number=trade.number,
                    at=self._now(),
                )
            )
        except RefundTooMuch as error:
            raise Refused("ACQ.REASON_TRADE_REFUND_FEE_ERR") from error
        return {
            "out_trade_no": trade.reference,
            "trade_no": trade.number,
            "fund_change": "N" if before else "Y",
            "refund_fee": yuan_of(self.book.refunded(trade.reference)),
        }

    def _query_refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._known(content)
        record = self.book.find_refund(str(content.get("out_request_no", "")))
        said = {"out_trade_no": trade.reference, "trade_no": trade.number}
        if record is None:
            return said
        return {
            **said,
            "out_request_no": record.reference,
            "refund_amount": yuan_of(record.amount),
            "refund_status": "REFUND_SUCCESS",
        }

    def _bill(self, content: Mapping[str, Any]) -> dict[str, Any]:
        day = date.fromisoformat(str(content["bill_date"]))
        ready = datetime.combine(day, datetime.min.time(), CHINA_TIME) + timedelta(hours=34)
        if self._now() < ready:
            raise Refused("isp.bill_not_exist")
        return {"bill_download_url": f"{self._url}{PREFIX}/bill/{day.isoformat()}"}

    def _known(self, content: Mapping[str, Any]) -> Trade:
        trade = self.book.find(str(content.get("out_trade_no", "")))
        if trade is None or trade.status is TradeStatus.REQUESTED:
            raise Refused("ACQ.TRADE_NOT_EXIST")
        return trade

    def _signed(self, method: str, node: Mapping[str, Any], *, encrypted: bool) -> bytes:
        text = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
        if encrypted:
            text = json.dumps(encrypt(text, self.party.content_key))
        signature = rsa_sign(self.party.own_key, text.encode())
        if self.faults.strikes(Fault.BAD_SIGNATURE):
            signature = rsa_sign(self.party.own_key, b"something else")
        serial = f'"alipay_cert_sn":"{self.party.serial}",' if self.party.serial else ""
        name = f"{method.replace('.', '_')}_response"
        return f'{{"{name}":{text},{serial}"sign":"{signature}"}}'.encode()

    async def _notify(self, reference: str, key: str, extra: Mapping[str, str]) -> None:
        trade = self.book.find(reference)
        if trade is None or not trade.facts.get("notify_url"):
            return
        at = china(self._now())
        fields = {
            "notify_time": at,
            "notify_type": "trade_status_sync",
            "notify_id": f"{key}{secrets.token_hex(4)}",
            "app_id": self.party.app_id,
            "seller_id": self.party.seller_id,
            "charset": "utf-8",
            "version": "1.0",
            "out_trade_no": trade.reference,
            "trade_no": trade.number,
            "trade_status": "TRADE_SUCCESS",
            "total_amount": yuan_of(trade.amount),
            "subject": trade.subject,
            "body": "",
            "gmt_payment": china(trade.paid_at) if trade.paid_at else at,
            **extra,
        }
        content = notification_content(fields).encode()
        signed = {**fields, "sign_type": "RSA2", "sign": rsa_sign(self.party.own_key, content)}
        await self.notifier.send(
            Message(
                url=str(trade.facts["notify_url"]),
                body=urlencode(signed).encode(),
                headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
                heard=lambda status, answer: status == 200 and answer == b"success",  # noqa: PLR2004
            )
        )

    def _row(
        self, trade: Trade, kind: str, minor: int, at: datetime, refund: str
    ) -> dict[str, str]:
        fee = (abs(minor) * FEE_BASIS_POINTS + 5_000) // 10_000 if kind == "交易" else 0
        return {
            "支付宝交易号": trade.number,
            "商户订单号": trade.reference,
            "业务类型": kind,
            "商品名称": trade.subject,
            "创建时间": china(at),
            "完成时间": china(at),
            "订单金额（元）": signed_yuan(minor),
            "退款批次号/请求号": refund,
            "服务费（元）": signed_yuan(-fee),
        }


def yuan_of(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def signed_yuan(minor: int) -> str:
    return f"-{yuan_of(-minor)}" if minor < 0 else yuan_of(minor)


def _zipped(rows: list[dict[str, str]]) -> bytes:
    """As Alipay packs it: comments around the table, tabs after numbers, GBK."""
    names = [
        *("支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间"),
        *("订单金额（元）", "退款批次号/请求号", "服务费（元）"),
    ]
    text = io.StringIO()
    text.write("#支付宝业务明细查询\n#----------业务明细列表----------\n")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "支付宝交易号": f"{row['支付宝交易号']}\t"})
    text.write("#----------业务明细列表结束----------\n")
    archive = io.BytesIO()
    with ZipFile(archive, "w") as opened:
        opened.writestr("details.csv", text.getvalue().encode("gb18030"))
        opened.writestr("summary.csv", "#支付宝业务汇总查询\n".encode("gb18030"))
    return archive.getvalue()
