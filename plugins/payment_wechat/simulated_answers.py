"""Trades and refunds as WeChat Pay writes them in JSON."""

import json
from datetime import datetime
from typing import Any

from entrepot.simulation import RefundRecord, Trade, TradeStatus
from entrepot.wire import CHINA_TIME

TRADE_STATES = {TradeStatus.PAID: "SUCCESS", TradeStatus.CLOSED: "CLOSED"}
REFUND_STATES = {"pending": "PROCESSING", "succeeded": "SUCCESS", "failed": "CLOSED"}


def transaction_view(trade: Trade, *, refunded: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "out_trade_no": trade.reference,
        "trade_state": TRADE_STATES.get(trade.status, "NOTPAY"),
        "trade_state_desc": "模拟",
    }
    if trade.paid_at is None:
        return view
    if refunded:
        view["trade_state"] = "REFUND"
    return view | {
        "transaction_id": trade.number,
        "trade_type": str(trade.facts["product"]).upper(),
        "success_time": rfc3339(trade.paid_at),
        "amount": {"total": trade.amount, "payer_total": trade.amount, "currency": "CNY"},
        "payer": {"openid": "o-simulated"},
    }


def refund_view(record: RefundRecord, trade: Trade | None, now: datetime) -> dict[str, Any]:
    total = trade.amount if trade else 0
    return {
        "refund_id": record.number,
        "out_refund_no": record.reference,
        "transaction_id": trade.number if trade else "",
        "out_trade_no": record.trade,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(record.at),
        "success_time": rfc3339(now),
        "status": REFUND_STATES.get(record.status, "ABNORMAL"),
        "amount": {"total": total, "refund": record.amount, "currency": "CNY"},
    }


def json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def rfc3339(at: datetime) -> str:
    return at.astimezone(CHINA_TIME).isoformat(timespec="seconds")
