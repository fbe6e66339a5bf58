"""The gateway's side: it takes the money that does not exist, and tells the merchant."""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

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
from entrepot.wire import CHINA_TIME
from plugins.payment_sandbox.signing import Signer

PREFIX = "/sandbox-gateway"
RETRY_AFTER_SECONDS = (1, 2, 5, 15, 60, 300)
NAMES = {"zh": "沙箱支付", "en": "Sandbox payment"}
FEE_BASIS_POINTS = 60
UNPAID = {TradeStatus.REQUESTED, TradeStatus.WAITING}


class Refused(Exception):
    """The sandbox does not do this; the reason is a short code."""


class Dropped(Exception):
    """It may have been done, and the answer is lost."""


class Simulator:
    """Refuses what a real gateway refuses: a changed, expired, closed or foreign payment."""

    app_address = ""

    def __init__(
        self, *, book: Book, notifier: Notifier, signer: Signer, account: str, now: Clock
    ) -> None:
        self.book = book
        self.notifier = notifier
        self.faults = Faults()
        self.cashier = Cashier(prefix=PREFIX, names=NAMES, book=book, now=now, pay=self.pay)
        self._signer = signer
        self._account = account
        self._now = now

    def open(self, fields: Mapping[str, str]) -> str:
        """Raises `Refused` unless the merchant asked for exactly this."""
        if not self._signer.query_holds(fields):
            raise Refused("signature")
        if fields["account"] != self._account:
            raise Refused("unknown")
        if not fields["amount"].isdecimal() or int(fields["amount"]) < 1:
            raise Refused("amount_wrong")
        wanted = Trade(
            reference=fields["reference"],
            status=TradeStatus.REQUESTED,
            amount=int(fields["amount"]),
            currency=fields["currency"],
            subject=fields["subject"],
            expires_at=datetime.fromtimestamp(int(fields["expires_at"]), UTC),
            facts={name: fields[name] for name in ("notify_url", "return_url", "language", "hold")},
        )
        trade = self.book.open(wanted)
        if (trade.amount, trade.currency) != (wanted.amount, wanted.currency):
            raise Refused("amount_wrong")
        return trade.reference

    async def pay(self, trade: Trade) -> None:
        """The buyer pays: once, and the merchant is told."""
        number = f"SB{secrets.randbelow(10**16):016d}"
        hold = trade.facts.get("hold") == "1"
        if self.book.pay(trade.reference, self._now(), number, hold=hold):
            await self._tell(trade.reference)

    async def answer(
        self, what: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[bytes, dict[str, str]]:
        """A signed answer to what the merchant's program asks."""
        if not self._signer.holds(headers, body, self._now()):
            raise Refused("signature")
        if self.faults.strikes(Fault.SERVER_ERROR):
            raise Dropped
        asked = json.loads(body)
        act = {
            "query": self._query,
            "close": self._close,
            "refund": self._refund,
            "query_refund": self._query_refund,
            "capture": self._capture,
            "void": self._void,
            "statement": self._statement,
        }.get(what)
        if act is None:
            raise Refused("unknown")
        answer = json.dumps(await act(asked)).encode()
        if self.faults.strikes(Fault.DROP_AFTER_APPLY):
            raise Dropped
        signed = self._signer.headers(answer, self._now())
        if self.faults.strikes(Fault.BAD_SIGNATURE):
            answer += b" "
        return answer, signed

    async def aclose(self) -> None:
        await self.notifier.aclose()
        self.book.close()

    async def settle_refund(self, reference: str, status: str = "succeeded") -> None:
        """A refund that was pending ends, and the merchant is told."""
        if self.book.settle_refund(reference, status):
            record = self.book.find_refund(reference)
            trade = self.book.find(record.trade) if record else None
            if record and trade:
                said = {"refund": self._said_of_refund(record)}
                await self._send(trade, f"refund-{reference}", said)

    async def _query(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return self._said(str(asked["reference"]))

    async def _close(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        reference = str(asked["reference"])
        closed = Trade(
            reference=reference,
            status=TradeStatus.CLOSED,
            amount=0,
            currency="",
            subject="",
            expires_at=self._now(),
        )
        if self.book.open(closed).status is not TradeStatus.CLOSED:
            self.book.move(reference, UNPAID, TradeStatus.CLOSED)
        return self._said(reference)

    async def _refund(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        wanted = RefundRecord(
            reference=str(asked["refund"]),
            trade=str(asked["reference"]),
            amount=int(asked["amount"]),
            status="pending" if asked.get("slow") else "succeeded",
            number=f"SR{secrets.randbelow(10**16):016d}",
            at=self._now(),
        )
        try:
            record = self.book.refund(wanted)
        except RefundTooMuch as error:
            raise Refused("refund_too_much") from error
        if (record.trade, record.amount) != (wanted.trade, wanted.amount):
            raise Refused("refund_differs")
        return self._said_of_refund(record)

    async def _query_refund(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        record = self.book.find_refund(str(asked["refund"]))
        if record is None:
            return {
                "refund": str(asked["refund"]),
                "reference": str(asked["reference"]),
                "status": "not_found",
                "account": self._account,
            }
        return self._said_of_refund(record)

    async def _capture(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        reference = str(asked["reference"])
        try:
            self.book.capture(reference, int(asked["amount"]), str(asked["capture"]))
        except RefundTooMuch as error:
            raise Refused("capture_too_much") from error
        return self._said(reference)

    async def _void(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        reference = str(asked["reference"])
        if not self.book.move(reference, {TradeStatus.AUTHORIZED}, TradeStatus.CLOSED):
            trade = self.book.find(reference)
            if trade is None or trade.status is not TradeStatus.CLOSED:
                raise Refused("captured")
        return self._said(reference)

    async def _statement(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        begin = datetime.combine(date.fromisoformat(asked["day"]), datetime.min.time(), CHINA_TIME)
        end = begin + timedelta(days=1)
        if end > self._now():
            raise Refused("not_ready")
        lines = [
            {
                "kind": "payment",
                "reference": trade.reference,
                "number": trade.number,
                "amount": trade.captured,
                "currency": trade.currency,
                "fee": (trade.captured * FEE_BASIS_POINTS + 5_000) // 10_000,
                "at": trade.paid_at.isoformat() if trade.paid_at else "",
            }
            for trade in self.book.paid_between(begin, end)
        ]
        for record in self.book.refunded_between(begin, end):
            trade = self.book.find(record.trade)
            lines.append(
                {
                    "kind": "refund",
                    "reference": record.trade,
                    "refund": record.reference,
                    "number": record.number,
                    "amount": record.amount,
                    "currency": trade.currency if trade else "CNY",
                    "fee": 0,
                    "at": record.at.isoformat(),
                }
            )
        if lines and self.faults.strikes(Fault.HIDDEN_DIFFERENCE):
            lines[0]["amount"] = int(str(lines[0]["amount"])) + 1
        return {"lines": lines}

    async def _tell(self, reference: str) -> None:
        trade = self.book.find(reference)
        if trade is not None:
            await self._send(trade, f"trade-{trade.number}", {"trade": self._said(reference)})

    async def _send(self, trade: Trade, key: str, said: Mapping[str, Any]) -> None:
        body = json.dumps({"id": key, **said}).encode()
        await self.notifier.send(
            Message(
                url=str(trade.facts["notify_url"]),
                body=body,
                headers=self._signer.headers(body, self._now()),
                heard=lambda status, answer: status == 200 and answer == b"success",  # noqa: PLR2004
            )
        )

    def _said(self, reference: str) -> dict[str, Any]:
        trade = self.book.find(reference)
        if trade is None or trade.status is TradeStatus.REQUESTED:
            return {"reference": reference, "status": "not_found", "account": self._account}
        status = "pending" if trade.status is TradeStatus.WAITING else str(trade.status)
        return {
            "reference": reference,
            "status": status,
            "account": self._account,
            "trade_number": trade.number,
            "amount": trade.captured or trade.amount,
            "currency": trade.currency,
            "paid_at": trade.paid_at.isoformat() if trade.paid_at else "",
        }

    def _said_of_refund(self, record: RefundRecord) -> dict[str, Any]:
        trade = self.book.find(record.trade)
        return {
            "refund": record.reference,
            "reference": record.trade,
            "status": record.status,
            "account": self._account,
            "refund_number": record.number,
            "amount": record.amount,
            "currency": trade.currency if trade else "",
            "at": record.at.isoformat(),
        }
