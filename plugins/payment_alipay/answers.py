"""Alipay's answers and notifications, read as the port's values."""

from collections.abc import Mapping

from entrepot import (
    AmountExceeded,
    Declined,
    FundsMissing,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    Misconfigured,
    PortError,
    Rejected,
)
from entrepot.wire import parse_china_time, parse_yuan

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
    """A signed refusal, with Alipay's ``code`` and ``sub_code``."""

    def __init__(self, code: str, sub_code: str) -> None:
        self.code, self.sub_code = code, sub_code
        super().__init__(sub_code or code)

    @property
    def absent(self) -> bool:
        """Alipay does not know the trade."""
        return self.sub_code in ABSENT


def error_of(refusal: Refusal) -> PortError:
    if refusal.sub_code == "ACQ.SELLER_BALANCE_NOT_ENOUGH":
        return FundsMissing()
    if refusal.code != BUSINESS:
        return Misconfigured(str(refusal))
    return ERRORS.get(refusal.sub_code, Rejected)(refusal.sub_code)


def payment_of(fields: Mapping[str, str], account: str) -> GatewayPayment:
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
        provider_reference=fields.get("trade_no", ""),
        amount=parse_yuan(fields["total_amount"]) if paid else None,
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
