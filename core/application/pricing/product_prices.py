"""The prices of one product with the offers of plugins, for its page."""

from dataclasses import dataclass, replace

from core.application.pricing.plugin_prices import AskPlugins, claims_of_offers
from core.application.pricing.priced_goods import request_line
from core.domain.claims import person_of
from core.domain.identifiers import Currency, CustomerId
from core.domain.money import Money
from core.domain.pricing.applied.shown_prices import ShownPrice, shown_prices
from core.domain.pricing.calculation.unit_prices import countable
from core.domain.pricing.request import PricedCustomer, PriceRequest
from ports.catalogue.queries import CatalogueQueries, ProductView, VariantView
from ports.claims import ClaimsLeft
from ports.clock import Clock
from ports.pricing import FindGroups, LoadRules


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sees the page. ``channel`` is a `SalesChannel`; empty if it is not known."""

    customer_id: CustomerId | None = None
    channel: str = ""


ANYONE = Visitor()


@dataclass(frozen=True, slots=True)
class PriceProduct:
    """The product with the prices that plugins offer for one unit of each variant.

    Without such plugins it stays as it is, without a statement.
    """

    ask_plugins: AskPlugins
    catalogue_queries: CatalogueQueries
    load_rules: LoadRules
    find_groups: FindGroups
    claims_left: ClaimsLeft
    currency: Currency
    now: Clock

    async def __call__(
        self,
        product: ProductView,
        language: str,
        visitor: Visitor,
    ) -> ProductView:
        if not self.ask_plugins.price_offers.is_used or not product.variants:
            return product
        request = await self._request(product, visitor)
        rules = await self.load_rules()
        offered = [replace(line, offers=countable(request, line)) for line in request.lines]
        if not any(line.offers for line in offered):
            return product
        groups = request.customer.groups
        prices = shown_prices(offered, rules, self.currency, request.at, groups)
        with_offers = {line.key for line in offered if line.offers}
        return replace(
            product,
            variants=tuple(
                self._priced(each, prices[each.sku], language) if each.sku in with_offers else each
                for each in product.variants
            ),
        )

    async def _request(self, product: ProductView, visitor: Visitor) -> PriceRequest:
        customer_id = visitor.customer_id
        offers = await self.catalogue_queries.offers([each.sku for each in product.variants])
        groups = frozenset[str]()
        if customer_id is not None:
            groups = await self.find_groups(customer_id)
        person = person_of(customer_id, "") if customer_id is not None else ""
        request = await self.ask_plugins(
            PriceRequest(
                currency=self.currency,
                at=self.now(),
                lines=tuple(request_line(sku, offer) for sku, offer in offers.items()),
                customer=PricedCustomer(person=person, groups=groups),
                channel=visitor.channel,
            ),
            await self.load_rules(),
            offers,
            customer_id,
        )
        if claims := claims_of_offers(request):
            return replace(request, unavailable=await self.claims_left(claims))
        return request

    def _priced(self, variant: VariantView, shown: ShownPrice, language: str) -> VariantView:
        """A prior price belongs to the reduction that lists show, and not to another price."""
        price = Money(shown.minor, self.currency)
        if price == variant.price:
            return variant
        suggested = variant.suggested
        return replace(
            variant,
            price=price,
            offer=" · ".join(each.in_language(language) for each in shown.labels),
            prior=None,
            suggested=suggested if suggested and suggested.minor > shown.minor else None,
        )
