"""What holds for all carts and all promotions."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.domain.claims import ClaimKind
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.arithmetic.splitting import SplitMethod
from core.domain.pricing.engine import price
from core.domain.pricing.promotions.benefits.units import UnitOrder
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.promotion import Exclusive, Promotion
from core.domain.pricing.request import PriceRequest, RequestLine, RequestShipping
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.settings import LaneMode, Per, PriceBase, PricingSettings, Rounded
from core.domain.pricing.taxes.rates import TaxRate
from core.domain.pricing.taxes.settings import TaxSettings
from core.domain.text import Text
from tests.domain.pricing.shop import (
    NOW,
    Document,
    a_promotion,
    amount,
    having,
    percent,
    price_to,
    tiers,
)

BRANDS = ("hills", "oven", "clay")
VAT = TaxRate(code="vat", label=Text({"en": "VAT"}), rate="0.13", tax_class="standard")

amounts = st.integers(1, 20_000).map(lambda minor: f"{minor // 100}.{minor % 100:02}")
percentages = st.sampled_from(["0.5", "7", "12.5", "33.3333", "50", "100"]).map(percent)
plain = st.one_of(percentages, amounts.map(amount), amounts.map(price_to))
bases = st.sampled_from([each.value for each in PriceBase])
goods = st.one_of(
    st.just({"kind": "everything"}),
    st.lists(st.sampled_from(BRANDS), min_size=1, max_size=2).map(lambda it: having("brand", *it)),
    st.just({"kind": "price_range", "at_least": {"CNY": "5.00"}}),
)
calculations = st.fixed_dictionaries(
    {},
    optional={
        "per": st.sampled_from([each.value for each in Per]),
        "base": bases,
        "rounded": st.sampled_from([each.value for each in Rounded]),
        "rounding": st.sampled_from([each.value for each in RoundingMode]),
        "step": st.sampled_from([1, 5, 10]),
        "split": st.sampled_from([each.value for each in SplitMethod]),
    },
)
reductions = st.one_of(
    plain,
    st.tuples(amounts, amounts).map(
        lambda pair: tiers("amount", (pair[0], amount(pair[1])), is_repeated=True)
    ),
    st.lists(plain, min_size=1, max_size=3).map(
        lambda steps: tiers("quantity", *enumerate(steps, start=1))
    ),
)
units = st.fixed_dictionaries(
    {},
    optional={
        "skip": st.integers(0, 2),
        "most": st.integers(0, 3),
        "order": st.sampled_from([each.value for each in UnitOrder]),
        "per_line": st.booleans(),
    },
)
on_goods = st.fixed_dictionaries(
    {"kind": st.just("goods"), "reduction": reductions},
    optional={
        "goods": goods,
        "units": units,
        "calculation": calculations,
        "cap": st.fixed_dictionaries({"CNY": amounts}),
        "includes_shipping": st.booleans(),
    },
)
on_sets = st.fixed_dictionaries(
    {
        "kind": st.just("set"),
        "reduction": plain,
        "parts": st.lists(
            st.fixed_dictionaries({"units": st.integers(1, 3), "goods": goods}),
            min_size=1,
            max_size=2,
        ),
    },
    optional={"reduced": st.just(1), "per_line": st.booleans(), "calculation": calculations},
)
on_shipping = st.fixed_dictionaries({"kind": st.just("shipping"), "reduction": plain})
gifts = st.fixed_dictionaries({"kind": st.just("gift"), "sku": st.just("GIFT")})
benefits = st.one_of(on_goods, on_sets, on_shipping, gifts)
several_benefits: st.SearchStrategy[list[Document]] = st.one_of(
    st.lists(benefits, min_size=1, max_size=1), st.tuples(on_goods, benefits).map(list)
)
conditions = st.one_of(
    st.just({"kind": "always"}),
    st.builds(
        lambda least, of, base: {
            "kind": "amount",
            "at_least": {"CNY": least},
            "goods": of,
            "price": base,
        },
        amounts,
        goods,
        bases,
    ),
    st.integers(1, 5).map(lambda least: {"kind": "quantity", "at_least": least}),
)
budgets = st.fixed_dictionaries(
    {
        "kind": st.just("spend"),
        "most_amount": st.fixed_dictionaries({"CNY": amounts}),
        "excess": st.sampled_from(["refused", "cut"]),
    }
)
lanes = st.sampled_from([each.value for each in Lane if each not in {Lane.POINTS, Lane.TAXES}])


@st.composite
def promotions(draw: st.DrawFn) -> tuple[Promotion, ...]:
    return tuple(
        a_promotion(
            draw(lanes),
            *draw(several_benefits),
            code=f"offer-{number}",
            condition=draw(conditions),
            priority=draw(st.integers(0, 1)),
            exclusive=draw(st.sampled_from([*["no"] * 6, *(each.value for each in Exclusive)])),
            limits=draw(st.lists(budgets, max_size=1)),
            borne_by=draw(st.sampled_from([{"shop": 100}, {"shop": 1, "seller": 2}])),
        )
        for number in range(draw(st.integers(0, 6)))
    )


lines = st.lists(
    st.builds(
        RequestLine,
        key=st.uuids().map(str),
        sku=st.sampled_from(["A", "B", "C"]),
        quantity=st.integers(1, 5),
        list_price=st.integers(0, 20_000),
        brand=st.sampled_from(BRANDS),
        seller=st.sampled_from(["shop", "kiln"]),
        is_on_sale=st.booleans(),
        is_discountable=st.sampled_from([True, True, True, False]),
    ),
    max_size=6,
    unique_by=lambda line: line.key,
)
GIFT = RequestLine(key="", sku="GIFT", quantity=1, list_price=999)
requests = st.builds(
    lambda lines_, shipping, points: PriceRequest(
        currency="CNY",
        at=NOW,
        lines=tuple(lines_),
        shipping=RequestShipping(method="std", price=shipping) if shipping else None,
        points=points,
        additions={"GIFT": GIFT},
    ),
    lines,
    st.sampled_from([0, 1, 1200]),
    st.sampled_from([0, 0, 7, 5000]),
)
engine_settings = st.builds(
    PricingSettings,
    modes=st.dictionaries(st.sampled_from(list(Lane)), st.sampled_from(list(LaneMode))),
    rounding=st.builds(Rounding, st.sampled_from(list(RoundingMode)), st.sampled_from([1, 5])),
    per=st.sampled_from(list(Per)),
    split=st.sampled_from(list(SplitMethod)),
    base=st.sampled_from(list(PriceBase)),
    least_line=st.sampled_from([0, 1, 500]),
    least_unit=st.sampled_from([0, 100]),
    skips_goods_on_sale=st.booleans(),
    taxes=st.builds(TaxSettings, prices_include_tax=st.booleans()),
)
rules = st.builds(
    lambda made, chosen: PricingRules(promotions=made, settings=chosen, tax_rates=(VAT,)),
    promotions(),
    engine_settings,
)


@given(requests, rules)
def test_the_parts_of_a_line_sum_to_what_is_paid(
    request: PriceRequest, rules: PricingRules
) -> None:
    quote = price(request, rules)
    for line in quote.lines:
        added = sum(tax.amount.minor for tax in line.taxes if not tax.included)
        parts = line.unit_price * line.quantity - line.discount + line.tax_change + added
        assert parts == line.total
        assert line.paid_units.count == line.quantity
    shipping = quote.shipping
    if shipping:
        taxes = sum(tax.amount.minor for tax in shipping.taxes if not tax.included)
        discount = sum(each.amount.minor for each in shipping.adjustments)
        assert shipping.price + discount + taxes == shipping.total >= 0


@given(requests, rules)
def test_no_line_is_below_its_lowest_price(request: PriceRequest, rules: PricingRules) -> None:
    for line in price(request, rules).lines:
        before = line.unit_price * line.quantity
        least = 0 if line.added_by else min(rules.settings.least_line, before)
        assert before - line.discount >= least
        assert all(unit >= 0 for _, unit in line.paid_units.runs)
        assert all(each.amount.minor < 0 for each in line.adjustments)


@given(st.data(), requests, rules)
def test_the_order_of_lines_and_of_promotions_does_not_matter(
    data: st.DataObject, request: PriceRequest, rules: PricingRules
) -> None:
    quote = price(request, rules)
    shuffled = replace(request, lines=tuple(data.draw(st.permutations(request.lines))))
    promotions_ = tuple(data.draw(st.permutations(rules.promotions)))
    other = price(shuffled, replace(rules, promotions=promotions_))
    by_key = {line.key: line for line in other.lines}
    assert by_key == {line.key: line for line in quote.lines}
    assert replace(other, lines=()) == replace(quote, lines=())


@given(requests, rules)
def test_a_promotion_claims_what_it_costs_within_its_budget(
    request: PriceRequest, rules: PricingRules
) -> None:
    quote = price(request, rules)
    spent: Counter[str] = Counter()
    shipping = quote.shipping.adjustments if quote.shipping else ()
    for each in (*shipping, *(each for line in quote.lines for each in line.adjustments)):
        spent[f"promotion:{each.source}"] -= each.amount.minor
    claims = [claim for claim in quote.claims if claim.kind is ClaimKind.SPEND]
    assert {claim.key: claim.amount for claim in claims} == {
        claim.key: spent[claim.key] for claim in claims
    }
    assert all(claim.limit and 0 < claim.amount <= claim.limit for claim in claims)


@given(requests, rules)
def test_every_promotion_applies_or_says_why_not(
    request: PriceRequest, rules: PricingRules
) -> None:
    quote = price(request, rules)
    shipping = quote.shipping.adjustments if quote.shipping else ()
    adjustments = (*shipping, *(each for line in quote.lines for each in line.adjustments))
    applied = {each.source for each in adjustments} | {line.added_by for line in quote.lines}
    refused = {notice.promotion for notice in quote.not_applied}
    assert applied - {"", "points"} == {each.code for each in rules.promotions} - refused


@given(promotions())
def test_a_promotion_is_read_as_it_was_written(made: tuple[Promotion, ...]) -> None:
    assert tuple(from_document(to_document(each)) for each in made) == made
