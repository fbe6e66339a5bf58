"""UnionPay's side of the protocol: the checks that UnionPay makes, without real money."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
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
    success_status,
)
from entrepot.wire import china_time, parse_china_time
from plugins.payment_unionpay.signing import METHOD, VERSION, signed, verify

STAMP = "%Y%m%d%H%M%S"
ORDER = re.compile(r"[0-9A-Za-z]{8,40}")
OK, MALFORMED, FORGED, ABSENT, TOO_MUCH, IN_DOUBT = "00", "10", "11", "34", "36", "05"
FAILED, TWICE = "77", "12"
OUTCOMES = {"pending": IN_DOUBT, "succeeded": OK}
ECHOED = ("orderId", "txnTime", "txnType", "txnSubType", "bizType")


@dataclass(slots=True, kw_only=True)
class MerchantAccount:
    """The merchant's identifier, and the keys of both sides. Tests change it to rotate keys."""

    merchant_id: str
    merchant_key: RSAPublicKey
    certificate: str
    own_key: RSAPrivateKey


class UnionpaySimulator(GatewaySimulator[MerchantAccount]):
    prefix = "/unionpay-simulator"
    names: ClassVar = {"zh": "银联在线支付（模拟）", "en": "UnionPay (simulated)"}
    retry_after = (*FIRST_RETRIES, 60, 120, 240, 300, 300)

    def create_trade(self, fields: Mapping[str, str]) -> str:
        """Store the requested trade. Returns its reference. Raises `Refused`."""
        self._check(fields)
        amount = self._amount_of(fields)
        try:
            expires_at = parse_china_time(fields["payTimeout"], STAMP)
            parse_china_time(fields["txnTime"], STAMP)
        except (KeyError, ValueError) as error:
            raise Refused(MALFORMED) from error
        trade = self.trades.add(
            Trade(
                reference=fields["orderId"],
                status=TradeStatus.REQUESTED,
                amount=amount,
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
        if (trade.amount, trade.facts["stamp"]) != (amount, fields["txnTime"]):
            raise Refused(TWICE)
        return trade.reference

    def new_trade_number(self) -> str:
        return f"{china_time(self._now(), STAMP)}{secrets.randbelow(10**7):07d}"

    async def answer(self, endpoint: str, fields: Mapping[str, str]) -> bytes:
        """A signed answer to ``backTransReq`` or ``queryTrans``. Raises `ResponseDropped`."""
        self.faults.before_processing()
        try:
            result = self._process(endpoint, fields)
        except Refused as refused:
            result = {"respCode": refused.code, "respMsg": f"simulated[{refused}]"}
        self.faults.after_processing()
        echo = {name: fields[name] for name in ECHOED if name in fields}
        answer = self._signed({**echo, "respCode": OK, "respMsg": "success", **result})
        if self.faults.consume(Fault.BAD_SIGNATURE):
            answer["signature"] = answer["signature"][::-1]
        return urlencode(answer).encode()

    async def notify_payment(self, trade: Trade) -> None:
        fields = {
            "txnType": "01",
            "txnSubType": "01",
            "orderId": trade.reference,
            "txnTime": trade.facts["stamp"],
            "txnAmt": str(trade.amount),
            "queryId": trade.number,
            "payTime": china_time(self._now(), STAMP),
        }
        await self._notify(fields, trade.facts)

    async def notify_refund(self, record: RefundRecord) -> None:
        fields = {
            "txnType": str(record.facts["type"]),
            "txnSubType": "00",
            "orderId": record.reference,
            "txnTime": str(record.facts["stamp"]),
            "txnAmt": str(record.amount),
            "queryId": record.number,
            "respCode": OUTCOMES.get(record.status, FAILED),
        }
        await self._notify(fields, record.facts)

    def _check(self, fields: Mapping[str, str]) -> None:
        known = fields.get("merId") == self.merchant.merchant_id and fields.get("certId")
        if not known or not verify(fields, self.merchant.merchant_key):
            raise Refused(FORGED, page_text="signature")

    def _amount_of(self, fields: Mapping[str, str]) -> int:
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
        return int(amount)

    def _process(self, endpoint: str, fields: Mapping[str, str]) -> dict[str, str]:
        self._check(fields)
        match endpoint, fields.get("txnType"):
            case "queryTrans", "00":
                return self._query(fields)
            case "backTransReq", "01":
                return {"qrCode": self.page_url(self.create_trade(fields))}
            case "backTransReq", "04" | "31":
                return self._refund(fields)
        raise Refused(MALFORMED)

    def _query(self, fields: Mapping[str, str]) -> dict[str, str]:
        record = self.trades.find_refund(fields["orderId"])
        if record is not None and record.facts["stamp"] == fields["txnTime"]:
            outcome = OUTCOMES.get(record.status, FAILED)
            return {"origRespCode": outcome, "queryId": record.number, "txnAmt": str(record.amount)}
        trade = self.trades.find(fields["orderId"])
        if trade is None or not trade.visible or trade.facts["stamp"] != fields["txnTime"]:
            raise Refused(ABSENT)
        answer = {"queryId": trade.number, "txnAmt": str(trade.amount), "currencyCode": "156"}
        if trade.paid_at is not None:
            return {**answer, "origRespCode": OK, "payTime": china_time(trade.paid_at, STAMP)}
        expired = trade.expires_at <= self._now()
        return {**answer, "origRespCode": FAILED if expired else IN_DOUBT}

    def _refund(self, fields: Mapping[str, str]) -> dict[str, str]:
        trade = self.trades.find_by_number(fields.get("origQryId", ""))
        if trade is None or trade.paid_at is None:
            raise Refused(ABSENT)
        amount, stored = int(fields["txnAmt"]), self.trades.find_refund(fields["orderId"])
        if fields["txnType"] == "31" and stored is None and not self._reversible(trade, amount):
            raise Refused(TOO_MUCH)
        record = self.record_refund(
            RefundRecord(
                reference=fields["orderId"],
                trade=trade.reference,
                amount=amount,
                status="pending",
                number=self.new_trade_number(),
                at=self._now(),
                facts={
                    "notify_url": fields.get("backUrl", ""),
                    "stamp": fields["txnTime"],
                    "type": fields["txnType"],
                },
            ),
            too_large=Refused(TOO_MUCH),
            changed=Refused(TWICE),
        )
        return {"queryId": record.number, "txnAmt": str(amount)}

    def _reversible(self, trade: Trade, amount: int) -> bool:
        """A reversal is for the full amount, on the day of the payment."""
        days = {china_time(at, "%Y%m%d") for at in (trade.paid_at, self._now()) if at}
        full = amount == trade.amount and not self.trades.refunded_amount(trade.reference)
        return full and len(days) == 1

    def _signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        common = {
            "version": VERSION,
            "encoding": "UTF-8",
            "signMethod": METHOD,
            "accessType": "0",
            "merId": self.merchant.merchant_id,
            "signPubKeyCert": self.merchant.certificate,
        }
        return signed({**common, **fields}, self.merchant.own_key)

    async def _notify(self, fields: Mapping[str, str], facts: Mapping[str, Any]) -> None:
        common = {"bizType": "000201", "currencyCode": "156", "respCode": OK, "respMsg": "success"}
        body = urlencode(self._signed({**common, **fields})).encode()
        url = str(facts["notify_url"])
        await self.notifier.send(Message(url, body, FORM_HEADERS, success_status))
