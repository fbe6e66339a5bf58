"""WeChat Pay's answers and notifications, read as the port's values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from entrepot import (
    AmountExceeded,
    Declined,
    FundsMissing,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    Misconfigured,
    Money,
    PortError,
    Rejected,
)

STATES = {
    "SUCCESS": GatewayStatus.PAID,
    "REFUND": GatewayStatus.PAID,
    "NOTPAY": GatewayStatus.PENDING,
    "USERPAYING": GatewayStatus.PENDING,
    "PAYERROR": GatewayStatus.PENDING,
    "CLOSED": GatewayStatus.CLOSED,
    "REVOKED": GatewayStatus.CLOSED,
}
REFUNDS = {
    "SUCCESS": GatewayRefundStatus.SUCCEEDED,
    "PROCESSING": GatewayRefundStatus.PENDING,
    "ABNORMAL": GatewayRefundStatus.FAILED,
    "CLOSED": GatewayRefundStatus.FAILED,
}
ABSENT = {"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"}
CONFIGURATION = {"SIGN_ERROR", "NO_AUTH", "MCH_NOT_EXISTS", "APPID_MCHID_NOT_MATCH"}


class Refusal(Exception):
    """An answer 4xx, with WeChat's ``code``."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(code)

    @property
    def absent(self) -> bool:
        """WeChat does not know the order or the refund."""
        return self.code in ABSENT


def error_of(refusal: Refusal) -> PortError:
    if refusal.code in CONFIGURATION:
        return Misconfigured(refusal.code)
    if refusal.code == "NOT_ENOUGH":
        return FundsMissing()
    if refusal.code == "ACCOUNTERROR":
        return Declined(refusal.code)
    # The code is the same for every wrong field: only the message names the amount.
    too_much = "金额" in refusal.message and refusal.code in {"INVALID_REQUEST", "PARAM_ERROR"}
    return AmountExceeded(refusal.code) if too_much else Rejected(refusal.code)


def payment_of(fields: Mapping[str, Any], account: str) -> GatewayPayment:
    reference, status = fields["out_trade_no"], STATES[fields["trade_state"]]
    if status is not GatewayStatus.PAID:
        return GatewayPayment(reference=reference, status=status, account=account)
    amount = fields["amount"]
    return GatewayPayment(
        reference=reference,
        status=status,
        account=fields["mchid"],
        provider_reference=fields["transaction_id"],
        amount=Money(int(amount["total"]), amount.get("currency", "CNY")),
        paid_at=datetime.fromisoformat(fields["success_time"]),
    )


def refund_of(fields: Mapping[str, Any], account: str) -> GatewayRefund:
    state = str(fields.get("status") or fields["refund_status"])
    status, at = REFUNDS[state], fields.get("success_time")
    done = status is GatewayRefundStatus.SUCCEEDED
    return GatewayRefund(
        reference=fields["out_refund_no"],
        payment_reference=fields["out_trade_no"],
        status=status,
        account=account,
        provider_reference=fields["refund_id"],
        amount=Money(int(fields["amount"]["refund"]), "CNY") if done else None,
        at=datetime.fromisoformat(at) if done and at else None,
        failure=state if status is GatewayRefundStatus.FAILED else "",
    )
