"""Prices a cart: the cart, its review and its order get the same quote."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.application.pricing.plugin_prices import AskPlugins, claims_of_offers
from core.application.pricing.priced_goods import request_line
from core.domain.carts import Cart, CartLine
from core.domain.catalogue.tax_classes import STANDARD
from core.domain.claims import person_of
from core.domain.identifiers import LineKey, Sku
from core.domain.pricing.coupons.codes import normalised
from core.domain.pricing.engine import price
from core.domain.pricing.quote import Quote
from core.domain.pricing.refunds.frozen import FrozenPrices, freeze
from core.domain.pricing.request import PricedCustomer, PriceRequest, RequestLine, RequestShipping
from core.domain.pricing.rules import PricingRules
from ports.catalogue.queries import CatalogueQueries, Offer
from ports.claims import ClaimsLeft, Left
from ports.clock import Clock
from ports.fulfillment import ShippingRate
from ports.pricing import CountPaidOrders, FindCoupons, FindGroups, LoadRules, PointsBalance

NOTHING_LEFT: Left = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CartPrices:
    """A cart with everything that its prices depend on.

    ``offers`` has the goods of the cart and those that promotions may add. ``balance`` is what
    the member has in points; None if the cart cannot be paid with them.
    """

    cart: Cart
    offers: Mapping[Sku, Offer]
    request: PriceRequest
    rules: PricingRules
    balance: int | None = None

    def tax_class(self, sku: Sku) -> str:
        """A SKU without an offer cannot be ordered; its class does not matter."""
        offer = self.offers.get(sku)
        return offer.tax_class if offer else STANDARD

    def quote(
        self,
        rate: ShippingRate | None = None,
        left: Left = NOTHING_LEFT,
        *,
        untaxed: bool = False,
    ) -> Quote:
        """Price the cart with a way of shipping. ``left`` is what is left of refused claims.

        A gift of which too few units are in stock is not given.
        """
        rules = replace(self.rules, untaxed=True) if untaxed else self.rules
        shipping = RequestShipping(method=rate.code, price=rate.price.minor) if rate else None
        request = replace(
            self.request,
            shipping=shipping,
            unavailable={**self.request.unavailable, **left},
        )
        quote = price(request, rules)
        while short := self._short(quote) & request.additions.keys():
            additions = {sku: request.additions[sku] for sku in request.additions.keys() - short}
            request = replace(request, additions=additions)
            quote = price(request, rules)
        return quote

    def frozen(self, rate: ShippingRate, quote: Quote, keys: Mapping[str, str]) -> FrozenPrices:
        """The rules of today for the order; ``keys`` has its line for each line of the quote."""
        shipping = RequestShipping(method=rate.code, price=rate.price.minor)
        return freeze(replace(self.request, shipping=shipping), self.rules, quote, keys)

    def without_addition(self, sku: str) -> "CartPrices":
        """The same without a SKU that promotions may add."""
        kept = {each: line for each, line in self.request.additions.items() if each != sku}
        return replace(self, request=replace(self.request, additions=kept))

    def _short(self, quote: Quote) -> set[str]:
        """The goods that promotions add, if they and those of the cart are more than the stock."""
        units = Counter[str](self.cart.units_by_sku)
        added = [line for line in quote.lines if self.cart.find_line(LineKey(line.key)) is None]
        for line in added:
            units[line.sku] += line.quantity
        stock = {sku: offer.available for sku, offer in self.offers.items()}
        return {line.sku for line in added if units[line.sku] > stock[Sku(line.sku)]}


@dataclass(frozen=True, slots=True)
class PriceCart:
    """Find everything that the prices of a cart depend on.

    The number of statements does not depend on the number of promotions: one for the offers, and
    one each for coupons, limits, paid orders, groups and points, only if a rule, the cart or the
    settings have such.
    Plugins are asked for offers and facts once.
    ``channel`` is a `SalesChannel`; empty if it is not known.
    """

    catalogue_queries: CatalogueQueries
    load_rules: LoadRules
    find_coupons: FindCoupons
    claims_left: ClaimsLeft
    count_paid_orders: CountPaidOrders
    find_groups: FindGroups
    points_balance: PointsBalance
    ask_plugins: AskPlugins
    now: Clock

    async def __call__(self, cart: Cart, channel: str = "") -> CartPrices:
        rules = await self.load_rules()
        added = rules.added_skus
        skus = dict.fromkeys([*cart.units_by_sku, *map(Sku, sorted(added))])
        offers = await self.catalogue_queries.offers(list(skus))
        customer = await self._customer(cart, rules)
        if cart.coupons:
            codes = list(dict.fromkeys(map(normalised, cart.coupons)))
            rules = replace(rules, coupons=await self.find_coupons(codes, customer.person))
        balance = await self._balance(cart, rules)
        request = PriceRequest(
            currency=cart.currency,
            at=self.now(),
            lines=tuple(_line(line, offers.get(line.sku)) for line in cart.lines),
            customer=customer,
            destination=cart.delivery.address.destination if cart.delivery else "",
            channel=channel,
            points=min(cart.points, max(balance or 0, 0)),
            coupons=cart.coupons,
            additions={
                sku: request_line(sku, offer)
                for sku, offer in offers.items()
                if sku in added and offer.for_sale and offer.available > 0
            },
        )
        request = await self.ask_plugins(request, rules, offers, cart.customer_id)
        if limits := (*rules.limits(request), *claims_of_offers(request)):
            request = replace(request, unavailable=await self.claims_left(limits))
        return CartPrices(cart=cart, offers=offers, request=request, rules=rules, balance=balance)

    async def _balance(self, cart: Cart, rules: PricingRules) -> int | None:
        if cart.customer_id is None or not rules.settings.takes_points:
            return None
        return await self.points_balance(cart.customer_id)

    async def _customer(self, cart: Cart, rules: PricingRules) -> PricedCustomer:
        if cart.customer_id is None and cart.delivery is None:
            return PricedCustomer()
        contact = cart.delivery.contact if cart.delivery else ""
        person = person_of(cart.customer_id, contact)
        if cart.customer_id is None:
            return PricedCustomer(person=person)
        paid_orders, groups = None, frozenset[str]()
        if rules.counts_orders:
            paid_orders = await self.count_paid_orders(cart.customer_id)
        if rules.asks_groups or self.ask_plugins.are_asked(rules):
            groups = await self.find_groups(cart.customer_id)
        return PricedCustomer(person=person, paid_orders=paid_orders, groups=groups)


def _line(line: CartLine, offer: Offer | None) -> RequestLine:
    """A line without an offer keeps the price that the buyer saw; it cannot be ordered."""
    if offer is None:
        return RequestLine(
            key=line.key,
            sku=line.sku,
            quantity=line.quantity,
            list_price=line.unit_price.minor,
            added_by=line.source,
        )
    return request_line(line.key, offer, line.quantity, line.source)
