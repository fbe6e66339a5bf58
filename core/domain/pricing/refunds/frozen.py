"""The rules of the day of an order, kept to price what stays of it after a partial return."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core.domain.pricing.engine import price, worksheet_of
from core.domain.pricing.price_lists import PriceList, UnitOffer
from core.domain.pricing.promotions.circumstances import window_reason
from core.domain.pricing.promotions.conditions import (
    ALWAYS,
    AllOf,
    AnyOf,
    Condition,
    Not,
    counts_goods,
    facts_in,
)
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.quote import CouponState, Quote, QuotedLine
from core.domain.pricing.request import PricedCustomer, PriceRequest, RequestLine
from core.domain.pricing.rules import PricingRules

NEVER = Not(of=ALWAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPrices:
    """``request`` has the goods that the buyer chose, ``gifts`` those that promotions added.

    Both have the keys of the order lines. Nothing says who the buyer is: conditions on the buyer,
    the time and the place are replaced by whether they were met. A promotion with a limit is kept
    only if the order holds its claim.
    """

    request: PriceRequest
    gifts: Mapping[str, RequestLine]
    rules: PricingRules

    def amounts_of(self, kept: Mapping[str, int], destination: str) -> Mapping[str, int]:
        """What kept units of each order line cost alone, in minor units, with their taxes.

        A gift whose promotion does not apply any more costs its list price.
        """
        lines = tuple(
            replace(line, quantity=kept[line.key])
            for line in self.request.lines
            if kept.get(line.key)
        )
        request = replace(self.request, lines=lines, destination=destination)
        given = Counter[str]()
        for line in price(request, self.rules).lines if lines else ():
            if line.key not in kept:
                given[line.sku] += line.quantity
        bought = tuple(self._bought(kept, given))
        if not lines and not bought:
            return {}
        quote = price(replace(request, lines=lines + bought), self.rules)
        return {line.key: line.total for line in quote.lines if line.key in kept}

    def _bought(self, kept: Mapping[str, int], given: Counter[str]) -> Iterator[RequestLine]:
        """The kept gifts beyond those that the kept goods still bring."""
        for key, gift in self.gifts.items():
            free = min(kept.get(key, 0), given[gift.sku])
            given[gift.sku] -= free
            units = kept.get(key, 0) - free
            if units:
                # A line with a source takes part in no promotion.
                yield replace(gift, key=key, quantity=units, added_by=gift.added_by or key)


def freeze(
    request: PriceRequest, rules: PricingRules, quote: Quote, keys: Mapping[str, str]
) -> FrozenPrices:
    """``keys`` has the key of the order line for each line of the quote."""
    chosen = {line.key: line for line in request.lines}
    gifts = {
        keys[line.key]: replace(request.additions[line.sku], added_by=line.added_by)
        for line in quote.lines
        if line.key not in chosen
    }
    skus = {line.sku for line in quote.lines}
    classes = {line.tax_class for line in (*chosen.values(), *gifts.values())}
    return FrozenPrices(
        request=PriceRequest(
            currency=request.currency,
            at=request.at,
            lines=tuple(
                replace(line, key=keys[key], offers=_won(line, quote.line(key)))
                for key, line in chosen.items()
            ),
            shipping=request.shipping,
            customer=PricedCustomer(),
            additions={sku: each for sku, each in request.additions.items() if sku in skus},
        ),
        gifts=gifts,
        rules=PricingRules(
            settings=rules.settings,
            price_lists=tuple(_serving(request, rules, skus)),
            promotions=tuple(_promotions_of_the_day(request, rules, quote)),
            tax_rates=tuple(each for each in rules.tax_rates if each.tax_class in classes),
            untaxed=bool(quote.tax_engine),
        ),
    )


def _won(line: RequestLine, quoted: QuotedLine) -> tuple[UnitOffer, ...]:
    """The offer of a plugin that made the price; the order holds its claim."""
    return tuple(
        replace(each, claim=None, until=None)
        for each in line.offers
        if quoted.price_label
        and (each.source, each.minor) == (quoted.price_source, quoted.unit_price)
    )[:1]


def _serving(request: PriceRequest, rules: PricingRules, skus: set[str]) -> Iterator[PriceList]:
    for each in rules.price_lists:
        ladders = {sku: steps for sku, steps in each.ladders.items() if sku in skus}
        if ladders and each.serves(request.audience, request.at):
            yield PriceList(code=each.code, ladders=ladders, rank=each.rank, closes=each.closes)


def _promotions_of_the_day(
    request: PriceRequest, rules: PricingRules, quote: Quote
) -> Iterator[Promotion]:
    sheet = worksheet_of(request, rules)
    opened = {each.promotion for each in quote.coupons if each.state is CouponState.APPLIED}
    for each in rules.promotions:
        if each.by_coupon and each.code not in opened:
            continue
        if each.limits and each.code not in quote.parts:
            continue
        if window_reason(each.starts_at, each.ends_at, request.at):
            continue
        scope = Scope(sheet, each.code, sheet.goods | sheet.shipping)
        condition = resolved(each.condition, scope)
        yield replace(each, condition=condition, by_coupon=False, limits=())


def resolved(condition: Condition, scope: Scope) -> Condition:
    """The condition with an answer in place of each part that does not look at goods."""
    if isinstance(condition, AllOf | AnyOf):
        return replace(condition, of=tuple(resolved(each, scope) for each in condition.of))
    if isinstance(condition, Not) and all(map(scope.knows, facts_in(condition.of))):
        return replace(condition, of=resolved(condition.of, scope))
    if counts_goods(condition) and not isinstance(condition, Not):
        return condition
    return ALWAYS if condition.unmet(scope) is None else NEVER
