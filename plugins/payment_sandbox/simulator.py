"""The sandbox provider: it simulates payments and notifies the merchant."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from entrepot.simulation import (
    AmountTooLarge,
    Fault,
    GatewaySimulator,
    Message,
    Movement,
    RefundRecord,
    Refused,
    Trade,
    TradeStatus,
    bounds_of,
    success_text,
)
from plugins.payment_sandbox.signing import Signer

UNPAID = {TradeStatus.REQUESTED, TradeStatus.WAITING}
FACTS = ("notify_url", "return_url", "language", "hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantAccount:
    """The merchant's name, and the key that the merchant and the sandbox share."""

    name: str
    signer: Signer


class Simulator(GatewaySimulator[MerchantAccount]):
    """Refuses what a real provider refuses: a changed, expired, closed or foreign payment."""

    prefix = "/sandbox-gateway"
    names: ClassVar = {"zh": "沙箱支付", "en": "Sandbox payment"}
    retry_after = (1, 2, 5, 15, 60, 300)

    def create_trade(self, fields: Mapping[str, str]) -> str:
        """Store the requested trade. Returns its reference. Raises `Refused`."""
        if not self.merchant.signer.verify_query(fields):
            raise Refused("signature", page_text="signature")
        try:
            requested = self._requested(fields)
        except (KeyError, ValueError) as error:
            raise Refused("malformed", page_text="signature") from error
        trade = self.trades.add(requested)
        if (trade.amount, trade.currency) != (requested.amount, requested.currency):
            raise Refused("amount_wrong")
        return trade.reference

    def new_trade_number(self) -> str:
        return f"SB{secrets.randbelow(10**16):016d}"

    async def answer(
        self, action: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[bytes, dict[str, str]]:
        """A signed answer. Raises `Refused` or `ResponseDropped`."""
        if not self.merchant.signer.verify(headers, body, self._now()):
            raise Refused("signature")
        self.faults.before_processing()
        try:
            answer = json.dumps(self._process(action, json.loads(body))).encode()
        except (KeyError, ValueError) as error:
            raise Refused("malformed") from error
        self.faults.after_processing()
        signed = self.merchant.signer.headers(answer, self._now())
        if self.faults.consume(Fault.BAD_SIGNATURE):
            answer += b" "
        return answer, signed

    async def notify_payment(self, trade: Trade) -> None:
        content = {"trade": self._view(trade.reference)}
        await self._notify(trade, f"trade-{trade.number}", content)

    async def notify_refund(self, record: RefundRecord) -> None:
        trade = self.trades.find(record.trade)
        if trade is not None:
            content = {"refund": self._refund_view(record)}
            await self._notify(trade, f"refund-{record.reference}", content)

    def _requested(self, fields: Mapping[str, str]) -> Trade:
        if fields["account"] != self.merchant.name:
            raise Refused("unknown", page_text="unknown")
        if not fields["amount"].isdecimal() or int(fields["amount"]) < 1:
            raise Refused("amount_wrong")
        return Trade(
            reference=fields["reference"],
            status=TradeStatus.REQUESTED,
            amount=int(fields["amount"]),
            currency=fields["currency"],
            subject=fields["subject"],
            expires_at=datetime.fromtimestamp(int(fields["expires_at"]), UTC),
            facts={name: fields[name] for name in FACTS},
        )

    def _process(self, action: str, content: Mapping[str, Any]) -> dict[str, Any]:
        actions = {
            "query": self._query,
            "close": self._close,
            "refund": self._refund,
            "query_refund": self._query_refund,
            "capture": self._capture,
            "void": self._void,
            "statement": self._statement,
        }
        if action not in actions:
            raise Refused("unknown")
        return actions[action](content)

    def _query(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return self._view(str(content["reference"]))

    def _close(self, content: Mapping[str, Any]) -> dict[str, Any]:
        reference = str(content["reference"])
        closed = Trade(
            reference=reference,
            status=TradeStatus.CLOSED,
            amount=0,
            currency="",
            subject="",
            expires_at=self._now(),
        )
        if self.trades.add(closed).status is not TradeStatus.CLOSED:
            self.trades.change_status(reference, UNPAID, TradeStatus.CLOSED)
        return self._view(reference)

    def _refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        record = self.record_refund(
            RefundRecord(
                reference=str(content["refund"]),
                trade=str(content["reference"]),
                amount=int(content["amount"]),
                status="pending" if content.get("slow") else "succeeded",
                number=f"SR{secrets.randbelow(10**16):016d}",
                at=self._now(),
            ),
            too_large=Refused("refund_too_much"),
            changed=Refused("refund_differs"),
        )
        return self._refund_view(record)

    def _query_refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        record = self.trades.find_refund(str(content["refund"]))
        if record is not None:
            return self._refund_view(record)
        return {
            "refund": str(content["refund"]),
            "reference": str(content["reference"]),
            "status": "not_found",
            "account": self.merchant.name,
        }

    def _capture(self, content: Mapping[str, Any]) -> dict[str, Any]:
        reference = str(content["reference"])
        try:
            self.trades.capture(reference, int(content["amount"]), str(content["capture"]))
        except AmountTooLarge as error:
            raise Refused("capture_too_much") from error
        return self._view(reference)

    def _void(self, content: Mapping[str, Any]) -> dict[str, Any]:
        reference, authorized = str(content["reference"]), {TradeStatus.AUTHORIZED}
        if not self.trades.change_status(reference, authorized, TradeStatus.CLOSED):
            trade = self.trades.find(reference)
            if trade is None or trade.status is not TradeStatus.CLOSED:
                raise Refused("captured")
        return self._view(reference)

    def _statement(self, content: Mapping[str, Any]) -> dict[str, Any]:
        day = date.fromisoformat(content["day"])
        if bounds_of(day)[1] > self._now():
            raise Refused("not_ready")
        return {"lines": [_line(each) for each in self.movements(day)]}

    async def _notify(self, trade: Trade, key: str, content: Mapping[str, Any]) -> None:
        body = json.dumps({"id": key, **content}).encode()
        headers = self.merchant.signer.headers(body, self._now())
        url = str(trade.facts["notify_url"])
        await self.notifier.send(Message(url, body, headers, success_text))

    def _view(self, reference: str) -> dict[str, Any]:
        trade, account = self.trades.find(reference), self.merchant.name
        if trade is None or not trade.visible:
            return {"reference": reference, "status": "not_found", "account": account}
        status = "pending" if trade.status is TradeStatus.WAITING else str(trade.status)
        return {
            "reference": reference,
            "status": status,
            "account": account,
            "trade_number": trade.number,
            "amount": trade.captured or trade.amount,
            "currency": trade.currency,
            "paid_at": trade.paid_at.isoformat() if trade.paid_at else "",
        }

    def _refund_view(self, record: RefundRecord) -> dict[str, Any]:
        trade = self.trades.find(record.trade)
        return {
            "refund": record.reference,
            "reference": record.trade,
            "status": record.status,
            "account": self.merchant.name,
            "refund_number": record.number,
            "amount": record.amount,
            "currency": trade.currency if trade else "",
            "at": record.at.isoformat(),
        }


def _line(movement: Movement) -> dict[str, Any]:
    trade, refund = movement.trade, movement.refund
    return {
        "kind": "refund" if refund else "payment",
        "reference": trade.reference,
        "refund": refund.reference if refund else "",
        "number": refund.number if refund else trade.number,
        "amount": movement.amount,
        "currency": trade.currency,
        "fee": movement.fee,
        "at": movement.at.isoformat(),
    }
