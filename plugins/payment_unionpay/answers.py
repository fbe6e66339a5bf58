"""UnionPay's answers and notifications, read as the port's values."""

from collections.abc import Mapping

from entrepot import (
    AmountExceeded,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    Misconfigured,
    Money,
    OutcomeUnknown,
    Rejected,
)
from entrepot.wire import must_match, parse_china_time, reading_answer

STAMP = "%Y%m%d%H%M%S"
DONE = {"00", "A6"}
IN_DOUBT = {"03", "04", "05"}
ABSENT = "34"
CNY = "156"
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
    """Raises one of `UNREADABLE`."""
    return GatewayPayment(
        reference=fields["orderId"],
        status=GatewayStatus.PAID,
        account=fields["merId"],
        provider_reference=fields["queryId"],
        amount=_amount(fields),
        paid_at=parse_china_time(fields.get("payTime") or fields["txnTime"], STAMP),
    )


def refund_of(fields: Mapping[str, str], account: str) -> GatewayRefund:
    """A notification names the refund alone, not its payment. Raises one of `UNREADABLE`."""
    status = refund_status_of(fields["respCode"])
    return GatewayRefund(
        reference=fields["orderId"],
        payment_reference="",
        status=status,
        account=account,
        provider_reference=fields["queryId"],
        amount=_amount(fields) if status is GatewayRefundStatus.SUCCEEDED else None,
        failure=failure_of(fields["respCode"]),
    )


def refund_status_of(code: str) -> GatewayRefundStatus:
    """Of the ``respCode`` of a notification, or the ``origRespCode`` of a query."""
    if code in DONE:
        return GatewayRefundStatus.SUCCEEDED
    return GatewayRefundStatus.PENDING if code in IN_DOUBT else GatewayRefundStatus.FAILED


def failure_of(code: str) -> str:
    return "" if code in DONE else code


def outcome_of(answer: Mapping[str, str], asked: Mapping[str, str]) -> str:
    """The ``origRespCode`` of a query. It is known only if the answer has it.

    Raises:
        OutcomeUnknown: the query failed, or it is about another transaction.
    """
    must_match(answer, asked)
    if answer["respCode"] not in DONE or not answer.get("origRespCode"):
        raise OutcomeUnknown
    return answer["origRespCode"]


def check_amount(answer: Mapping[str, str], amount: Money) -> None:
    """Raises `OutcomeUnknown` for an answer with another amount."""
    with reading_answer():
        if _amount(answer) != amount:
            raise OutcomeUnknown


def _amount(fields: Mapping[str, str]) -> Money:
    if fields.get("currencyCode", CNY) != CNY:
        raise ValueError(f"currency {fields['currencyCode']}")
    digits = fields["txnAmt"]
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"amount {digits}")
    return Money(int(digits), "CNY")
