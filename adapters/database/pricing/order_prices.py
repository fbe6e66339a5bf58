"""Conversion between JSON columns and the parts of a price."""

from collections.abc import Sequence

from adapters.database.documents import Document, text_to
from core.domain.money import Money
from core.domain.pricing.adjustments import Adjustment, Lane, TaxAmount
from core.domain.pricing.paid_units import PaidUnits
from core.domain.pricing.quote import Grant, GrantKind
from core.domain.text import Text


def adjustments_to(adjustments: Sequence[Adjustment]) -> list[Document]:
    return [
        {
            "source": each.source,
            "lane": str(each.lane),
            "label": text_to(each.label),
            "amount": each.amount.minor,
            "borne_by": each.borne_by,
        }
        for each in adjustments
    ]


def adjustments_from(documents: Sequence[Document], currency: str) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            source=document["source"],
            lane=Lane(document["lane"]),
            label=Text(document["label"]),
            amount=Money(document["amount"], currency),
            borne_by=document["borne_by"],
        )
        for document in documents
    )


def taxes_to(taxes: Sequence[TaxAmount]) -> list[Document]:
    return [
        {
            "code": each.code,
            "label": text_to(each.label),
            "rate": each.rate,
            "base": each.base.minor,
            "amount": each.amount.minor,
            "included": each.included,
        }
        for each in taxes
    ]


def taxes_from(documents: Sequence[Document], currency: str) -> tuple[TaxAmount, ...]:
    return tuple(
        TaxAmount(
            code=document["code"],
            label=Text(document["label"]),
            rate=document["rate"],
            base=Money(document["base"], currency),
            amount=Money(document["amount"], currency),
            included=document["included"],
        )
        for document in documents
    )


def grants_to(grants: Sequence[Grant]) -> list[Document]:
    return [
        {
            "promotion": each.promotion,
            "kind": str(each.kind),
            "amount": each.amount,
            "batch": each.batch,
        }
        for each in grants
    ]


def grants_from(documents: Sequence[Document]) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            promotion=document["promotion"],
            kind=GrantKind(document["kind"]),
            amount=document["amount"],
            batch=document["batch"],
        )
        for document in documents
    )


def paid_units_from(runs: Sequence[Sequence[int]]) -> PaidUnits:
    return PaidUnits(tuple((count, amount) for count, amount in runs))
