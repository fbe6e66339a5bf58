"""The columns of how an order was priced, with the rules of its day as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from adapters.database.documents import Document, text_to
from adapters.database.pricing.documents import (
    ladders_from,
    price_list_from,
    price_list_to,
    tax_rate_from,
    tax_rate_to,
)
from adapters.database.pricing.settings import pricing_settings_from, pricing_settings_to
from core.domain.orders.pricing import OrderPricing
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import PriceList, PriceRank, UnitOffer
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.refunds.frozen import FrozenPrices
from core.domain.pricing.request import PriceRequest, RequestLine, RequestShipping
from core.domain.pricing.rules import PricingRules
from core.domain.text import Text

SETS = ("categories", "tags", "attributes")
PLAIN = (
    *("key", "sku", "quantity", "list_price", "least_price", "product", "brand", "seller"),
    *("tax_class", "taxed_price", "is_on_sale", "is_discountable", "added_by"),
)


def pricing_columns(pricing: OrderPricing) -> dict[str, Any]:
    frozen = pricing.frozen
    return {
        "tax_engine": pricing.tax_engine,
        "frozen_prices": frozen_prices_to(frozen) if frozen else None,
        "goods_refunded_minor": pricing.goods_refunded,
        "points": pricing.points,
    }


def pricing_of(row: Row[Any]) -> OrderPricing:
    return OrderPricing(
        tax_engine=row.tax_engine,
        frozen=frozen_prices_from(row.frozen_prices) if row.frozen_prices else None,
        goods_refunded=row.goods_refunded_minor,
        points=row.points,
    )


def frozen_prices_to(frozen: FrozenPrices) -> Document:
    request, rules = frozen.request, frozen.rules
    shipping = request.shipping
    return {
        "currency": request.currency,
        "at": request.at.isoformat(),
        "lines": [_line_to(each) for each in request.lines],
        "additions": {sku: _line_to(each) for sku, each in request.additions.items()},
        "gifts": {key: _line_to(each) for key, each in frozen.gifts.items()},
        "shipping": shipping
        and {
            "method": shipping.method,
            "price": shipping.price,
            "tax_class": shipping.tax_class,
        },
        "price_lists": {each.code: _price_list_to(each) for each in rules.price_lists},
        "promotions": [to_document(each) for each in rules.promotions],
        "tax_rates": [tax_rate_to(each) for each in rules.tax_rates],
        "untaxed": rules.untaxed,
        "settings": pricing_settings_to(rules.settings),
    }


def frozen_prices_from(document: Document) -> FrozenPrices:
    shipping = document["shipping"]
    return FrozenPrices(
        request=PriceRequest(
            currency=document["currency"],
            at=datetime.fromisoformat(document["at"]),
            lines=tuple(map(_line_from, document["lines"])),
            shipping=shipping and RequestShipping(**shipping),
            additions=_lines_from(document["additions"]),
        ),
        gifts=_lines_from(document["gifts"]),
        rules=PricingRules(
            settings=pricing_settings_from(document["settings"]),
            price_lists=tuple(
                price_list_from(code, each, ladders_from(_steps_from(each["steps"])))
                for code, each in document["price_lists"].items()
            ),
            promotions=tuple(map(from_document, document["promotions"])),
            tax_rates=tuple(map(tax_rate_from, document["tax_rates"])),
            untaxed=document["untaxed"],
        ),
    )


def _price_list_to(price_list: PriceList) -> Document:
    steps = [
        [sku, step.quantity, step.minor]
        for sku, ladder in price_list.ladders.items()
        for step in ladder
    ]
    return {**price_list_to(price_list), "steps": steps}


def _steps_from(steps: Sequence[Sequence[Any]]) -> list[tuple[str, int, int]]:
    return [(sku, quantity, minor) for sku, quantity, minor in steps]


def _line_to(line: RequestLine) -> Document:
    return {
        **{name: getattr(line, name) for name in PLAIN},
        **{name: sorted(getattr(line, name)) for name in SETS},
        **({"offers": [_offer_to(each) for each in line.offers]} if line.offers else {}),
    }


def _line_from(document: Mapping[str, Any]) -> RequestLine:
    sets = {name: frozenset(document[name]) for name in SETS}
    offers = tuple(map(_offer_from, document.get("offers", ())))
    return RequestLine(**{**document, **sets, "offers": offers})


def _offer_to(offer: UnitOffer) -> Document:
    """The order holds the claim, and the rules of its day have no end."""
    return {
        "rank": offer.rank.name,
        "minor": offer.minor,
        "source": offer.source,
        "closes": sorted(offer.closes),
        "label": text_to(offer.label),
    }


def _offer_from(document: Mapping[str, Any]) -> UnitOffer:
    return UnitOffer(
        rank=PriceRank[document["rank"]],
        minor=document["minor"],
        source=document["source"],
        closes=frozenset(map(Lane, document["closes"])),
        label=Text(document["label"]),
    )


def _lines_from(documents: Mapping[str, Mapping[str, Any]]) -> Mapping[str, RequestLine]:
    return {key: _line_from(each) for key, each in documents.items()}
