"""Tenders: the gateway payments and stored values of an order, and which of them a refund uses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import RefundTooLarge
from core.domain.pricing.arithmetic.splitting import split_within


class TenderKind(StrEnum):
    GATEWAY = "gateway"
    STORED_VALUE = "stored_value"


class TenderOrder(StrEnum):
    """``PROPORTIONAL``: each tender gets back its share. The others: one kind before the other."""

    PROPORTIONAL = "proportional"
    GATEWAY_FIRST = "gateway_first"
    STORED_VALUE_FIRST = "stored_value_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """A part of what was paid, in minor units. ``refunded`` is what earlier refunds gave back.

    ``key`` is that of a payment, a gift card or an account.
    """

    key: str
    kind: TenderKind
    paid: int
    refunded: int = 0

    @property
    def left(self) -> int:
        return self.paid - self.refunded


def refund_to(
    tenders: Sequence[Tender], amount: int, order: TenderOrder = TenderOrder.PROPORTIONAL
) -> dict[str, int]:
    """Split a refund among the tenders, by key.

    Proportional parts are those of all refunds together, so rounding errors do not add up: a
    tender that got less than its share before gets more now.

    Raises:
        RefundTooLarge: the tenders have less left.
    """
    left = sum(tender.left for tender in tenders)
    if amount > left:
        raise RefundTooLarge(left)
    parts = dict.fromkeys((tender.key for tender in tenders), 0)
    for group in _groups(tenders, order):
        taken = min(amount, sum(tender.left for tender in group))
        parts.update(_proportional(group, taken))
        amount -= taken
    return parts


def _groups(tenders: Sequence[Tender], order: TenderOrder) -> Iterable[list[Tender]]:
    if order is TenderOrder.PROPORTIONAL:
        return [list(tenders)]
    kinds = [TenderKind.GATEWAY, TenderKind.STORED_VALUE]
    if order is TenderOrder.STORED_VALUE_FIRST:
        kinds.reverse()
    return [[tender for tender in tenders if tender.kind is kind] for kind in kinds]


def _proportional(tenders: Sequence[Tender], amount: int) -> dict[str, int]:
    paid = sum(tender.paid for tender in tenders)
    refunded = sum(tender.refunded for tender in tenders) + amount
    due = [max(refunded * tender.paid - tender.refunded * paid, 0) for tender in tenders]
    parts = split_within(amount, due, [tender.left for tender in tenders])
    return {tender.key: part for tender, part in zip(tenders, parts, strict=True)}
