"""The unit price of a line: the list price, or the best offer of the highest rank."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import PriceList, best_offer, offers_of
from core.domain.pricing.request import PriceRequest, RequestLine


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The price of a unit in minor units; ``source`` is empty for the list price."""

    line: RequestLine
    minor: int
    source: str = ""
    closes: frozenset[Lane] = frozenset()


def unit_prices_of(request: PriceRequest, price_lists: Sequence[PriceList]) -> list[UnitPrice]:
    """The unit prices of the lines in the order of their keys.

    An offer wins over the list price even if it is higher.
    """
    lines = sorted(request.lines, key=lambda line: line.key)
    units = [(line.sku, line.quantity) for line in lines]
    listed = offers_of(price_lists, units, request.audience, request.at) if price_lists else {}
    prices = []
    for line in lines:
        offer = best_offer((*listed.get(line.sku, ()), *line.offers))
        if offer is None:
            prices.append(UnitPrice(line, line.list_price))
        else:
            prices.append(UnitPrice(line, offer.minor, offer.source, offer.closes))
    return prices
