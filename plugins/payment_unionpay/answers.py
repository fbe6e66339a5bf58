"""UnionPay's answers and notifications, read as the port's values."""

from collections.abc import Mapping

from entrepot import (
    AmountExceeded,
    BadSignature,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    Misconfigured,
    Money,
    Rejected,
)
from entrepot.wire import parse_china_time

STAMP = "%Y%m%d%H%M%S"
DONE = {"00", "A6"}
IN_DOUBT = {"03", "04", "05"}
ABSENT = "34"
ERRORS: dict[str, type[Rejected]] = {
    "11": Misconfigured,
    "13": Misconfigured,
    "36": AmountExceeded,
}


def raise_refusal(answer: Mapping[str, str]) -> None:
    """Raises the port's error for a ``respCode`` that is not a success."""
    code = answer["respCode"]
    if code not in DONE:
        raise ERRORS.get(code, Rejected)(f"{code} {answer.get('respMsg', '')}".strip())


def payment_of(fields: Mapping[str, str]) -> GatewayPayment:
    return GatewayPayment(
        reference=fields["orderId"],
        status=GatewayStatus.PAID,
        account=fields["merId"],
        provider_reference=fields["queryId"],
        amount=_amount(fields),
        paid_at=parse_china_time(fields.get("payTime") or fields["txnTime"], STAMP),
    )


def refund_of(fields: Mapping[str, str], account: str) -> GatewayRefund:
    """A notification names the refund alone, not its payment."""
    done = fields["respCode"] in DONE
    return GatewayRefund(
        reference=fields["orderId"],
        payment_reference="",
        status=GatewayRefundStatus.SUCCEEDED if done else GatewayRefundStatus.FAILED,
        account=account,
        provider_reference=fields["queryId"],
        amount=_amount(fields) if done else None,
        failure="" if done else fields["respCode"],
    )


def refund_status_of(code: str) -> GatewayRefundStatus:
    """Of an ``origRespCode``."""
    if code in DONE:
        return GatewayRefundStatus.SUCCEEDED
    return GatewayRefundStatus.PENDING if code in IN_DOUBT else GatewayRefundStatus.FAILED


def _amount(fields: Mapping[str, str]) -> Money:
    if fields.get("currencyCode", "156") != "156":
        raise BadSignature
    return Money(int(fields["txnAmt"]), "CNY")
