"""Carts and promotions for tests of the price engine, in few words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.domain.pricing.engine import price
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.quote import Quote
from core.domain.pricing.request import PriceRequest, RequestLine, RequestShipping
from core.domain.pricing.rules import PricingRules

Document = Mapping[str, Any]

NOW = datetime(2026, 11, 11, 4, tzinfo=UTC)
"""Wednesday noon in China."""

GOODS: Mapping[str, Mapping[str, Any]] = {
    "tea": {"categories": frozenset({"food", "teas"}), "brand": "hills"},
    "cake": {"categories": frozenset({"food", "cakes"}), "brand": "oven"},
    "mug": {"categories": frozenset({"tableware"}), "brand": "hills", "seller": "kiln"},
    "plate": {"categories": frozenset({"tableware"}), "brand": "clay", "seller": "kiln"},
    "card": {"is_discountable": False},
    "lamp": {"is_on_sale": True},
}
"""The goods of the tests that are more than a name."""


def lines_of(goods: str) -> tuple[RequestLine, ...]:
    """``tea 60 x2, mug 25`` is two lines. The key is the name, and the SKU is in capitals."""
    lines = []
    for each in goods.split(","):
        name, amount, *quantity = each.split()
        lines.append(
            RequestLine(
                key=name,
                sku=name.upper(),
                product=name,
                quantity=int(quantity[0][1:]) if quantity else 1,
                list_price=minor(amount),
                **GOODS.get(name, {}),
            )
        )
    return tuple(lines)


def minor(amount: str) -> int:
    return int(Decimal(amount) * 100)


def a_request(goods: str, *, shipping: str = "", **details: Any) -> PriceRequest:
    request = PriceRequest(currency="CNY", at=NOW, lines=lines_of(goods), **details)
    if shipping:
        request = replace(request, shipping=RequestShipping(method="std", price=minor(shipping)))
    return request


def a_promotion(lane: str, *benefits: Document, code: str = "offer", **details: Any) -> Promotion:
    document = {"code": code, "label": {"zh": code}, "lane": lane, "benefits": list(benefits)}
    return from_document({**document, **details})


def priced(request: PriceRequest, *promotions: Promotion, **rules: Any) -> Quote:
    return price(request, PricingRules(promotions=promotions, **rules))


def quoted(
    goods: str, promotions: Promotion | Sequence[Promotion] = (), shipping: str = "", **details: Any
) -> Quote:
    several = [promotions] if isinstance(promotions, Promotion) else promotions
    return priced(a_request(goods, shipping=shipping, **details), *several)


def paid(quote: Quote) -> dict[str, str]:
    """What is paid for each line, in yuan."""
    return {line.key: yuan(line.total) for line in quote.lines}


def yuan(minor_units: int) -> str:
    """The amount as a person writes it: ``100`` and ``12.50``."""
    text = f"{Decimal(minor_units) / 100:.2f}"
    return text.removesuffix(".00")


def reasons(quote: Quote) -> dict[str, str]:
    """The sentence of each promotion that did not apply, by its code."""
    return {
        notice.promotion: notice.reason.template.format(**notice.reason.values)
        for notice in quote.not_applied
    }


def having(by: str, *values: str) -> Document:
    return {"kind": "having", "by": by, "values": list(values)}


def percent(off: str) -> Document:
    return {"kind": "percent", "percent": off}


def amount(off: str) -> Document:
    return {"kind": "amount", "amount": {"CNY": off}}


def price_to(price_: str) -> Document:
    return {"kind": "price_to", "price": {"CNY": price_}}


def at_least(amount_: str, **details: Any) -> Document:
    return {"kind": "amount", "at_least": {"CNY": amount_}, **details}


def goods_off(reduction: Document, **details: Any) -> Document:
    return {"kind": "goods", "reduction": reduction, **details}


def set_of(units: int, reduction: Document, **details: Any) -> Document:
    return {"kind": "set", "parts": [{"units": units}], "reduction": reduction, **details}


def tiers(kind: str, *steps: tuple[Any, Document], **details: Any) -> Document:
    """Tiers from pairs of the value from which they apply, and the reduction."""
    return {
        "kind": f"{kind}_tiers",
        "tiers": [
            {"at_least": {"CNY": least} if kind == "amount" else least, "reduction": reduction}
            for least, reduction in steps
        ],
        **details,
    }
