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
    OutcomeUnknown,
    PaymentReference,
    PortError,
    RefundRequest,
    Rejected,
)
from entrepot.wire import must_match, reading_answer, text_of

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
    # The buyer's card is closed: the merchant corrects it at WeChat, and then it can succeed.
    "ABNORMAL": GatewayRefundStatus.ABNORMAL,
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
    """Raises one of `UNREADABLE`."""
    reference, status = text_of(fields, "out_trade_no"), STATES[fields["trade_state"]]
    if status is not GatewayStatus.PAID:
        return GatewayPayment(reference=reference, status=status, account=account)
    amount = fields["amount"]
    return GatewayPayment(
        reference=reference,
        status=status,
        account=text_of(fields, "mchid"),
        provider_reference=text_of(fields, "transaction_id"),
        amount=_money(amount, "total"),
        paid_at=datetime.fromisoformat(fields["success_time"]),
    )


def refund_of(fields: Mapping[str, Any], account: str) -> GatewayRefund:
    """Raises one of `UNREADABLE`."""
    state = str(fields.get("status") or fields["refund_status"])
    status, at = REFUNDS[state], fields.get("success_time")
    done = status is GatewayRefundStatus.SUCCEEDED
    return GatewayRefund(
        reference=text_of(fields, "out_refund_no"),
        payment_reference=text_of(fields, "out_trade_no"),
        status=status,
        account=account,
        provider_reference=text_of(fields, "refund_id"),
        amount=_money(fields["amount"], "refund") if done else None,
        at=datetime.fromisoformat(at) if done and at else None,
        failure=state if state in {"ABNORMAL", "CLOSED"} else "",
    )


def checked_payment(answer: Any, payment: PaymentReference, account: str) -> GatewayPayment:
    """The answer to a query. Raises `OutcomeUnknown` if it is about another order."""
    with reading_answer():
        must_match(answer, {"out_trade_no": payment.reference, "mchid": account})
        if "transaction_id" in answer:
            must_match(answer, {"transaction_id": payment.provider_reference})
        return payment_of(answer, account)


def checked_refund(answer: Any, request: RefundRequest, account: str) -> GatewayRefund:
    """The answer about a refund. Raises `OutcomeUnknown` for another refund, order or amount."""
    asked = {
        "out_refund_no": request.reference,
        "out_trade_no": request.payment.reference,
        "transaction_id": request.payment.provider_reference,
    }
    with reading_answer():
        must_match(answer, asked)
        amount = answer["amount"]
        amounts = (_money(amount, "refund"), _money(amount, "total"))
        if amounts != (request.amount, request.payment.amount):
            raise OutcomeUnknown
        return refund_of(answer, account)


def _money(amount: Mapping[str, Any], name: str) -> Money:
    minor = amount[name]
    if not isinstance(minor, int) or isinstance(minor, bool):
        raise TypeError(f"{name} is no whole number")
    return Money(minor, amount.get("currency", "CNY"))
