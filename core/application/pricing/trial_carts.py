"""Prices a cart that no buyer has, so that staff see what applies, what does not, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.application.pricing.plugin_prices import AskPlugins, claims_of_offers
from core.application.pricing.priced_goods import request_line
from core.application.pricing.views import (
    AdjustmentView,
    CouponView,
    NoticeView,
    SumsView,
    adjustment_views,
    coupon_views,
    sums_of_quote,
)
from core.domain.carts import MAX_UNITS
from core.domain.errors import MAX_LINE_QUANTITY, Invalid, raise_if_invalid
from core.domain.identifiers import Currency, Sku
from core.domain.money import Money
from core.domain.pricing.coupons.codes import normalised
from core.domain.pricing.engine import price
from core.domain.pricing.facts import Fact, read_fact
from core.domain.pricing.quote import Notice, QuotedLine
from core.domain.pricing.request import PricedCustomer, PriceRequest, RequestShipping
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.windows import check_moment
from ports.catalogue.queries import CatalogueQueries, Offer
from ports.claims import ClaimsLeft
from ports.clock import Clock
from ports.pricing import FindCoupons, LoadRules, ReasonText
from ports.unit_of_work import RepeatableUnits

TRIAL_PERSON = "trial"
"""The key of no buyer: a test cart has used no offer before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCart:
    """``goods`` are units by SKU. ``at`` None is now.

    ``promotions`` are codes of promotions that take part although they are not active, such as
    drafts. ``shipping`` is the code and the price of a way of shipping, in minor units.
    ``facts`` are facts of plugins as texts, by name: ``{"member.level": "gold"}``.
    """

    goods: Mapping[Sku, int]
    promotions: Sequence[str] = ()
    coupons: tuple[str, ...] = ()
    customer: PricedCustomer = field(
        default_factory=lambda: PricedCustomer(person=TRIAL_PERSON, paid_orders=0)
    )
    destination: str = ""
    channel: str = ""
    payment_method: str = ""
    shipping: RequestShipping | None = None
    at: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedLine:
    """``price_source`` is the price list that made ``unit_price``; empty for the list price.

    ``added_by`` is the promotion that added the line, such as a gift.
    """

    sku: str
    quantity: int
    list_price: Money
    unit_price: Money
    price_source: str
    added_by: str
    adjustments: Sequence[AdjustmentView]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCart:
    """``sums.adjustments`` says what applies; ``not_applied`` says why the others do not."""

    lines: Sequence[TriedLine]
    sums: SumsView
    not_applied: Sequence[NoticeView]
    next_steps: Sequence[NoticeView]
    coupons: Sequence[CouponView]


@dataclass(frozen=True, slots=True)
class TryCart:
    """Price a cart for staff. Nothing is stored, and no limit is taken.

    Raises:
        Invalid, InvalidFields: a SKU does not exist, a line has too many units, or the cart is
            empty.
        NotFound: one of ``promotions`` does not exist.
    """

    catalogue_queries: CatalogueQueries
    load_rules: LoadRules
    find_coupons: FindCoupons
    claims_left: ClaimsLeft
    ask_plugins: AskPlugins
    units: RepeatableUnits
    reason_text: ReasonText
    currency: Currency
    now: Clock

    async def __call__(self, cart: TrialCart, language: str) -> TriedCart:
        rules = await self._rules(cart)
        skus = dict.fromkeys([*cart.goods, *map(Sku, sorted(rules.added_skus))])
        offers = await self.catalogue_queries.offers(list(skus))
        request = self._request(cart, rules, offers)
        request = await self.ask_plugins(request, rules, offers, None)
        if limits := (*rules.limits(request), *claims_of_offers(request)):
            request = replace(request, unavailable=await self.claims_left(limits))
        quote = price(request, rules)
        return TriedCart(
            lines=[_line(each, quote.currency, language) for each in quote.lines],
            sums=sums_of_quote(quote, language),
            not_applied=self._notices(quote.not_applied, language),
            next_steps=self._notices(quote.next_steps, language),
            coupons=coupon_views(quote, rules, language, self.reason_text),
        )

    async def _rules(self, cart: TrialCart) -> PricingRules:
        rules = await self.load_rules()
        if cart.promotions:
            by_code = {each.code: each for each in rules.promotions}
            async with self.units() as unit:
                for code in cart.promotions:
                    by_code[code] = (await unit.promotions.get(code)).promotion
            rules = replace(rules, promotions=tuple(by_code.values()))
        if cart.coupons:
            codes = list(dict.fromkeys(map(normalised, cart.coupons)))
            coupons = await self.find_coupons(codes, cart.customer.person)
            rules = replace(rules, coupons=coupons)
        return rules

    def _request(
        self, cart: TrialCart, rules: PricingRules, offers: Mapping[Sku, Offer]
    ) -> PriceRequest:
        check_moment("at", cart.at)
        if not cart.goods:
            raise Invalid("goods", "Add at least one SKU.")
        raise_if_invalid(
            [
                Invalid(f"goods.{sku}", "There is no SKU “{value}”.", value=sku)
                for sku in cart.goods
                if sku not in offers
            ]
        )
        raise_if_invalid(
            [
                Invalid(f"goods.{sku}", "Enter a number from 1 to {most}.", most=MAX_LINE_QUANTITY)
                for sku, units in cart.goods.items()
                if not 1 <= units <= MAX_LINE_QUANTITY
            ]
        )
        if sum(cart.goods.values()) > MAX_UNITS:
            raise Invalid("goods", "The cart holds at most {most} items.", most=MAX_UNITS)
        return PriceRequest(
            currency=self.currency,
            at=cart.at or self.now(),
            lines=tuple(request_line(sku, offers[sku], units) for sku, units in cart.goods.items()),
            shipping=cart.shipping,
            customer=cart.customer,
            destination=cart.destination,
            channel=cart.channel,
            payment_method=cart.payment_method,
            coupons=cart.coupons,
            facts={name: self._fact(name, value) for name, value in cart.facts.items()},
            additions={
                sku: request_line(sku, offer)
                for sku, offer in offers.items()
                if sku in rules.added_skus
            },
        )

    def _fact(self, name: str, value: str) -> Fact:
        """Raises `Invalid` if no plugin states the fact, or never with this value."""
        kind = self.ask_plugins.facts.names.get(name)
        if kind is None:
            raise Invalid("facts", "No plugin states “{name}”.", name=name)
        try:
            return read_fact(kind, value)
        except ValueError:
            raise Invalid(
                "facts", "“{value}” is no value of “{name}”.", value=value, name=name
            ) from None

    def _notices(self, notices: Sequence[Notice], language: str) -> Sequence[NoticeView]:
        return [
            NoticeView(
                promotion=each.promotion,
                label=each.label.in_language(language),
                text=self.reason_text(each.reason, language),
            )
            for each in notices
        ]


def _line(line: QuotedLine, currency: str, language: str) -> TriedLine:
    return TriedLine(
        sku=line.sku,
        quantity=line.quantity,
        list_price=Money(line.list_price, currency),
        unit_price=Money(line.unit_price, currency),
        price_source=line.price_source,
        added_by=line.added_by,
        adjustments=adjustment_views(line.adjustments, language),
        total=Money(line.total, currency),
    )
