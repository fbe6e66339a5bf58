"""Shares of a payment as a JSON column."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.payments.shares import Share


def shares_to(shares: Sequence[Share]) -> list[dict[str, Any]]:
    return [
        {
            "order": str(each.order_id),
            "amount": each.amount.minor,
            "instalment": each.instalment,
            "released": each.released,
        }
        for each in shares
    ]


def shares_from(documents: Sequence[dict[str, Any]], currency: str) -> tuple[Share, ...]:
    return tuple(
        Share(
            order_id=OrderId(UUID(each["order"])),
            amount=Money(each["amount"], currency),
            instalment=each["instalment"],
            released=each["released"],
        )
        for each in documents
    )
