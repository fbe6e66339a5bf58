"""Alipay's answers and notifications, read as the port's values."""

from collections.abc import Mapping
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
from entrepot.wire import must_match, parse_china_time, parse_yuan, reading_answer

STATUSES = {
    "WAIT_BUYER_PAY": GatewayStatus.PENDING,
    "TRADE_SUCCESS": GatewayStatus.PAID,
    "TRADE_FINISHED": GatewayStatus.PAID,
    "TRADE_CLOSED": GatewayStatus.CLOSED,
}
BUSINESS = "40004"
ABSENT = {"ACQ.TRADE_NOT_EXIST", "TRADE_NOT_EXIST"}
ERRORS: dict[str, type[Rejected]] = {
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": Declined,
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": AmountExceeded,
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": AmountExceeded,
}


class Refusal(Exception):
    """A signed refusal, with Alipay's ``code`` and ``sub_code``. ``message`` is for people."""

    def __init__(self, code: str, sub_code: str, message: str = "") -> None:
        self.code, self.sub_code = code, sub_code
        super().__init__(f"{sub_code or code} {message}".strip())

    @property
    def absent(self) -> bool:
        """Alipay does not know the trade."""
        return self.sub_code in ABSENT

    @property
    def without_bill(self) -> bool:
        """There is no bill: nothing was traded, or it is not made yet."""
        return self.sub_code.lower().replace("-", "_").endswith("bill_not_exist")


def error_of(refusal: Refusal) -> PortError:
    if refusal.sub_code == "ACQ.SELLER_BALANCE_NOT_ENOUGH":
        return FundsMissing()
    if refusal.code != BUSINESS:
        return Misconfigured(str(refusal))
    return ERRORS.get(refusal.sub_code, Rejected)(refusal.sub_code or refusal.code)


def payment_of(fields: Mapping[str, Any], account: str) -> GatewayPayment:
    """Raises one of `UNREADABLE`."""
    status = STATUSES[fields["trade_status"]]
    if status is GatewayStatus.CLOSED and fields.get("send_pay_date"):
        # Alipay closes a trade that was paid and then refunded in full.
        status = GatewayStatus.PAID
    paid = status is GatewayStatus.PAID
    at = fields.get("gmt_payment") or fields.get("send_pay_date") or ""
    return GatewayPayment(
        reference=fields["out_trade_no"],
        status=status,
        account=account,
        provider_reference=fields["trade_no"] if paid else fields.get("trade_no", ""),
        amount=_amount(fields, "total_amount", "trans_currency") if paid else None,
        paid_at=parse_china_time(at) if paid and at else None,
    )


def refund_of(fields: Mapping[str, str], account: str) -> GatewayRefund:
    """No amount: ``refund_fee`` is the sum of all refunds of the trade."""
    return GatewayRefund(
        reference=fields["out_biz_no"],
        payment_reference=fields["out_trade_no"],
        status=GatewayRefundStatus.SUCCEEDED,
        account=account,
        provider_reference=fields["trade_no"],
        at=parse_china_time(fields["gmt_refund"][:19]),
    )


def check_payment(answer: Mapping[str, Any], payment: PaymentReference) -> None:
    """Raises `OutcomeUnknown` for an answer about another trade."""
    must_match(answer, {"out_trade_no": payment.reference, "trade_no": payment.provider_reference})


def check_refund(answer: Mapping[str, Any], request: RefundRequest) -> None:
    """Raises `OutcomeUnknown` for an answer about another refund, trade, amount or currency.

    ``refund_fee`` is the sum of all refunds of the trade, ``refund_amount`` is this one.
    """
    check_payment(answer, request.payment)
    with reading_answer():
        currency = answer.get("refund_currency") or request.amount.currency
        must_match({"currency": currency}, {"currency": request.amount.currency})
        if "out_request_no" in answer or "refund_amount" in answer:
            must_match(answer, {"out_request_no": request.reference})
            if _amount(answer, "refund_amount", "refund_currency") != request.amount:
                raise OutcomeUnknown
        elif not request.amount <= _amount(answer, "refund_fee", "refund_currency"):
            raise OutcomeUnknown


def _amount(fields: Mapping[str, Any], name: str, currency: str) -> Money:
    return Money(parse_yuan(fields[name]).minor, fields.get(currency) or "CNY")
