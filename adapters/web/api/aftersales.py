"""Refunds and returns as programs read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.refund import Refund, RefundReason, RefundState
from core.domain.returns import Remedy, Return, ReturnReason, ReturnState


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """``reference`` is the number that the gateway knows it by."""

    reference: str
    amount: Money
    reason: RefundReason
    state: RefundState
    requested_at: datetime
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """Units by SKU; ``accepted`` is None until they were inspected."""

    number: str
    quantities: Mapping[Sku, int]
    accepted: Mapping[Sku, int] | None
    reason: ReturnReason
    remedy: Remedy
    state: ReturnState
    requested_at: datetime
    answer: str


def refund_view(refund: Refund) -> RefundView:
    return RefundView(
        reference=refund.reference,
        amount=refund.amount,
        reason=refund.reason,
        state=refund.state,
        requested_at=refund.requested_at,
        failure=refund.failure,
    )


def return_view(goods_back: Return) -> ReturnView:
    return ReturnView(
        number=goods_back.number,
        quantities=goods_back.quantities,
        accepted=goods_back.accepted,
        reason=goods_back.reason,
        remedy=goods_back.remedy,
        state=goods_back.state,
        requested_at=goods_back.requested_at,
        answer=goods_back.answer,
    )
