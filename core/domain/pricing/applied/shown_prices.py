"""The prices in lists and on product pages: after price lists and the catalogue lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.pricing.adjustments import SALE, Lane
from core.domain.pricing.engine import price
from core.domain.pricing.quote import QuotedLine
from core.domain.pricing.request import PricedCustomer, PriceRequest, RequestLine
from core.domain.pricing.rules import PricingRules
from core.domain.text import Text

SEPARATOR = "+"
"""Between sources; a code has none."""

NO_GROUPS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """The price of one unit in minor units. ``labels`` are of what changed it.

    ``source`` has the codes of the price list and of the promotions that changed it, or `SALE`,
    joined by `SEPARATOR`; empty if the price is not reduced.
    """

    minor: int
    labels: tuple[Text, ...] = ()
    source: str = ""


def shown_prices(
    lines: Sequence[RequestLine],
    rules: PricingRules,
    currency: str,
    at: datetime,
    groups: frozenset[str] = NO_GROUPS,
) -> Mapping[str, ShownPrice]:
    """The price of each line by its key. Taxes are not added.

    ``groups`` are those of the buyer; empty for a buyer who is not known.
    """
    in_lists = rules.by_lane.get(Lane.CATALOGUE, ())
    if not in_lists and not rules.price_lists and not any(line.offers for line in lines):
        return {line.key: ShownPrice(line.list_price, source=_own_source(line)) for line in lines}
    labels = {each.code: each.label for each in rules.price_lists}
    request = PriceRequest(
        currency=currency, at=at, lines=tuple(lines), customer=PricedCustomer(groups=groups)
    )
    by_key = {line.key: line for line in lines}
    quote = price(request, replace(rules, promotions=in_lists, tax_rates=()))
    return {line.key: _shown(line, by_key[line.key], labels) for line in quote.lines}


def _shown(quoted: QuotedLine, line: RequestLine, labels: Mapping[str, Text]) -> ShownPrice:
    listed = quoted.price_source
    sources = [listed or _own_source(line), *(each.source for each in quoted.adjustments)]
    shown = [quoted.price_label or labels.get(listed), *(each.label for each in quoted.adjustments)]
    return ShownPrice(
        minor=quoted.unit_price * quoted.quantity - quoted.discount,
        labels=tuple(label for label in shown if label),
        source=SEPARATOR.join(dict.fromkeys(each for each in sources if each)),
    )


def _own_source(line: RequestLine) -> str:
    return SALE if line.is_on_sale else ""
