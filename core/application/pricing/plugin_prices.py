"""What plugins say about the prices of a request: offers for its lines, and facts."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.domain.claims import Claim
from core.domain.identifiers import CustomerId, Sku
from core.domain.money import Money
from core.domain.pricing.facts import Fact
from core.domain.pricing.price_lists import UnitOffer
from core.domain.pricing.request import PriceRequest, RequestLine
from core.domain.pricing.rules import PricingRules
from ports.catalogue.queries import Offer
from ports.price_enquiries import AskFacts, AskPriceOffers, Enquiry, EnquiryLine

Offered = Mapping[str, tuple[UnitOffer, ...]]

NO_OFFERS: Offered = {}
NO_FACTS: Mapping[str, Fact] = {}


@dataclass(frozen=True, slots=True)
class AskPlugins:
    """Add the offers of plugins for the lines of a request, and the facts that its rules ask for.

    Never called in a transaction. Without such plugins the request stays as it is, and nothing
    waits.
    """

    price_offers: AskPriceOffers
    facts: AskFacts

    def are_asked(self, rules: PricingRules) -> bool:
        """Whether a plugin needs to know about the buyer."""
        return self.price_offers.is_used or bool(self._names(rules))

    async def __call__(
        self,
        request: PriceRequest,
        rules: PricingRules,
        offers: Mapping[Sku, Offer],
        customer_id: CustomerId | None,
    ) -> PriceRequest:
        if not self.are_asked(rules):
            return request
        enquiry = enquiry_of(request, offers, customer_id)
        offered, facts = await gather(self._offers(enquiry), self._facts(enquiry, rules))
        return replace(
            request,
            lines=tuple(replace(line, offers=offered.get(line.key, ())) for line in request.lines),
            facts={**facts, **request.facts},
        )

    async def _offers(self, enquiry: Enquiry) -> Offered:
        is_asked = self.price_offers.is_used and enquiry.lines
        return await self.price_offers(enquiry) if is_asked else NO_OFFERS

    async def _facts(self, enquiry: Enquiry, rules: PricingRules) -> Mapping[str, Fact]:
        names = self._names(rules)
        return await self.facts(enquiry, names) if names else NO_FACTS

    def _names(self, rules: PricingRules) -> frozenset[str]:
        return frozenset(self.facts.names) & rules.facts if self.facts.names else frozenset()


def enquiry_of(
    request: PriceRequest, offers: Mapping[Sku, Offer], customer_id: CustomerId | None
) -> Enquiry:
    """A request without its promotions. Lines that a promotion added are not part of it."""
    return Enquiry(
        lines=tuple(_lines(request.lines, offers)),
        currency=request.currency,
        at=request.at,
        customer_id=customer_id,
        groups=request.customer.groups,
        channel=request.channel,
        country=request.audience.country,
        coupons=request.coupons,
    )


def claims_of_offers(request: PriceRequest) -> tuple[Claim, ...]:
    """A claim for each limit of an offer that counts for the request."""
    claims = (
        offer.claim_of(request.customer.person) for line in request.lines for offer in line.offers
    )
    return tuple(claim for claim in claims if claim)


def _lines(lines: Sequence[RequestLine], offers: Mapping[Sku, Offer]) -> list[EnquiryLine]:
    return [
        EnquiryLine(
            key=line.key,
            sku=offer.sku,
            product_id=offer.product_id,
            quantity=line.quantity,
            list_price=Money(line.list_price, offer.price.currency),
        )
        for line in lines
        if not line.added_by and (offer := offers.get(Sku(line.sku)))
    ]
