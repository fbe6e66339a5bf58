"""UnionPay's side of the wire: it checks what UnionPay checks, and takes no money."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

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
from entrepot.wire import china, of_china
from plugins.payment_unionpay.signing import METHOD, VERSION, holds, signed

PREFIX = "/unionpay-simulator"
NAMES = {"zh": "银联在线支付（模拟）", "en": "UnionPay (simulated)"}
RETRY_AFTER_SECONDS = (60, 120, 240, 300, 300)
STAMP = "%Y%m%d%H%M%S"
ORDER = re.compile(r"[0-9A-Za-z]{8,40}")
OK, MALFORMED, FORGED, ABSENT, TOO_MUCH, IN_DOUBT = "00", "10", "11", "34", "36", "05"
FAILED, TWICE = "77", "12"


class Refused(Exception):
    """UnionPay's ``respCode``."""


class Dropped(Exception):
    """It may have been done, and the answer is lost."""


@dataclass(slots=True, kw_only=True)
class Party:
    """The merchant as the simulator knows it, and whom the simulator signs as now."""

    merchant_id: str
    merchant_key: RSAPublicKey
    certificate: str
    own_key: RSAPrivateKey


class UnionpaySimulator:
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

    def open(self, fields: Mapping[str, str]) -> str:
        """Write down what the merchant asks for. Raises `Refused`."""
        self._check(fields)
        amount = fields.get("txnAmt", "")
        wrong = (
            not ORDER.fullmatch(fields.get("orderId", ""))
            or not amount.isdecimal()
            or int(amount) < 1
            or fields.get("currencyCode") != "156"
            or not fields.get("backUrl")
        )
        if wrong:
            raise Refused(MALFORMED)
        try:
            expires_at = of_china(fields["payTimeout"], STAMP)
            of_china(fields["txnTime"], STAMP)
        except (KeyError, ValueError) as error:
            raise Refused(MALFORMED) from error
        trade = self.book.open(
            Trade(
                reference=fields["orderId"],
                status=TradeStatus.REQUESTED,
                amount=int(amount),
                currency="CNY",
                subject=fields.get("orderDesc", "") or "—",
                expires_at=expires_at,
                facts={
                    "notify_url": fields["backUrl"],
                    "return_url": fields.get("frontUrl", ""),
                    "stamp": fields["txnTime"],
                },
            )
        )
        if (trade.amount, trade.facts["stamp"]) != (int(amount), fields["txnTime"]):
            raise Refused(TWICE)
        return trade.reference

    async def pay(self, trade: Trade) -> None:
        number = f"{china(self._now(), STAMP)}{secrets.randbelow(10**7):07d}"
        if self.book.pay(trade.reference, self._now(), number):
            await self._notify(
                {
                    "txnType": "01",
                    "txnSubType": "01",
                    "orderId": trade.reference,
                    "txnTime": trade.facts["stamp"],
                    "txnAmt": str(trade.amount),
                    "queryId": number,
                    "payTime": china(self._now(), STAMP),
                },
                str(trade.facts["notify_url"]),
            )

    async def answer(self, what: str, fields: Mapping[str, str]) -> bytes:
        """A signed answer to ``backTransReq`` or ``queryTrans``. Raises `Dropped`."""
        if self.faults.strikes(Fault.SERVER_ERROR):
            raise Dropped
        try:
            said = self._act(what, fields)
        except Refused as refused:
            said = {"respCode": str(refused), "respMsg": f"simulated[{refused}]"}
        if self.faults.strikes(Fault.DROP_AFTER_APPLY):
            raise Dropped
        echo = {
            name: fields[name]
            for name in ("orderId", "txnTime", "txnType", "txnSubType", "bizType")
            if name in fields
        }
        answer = self._signed({**echo, "respCode": OK, "respMsg": "success", **said})
        if self.faults.strikes(Fault.BAD_SIGNATURE):
            answer["signature"] = answer["signature"][::-1]
        return urlencode(answer).encode()

    async def settle_refund(self, reference: str, status: str = "succeeded") -> None:
        """A reversal or refund that was accepted is done, and the merchant is told."""
        if not self.book.settle_refund(reference, status):
            return
        record = self.book.find_refund(reference)
        if record is not None:
            await self._notify(
                {
                    "txnType": str(record.facts["type"]),
                    "txnSubType": "00",
                    "orderId": record.reference,
                    "txnTime": str(record.facts["stamp"]),
                    "txnAmt": str(record.amount),
                    "queryId": record.number,
                    "respCode": OK if status == "succeeded" else FAILED,
                },
                str(record.facts["notify_url"]),
            )

    async def aclose(self) -> None:
        await self.notifier.aclose()
        self.book.close()

    def _check(self, fields: Mapping[str, str]) -> None:
        if fields.get("merId") != self.party.merchant_id or not fields.get("certId"):
            raise Refused(FORGED)
        if not holds(fields, self.party.merchant_key):
            raise Refused(FORGED)

    def _act(self, what: str, fields: Mapping[str, str]) -> dict[str, str]:
        self._check(fields)
        match what, fields.get("txnType"):
            case "queryTrans", "00":
                return self._query(fields)
            case "backTransReq", "01":
                reference = self.open(fields)
                return {"qrCode": f"{self._url}{self.cashier.address(reference)}"}
            case "backTransReq", "04" | "31":
                return self._refund(fields)
        raise Refused(MALFORMED)

    def _query(self, fields: Mapping[str, str]) -> dict[str, str]:
        record = self.book.find_refund(fields["orderId"])
        if record is not None and record.facts["stamp"] == fields["txnTime"]:
            outcome = {"pending": IN_DOUBT, "succeeded": OK}.get(record.status, FAILED)
            return {"origRespCode": outcome, "queryId": record.number, "txnAmt": str(record.amount)}
        trade = self.book.find(fields["orderId"])
        if trade is None or trade.status is TradeStatus.REQUESTED:
            raise Refused(ABSENT)
        if trade.facts["stamp"] != fields["txnTime"]:
            raise Refused(ABSENT)
        said = {"queryId": trade.number, "txnAmt": str(trade.amount), "currencyCode": "156"}
        if trade.paid_at is not None:
            return {**said, "origRespCode": OK, "payTime": china(trade.paid_at, STAMP)}
        expired = trade.expires_at <= self._now()
        return {**said, "origRespCode": FAILED if expired else IN_DOUBT}

    def _refund(self, fields: Mapping[str, str]) -> dict[str, str]:
        trade = self.book.find_by_number(fields.get("origQryId", ""))
        if trade is None or trade.paid_at is None:
            raise Refused(ABSENT)
        amount = int(fields["txnAmt"])
        whole = amount == trade.amount and not self.book.refunded(trade.reference)
        today = china(trade.paid_at, "%Y%m%d") == china(self._now(), "%Y%m%d")
        before = self.book.find_refund(fields["orderId"])
        if fields["txnType"] == "31" and before is None and not (whole and today):
            raise Refused(TOO_MUCH)
        try:
            record = self.book.refund(
                RefundRecord(
                    reference=fields["orderId"],
                    trade=trade.reference,
                    amount=amount,
                    status="pending",
                    number=f"{china(self._now(), STAMP)}{secrets.randbelow(10**7):07d}",
                    at=self._now(),
                    facts={
                        "notify_url": fields.get("backUrl", ""),
                        "stamp": fields["txnTime"],
                        "type": fields["txnType"],
                    },
                )
            )
        except RefundTooMuch as error:
            raise Refused(TOO_MUCH) from error
        if record.amount != amount:
            raise Refused(TWICE)
        return {"queryId": record.number, "txnAmt": str(amount)}

    def _signed(self, said: Mapping[str, str]) -> dict[str, str]:
        common = {
            "version": VERSION,
            "encoding": "UTF-8",
            "signMethod": METHOD,
            "accessType": "0",
            "merId": self.party.merchant_id,
            "signPubKeyCert": self.party.certificate,
        }
        return signed({**common, **said}, self.party.own_key)

    async def _notify(self, said: Mapping[str, str], url: str) -> None:
        fields = self._signed(
            {"bizType": "000201", "currencyCode": "156", "respCode": OK, "respMsg": "success"}
            | dict(said)
        )
        await self.notifier.send(
            Message(
                url=url,
                body=urlencode(fields).encode(),
                headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
                heard=lambda status, _answer: status == 200,  # noqa: PLR2004
            )
        )
