"""The unit price of a line: the list price, or the best offer of the highest rank."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.claims import Claim
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import (
    NO_LABEL,
    PriceList,
    UnitOffer,
    best_offer,
    offers_of,
)
from core.domain.pricing.quote import Notice
from core.domain.pricing.reasons import Reason
from core.domain.pricing.request import PriceRequest, RequestLine
from core.domain.text import Text


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The price of a unit in minor units; ``source`` is empty for the list price.

    ``label`` and ``claim`` are those of a plugin's offer. ``missed`` says why better ones of
    plugins do not count.
    """

    line: RequestLine
    minor: int
    source: str = ""
    closes: frozenset[Lane] = frozenset()
    label: Text = NO_LABEL
    claim: Claim | None = None
    missed: tuple[Notice, ...] = ()


def unit_prices_of(request: PriceRequest, price_lists: Sequence[PriceList]) -> list[UnitPrice]:
    """The unit prices of the lines in the order of their keys.

    An offer wins over the list price even if it is higher. Lines share what is left of a quota.
    """
    lines = sorted(request.lines, key=lambda line: line.key)
    units = [(line.sku, line.quantity) for line in lines]
    listed = offers_of(price_lists, units, request.audience, request.at) if price_lists else {}
    taken = Counter[tuple[str, str]]()
    return [_unit_price(request, line, listed.get(line.sku, ()), taken) for line in lines]


def countable(request: PriceRequest, line: RequestLine) -> tuple[UnitOffer, ...]:
    """The offers of plugins that count for a line that is bought alone."""
    person, nothing = request.customer.person, Counter[tuple[str, str]]()
    return tuple(
        each
        for each in line.offers
        if _reason(request, each, each.claim_of(person), nothing) is None
    )


def _unit_price(
    request: PriceRequest,
    line: RequestLine,
    listed: Sequence[UnitOffer],
    taken: Counter[tuple[str, str]],
) -> UnitPrice:
    """``taken`` is what the lines before take of quotas, as in `PriceRequest.unavailable`."""
    offers, missed = [*listed, *line.offers], list[Notice]()
    while offer := best_offer(offers):
        claim = offer.claim_of(request.customer.person)
        reason = _reason(request, offer, claim, taken)
        if reason is None:
            _take(claim, taken)
            return UnitPrice(
                line, offer.minor, offer.source, offer.closes, offer.label, claim, tuple(missed)
            )
        missed.append(Notice(promotion=offer.source, label=offer.label, reason=reason))
        offers.remove(offer)
    return UnitPrice(line, line.list_price, missed=tuple(missed))


def _reason(
    request: PriceRequest,
    offer: UnitOffer,
    claim: Claim | None,
    taken: Counter[tuple[str, str]],
) -> Reason | None:
    """Why an offer does not count; None if it does."""
    if offer.until and offer.until <= request.at:
        return Reason("ended")
    if claim is None:
        return None
    for most, person in ((claim.limit, ""), (claim.per_person, claim.person)):
        if most is not None:
            left = request.unavailable.get((claim.quota, person), most)
            if taken[claim.quota, person] + claim.amount > min(left, most):
                return Reason("used_by_you" if person else "used_up")
    return None


def _take(claim: Claim | None, taken: Counter[tuple[str, str]]) -> None:
    if claim is not None:
        for person in {"", claim.person}:
            taken[claim.quota, person] += claim.amount
