"""Examples that other shop systems publish give the same prices here."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.arithmetic.splitting import SplitMethod
from core.domain.pricing.coupons.coupon import Coupon
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.quote import Quote
from core.domain.pricing.request import PriceRequest
from core.domain.pricing.settings import LaneMode, PricingSettings
from tests.domain.pricing.shop import (
    Document,
    a_promotion,
    a_request,
    amount,
    goods_off,
    having,
    minor,
    paid,
    percent,
    price_to,
    priced,
    quoted,
    set_of,
    tiers,
    yuan,
)

ALL_IN_TURN = PricingSettings(modes={Lane.ORDER: LaneMode.ALL, Lane.COUPON: LaneMode.ALL})


def off(quote: Quote) -> str:
    return yuan(sum(line.discount for line in quote.lines))


def unit_discounts(quote: Quote, key: str) -> list[str]:
    """What comes off each unit of a line without taxes."""
    line = quote.line(key)
    return [
        yuan(line.unit_price - each) for count, each in line.paid_units.runs for _ in range(count)
    ]


def sylius(goods: str, least: dict[str, str], *promotions: Promotion) -> Quote:
    request = a_request(goods)
    lines = tuple(
        replace(line, least_price=minor(least.get(line.key, "0"))) for line in request.lines
    )
    return priced(replace(request, lines=lines), *promotions)


@pytest.mark.parametrize(
    ("goods", "least", "benefit", "discounts"),
    [
        ("shirt 50", {"shirt": "45"}, goods_off(percent("50")), {"shirt": ["5"]}),
        (
            "shirt 50, cup 20",
            {"shirt": "45"},
            goods_off(amount("10.00"), calculation={"per": "unit"}),
            {"shirt": ["5"], "cup": ["10"]},
        ),
        (
            "shirt 50, cup 20",
            {"shirt": "45"},
            goods_off(amount("20.00")),
            {"shirt": ["5"], "cup": ["15"]},
        ),
        (
            "shirt 50, cup 20",
            {"shirt": "45"},
            goods_off(percent("20"), calculation={"per": "all"}),
            {"shirt": ["5"], "cup": ["9"]},
        ),
        (
            "shirt 50, cup 20 x3",
            {"shirt": "45"},
            goods_off(amount("25.00")),
            {"shirt": ["5"], "cup": ["6.67", "6.67", "6.66"]},
        ),
        (
            "shirt 50 x2, cup 20 x3",
            {"shirt": "45"},
            goods_off(amount("20.00")),
            {"shirt": ["5", "5"], "cup": ["3.34", "3.33", "3.33"]},
        ),
        (
            "shirt 50 x2, cup 20 x2, pot 40",
            {"shirt": "45"},
            goods_off(amount("27.00")),
            {"shirt": ["5", "5"], "cup": ["4.25", "4.25"], "pot": ["8.50"]},
        ),
        (
            "shirt 50 x2, board 20 x2, mouse 30, cup 10",
            {"shirt": "45", "board": "15"},
            goods_off(amount("36.00")),
            {"shirt": ["5", "5"], "board": ["5", "5"], "mouse": ["12"], "cup": ["4"]},
        ),
        (
            "cup 10, board 20, mouse 50, phones 30",
            {"board": "19", "mouse": "50", "phones": "26"},
            goods_off(amount("12.00")),
            {"cup": ["7"], "board": ["1"], "mouse": ["0"], "phones": ["4"]},
        ),
        (
            "cup 10, board 20, mouse 50, phones 30",
            {"board": "19", "mouse": "50", "phones": "26"},
            goods_off(amount("20.00")),
            {"cup": ["10"], "board": ["1"], "mouse": ["0"], "phones": ["4"]},
        ),
    ],
)
def test_lowest_prices_of_sylius(
    goods: str, least: dict[str, str], benefit: Document, discounts: dict[str, list[str]]
) -> None:
    """Sylius, receiving_discounts_with_product_minimum_price_specified.feature.

    The file is in features/promotion/receiving_discount.
    """
    quote = sylius(goods, least, a_promotion("order", benefit))
    assert {key: unit_discounts(quote, key) for key in discounts} == discounts


def test_goods_on_sale_of_sylius_are_skipped() -> None:
    """Sylius, the last scenario of the same file: the sale of the cup is a catalogue promotion."""
    sale = a_promotion(
        "catalogue", goods_off(amount("2.50"), goods=having("sku", "CUP")), code="sale"
    )
    skipping = goods_off(amount("27.00"), calculation={"skips_goods_on_sale": True})
    order = a_promotion("order", skipping)
    quote = sylius("shirt 50 x2, cup 20 x2, pot 40", {"shirt": "45"}, sale, order)
    assert unit_discounts(quote, "shirt") == ["5", "5"]
    assert unit_discounts(quote, "cup") == ["2.50", "2.50"]
    assert unit_discounts(quote, "pot") == ["17"]


@pytest.mark.parametrize(
    ("ten", "twenty", "pays"),
    [
        ({"priority": 1}, {"priority": 4}, "70"),
        ({"priority": 5}, {"priority": 2}, "72"),
        ({"priority": 5}, {"priority": 1, "exclusive": "overall"}, "80"),
        (
            {"priority": 5, "exclusive": "overall"},
            {"priority": 2, "exclusive": "overall"},
            "90",
        ),
    ],
)
def test_priorities_of_sylius(ten: dict[str, Any], twenty: dict[str, Any], pays: str) -> None:
    """Sylius, receiving_discount_in_order_of_promotions_priority.feature: a mug of 100."""
    one = a_promotion("order", goods_off(amount("10.00")), code="ten", **ten)
    other = a_promotion("order", goods_off(percent("20")), code="twenty", **twenty)
    quote = priced(a_request("mug 100"), one, other, settings=ALL_IN_TURN)
    assert yuan(quote.total) == pays


@pytest.mark.parametrize(
    ("goods", "discount", "parts"),
    [
        ("a 100", "15", {"a": "15"}),
        ("a 50, b 50, c 50", "15", {"a": "5", "b": "5", "c": "5"}),
        ("a 50, b 50, c 50", "10", {"a": "3.33", "b": "3.33", "c": "3.34"}),
        ("a 50 x3, b 50, c 50 x2", "15", {"a": "7.50", "b": "2.50", "c": "5"}),
    ],
)
def test_distributed_amounts_of_solidus(goods: str, discount: str, parts: dict[str, str]) -> None:
    """Solidus, core/spec/models/spree/distributed_amounts_handler_spec.rb."""
    settings = PricingSettings(split=SplitMethod.FLOOR_LAST)
    promotion = a_promotion("order", goods_off(amount(discount)))
    quote = priced(a_request(goods), promotion, settings=settings)
    assert {line.key: yuan(line.discount) for line in quote.lines} == parts


@pytest.mark.parametrize(
    ("first", "further", "most", "quantity", "discount"),
    [
        ("1.23", "", 0, 2, "1.23"),
        ("", "1.23", 0, 10, "11.07"),
        ("1.13", "2.11", 0, 1, "1.13"),
        ("1.13", "2.11", 0, 2, "3.24"),
        ("1.13", "2.11", 0, 10, "20.12"),
        ("1.13", "2.11", 5, 5, "9.57"),
        ("1.13", "2.11", 5, 10, "9.57"),
    ],
)
def test_first_and_additional_items_of_solidus(
    first: str, further: str, most: int, quantity: int, discount: str
) -> None:
    """Solidus, promotions/spec/models/solidus_promotions/calculators/flexi_rate_spec.rb."""
    each = {"per": "unit"}
    benefits = []
    if first:
        units: Document = {"most": 1, "per_line": True}
        benefits.append(goods_off(amount(first), units=units, calculation=each))
    if further:
        units = {"skip": 1, "most": max(most - 1, 0), "per_line": True}
        benefits.append(goods_off(amount(further), units=units, calculation=each))
    assert off(quoted(f"a 50 x{quantity}", a_promotion("item", *benefits))) == discount


@pytest.mark.parametrize(
    ("goods", "discount"),
    [("tea 50 x2, cake 10 x3, mug 10", "10"), ("tea 50 x7, cake 10 x5, mug 10", "52.50")],
)
def test_tiered_percentages_of_solidus(goods: str, discount: str) -> None:
    """Solidus, tiered_percent_on_eligible_item_quantity_spec.rb: 10 % on clothes, 15 % from 10."""
    steps = tiers("quantity", (1, percent("10")), (10, percent("15")))
    promotion = a_promotion("item", goods_off(steps, goods=having("category", "food")))
    assert yuan(quoted(goods, promotion).line("tea").discount) == discount


@pytest.mark.parametrize(
    ("weights", "total", "parts"),
    [
        ([123], 300, [300]),
        ([4000, 2000, 2000], 300, [150, 75, 75]),
        ([4300, 1400, 2300], 299, [161, 52, 86]),
        ([1000, 1000, 1000], 299, [100, 100, 99]),
        ([10, 20, 10, 30, 50, 20, 10, 40], 95, [5, 10, 5, 15, 25, 10, 5, 20]),
        ([10, 20, 10, 30, 50, 20, 10, 40], 93, [5, 10, 5, 15, 24, 10, 5, 19]),
    ],
)
def test_prorated_amounts_of_vendure(weights: list[int], total: int, parts: list[int]) -> None:
    """Vendure, packages/core/src/service/helpers/order-calculator/prorate.spec.ts.

    The discounts of its examples are taken off goods that are 100 times as dear.
    """
    goods = ", ".join(f"line{place} {weight}" for place, weight in enumerate(weights))
    promotion = a_promotion("order", goods_off(amount(f"{total // 100}.{total % 100:02}")))
    assert [line.discount for line in quoted(goods, promotion).lines] == parts


def test_buy_x_get_y_of_vendure() -> None:
    """Vendure, buy-x-get-y-free-condition.ts: two of X, then one of Y is free, the cheapest."""
    benefit = {
        "kind": "set",
        "parts": [
            {"units": 2, "goods": having("sku", "X"), "keeps_price": True},
            {"units": 1, "goods": having("sku", "Y", "Z")},
        ],
        "reduction": percent("100"),
        "filled": "cheapest",
    }
    promotion = a_promotion("item", benefit)
    assert paid(quoted("x 10 x2, y 8, z 9", promotion)) == {"x": "20", "y": "0", "z": "9"}
    assert paid(quoted("x 10 x5, y 8, z 9", promotion)) == {"x": "50", "y": "0", "z": "0"}
    assert paid(quoted("x 10, y 8", promotion)) == {"x": "10", "y": "8"}


@pytest.mark.parametrize(
    ("bought", "free", "quantity", "discount"),
    [(2, 1, 3, "10"), (1, 5, 6, "50"), (1, 5, 1, "0"), (2, 1, 7, "20")],
)
def test_buy_x_get_y_of_magento(bought: int, free: int, quantity: int, discount: str) -> None:
    """Magento, SalesRule/Test/Unit/Model/Rule/Action/Discount/BuyXGetYTest.php, complete sets."""
    promotion = a_promotion(
        "item", set_of(bought + free, percent("100"), reduced=free, per_line=True)
    )
    assert off(quoted(f"a 10 x{quantity}", promotion)) == discount


def test_the_most_free_items_of_magento() -> None:
    """Adobe Commerce, "buy this get that": buy 5, get 2 free, with at most 4 free items."""
    promotion = a_promotion(
        "item", set_of(7, percent("100"), reduced=2, per_line=True, most_sets=2)
    )
    assert off(quoted("a 10 x14", promotion)) == "40"
    assert off(quoted("a 10 x30", promotion)) == "40"


WOO_TWO = "a 10 x2, b 5"
WOO_SIX = "a 10 x3, b 5 x3"
WOO_DEAR = "a 13.95 x3, b 1.80 x5"
TEN, TWENTY = percent("10"), percent("20")
EACH = {"per": "unit"}


def fixed(off_: str, most: int = 0) -> Document:
    """A "fixed product" coupon; ``most`` is its "limit usage to x items"."""
    units = {"most": most, "order": "dearest"}
    return goods_off(amount(off_), units=units, calculation=EACH)


@pytest.mark.parametrize(
    ("goods", "benefits", "base", "discount"),
    [
        (
            ", ".join(f"a{place:02} 10" for place in range(11)),
            [goods_off(amount("10"))],
            "lane",
            "10",
        ),
        ("a 1, b 1, c 1", [goods_off(amount("1"))], "lane", "1"),
        ("a 10 x2", [goods_off(TEN, units={"most": 1})], "lane", "1"),
        ("a 10 x2, b 10 x2", [goods_off(TEN, units={"most": 1})], "lane", "1"),
        (WOO_TWO, [goods_off(TEN), goods_off(TWENTY)], "lane", "7.50"),
        (WOO_TWO, [goods_off(TEN, units={"most": 1}), goods_off(TWENTY)], "lane", "6"),
        (WOO_TWO, [goods_off(TEN), goods_off(TWENTY)], "now", "7"),
        ("a 1.80 x10, b 13.95 x3", [goods_off(TEN), goods_off(TWENTY)], "now", "16.75"),
        (WOO_SIX, [goods_off(percent("30"), units={"most": 5}), goods_off(TWENTY)], "lane", "21"),
        (
            WOO_SIX,
            [goods_off(TWENTY), goods_off(percent("30"), units={"most": 5})],
            *("now", "18.60"),
        ),
        (
            "a 13.95 x3, b 1.80 x3, c 0, d 0",
            [goods_off(percent("30"), units={"most": 5}), goods_off(TWENTY)],
            *("now", "20.35"),
        ),
        ("a 13.95 x3", [fixed("10")], "lane", "30"),
        ("a 13.95 x3", [fixed("20")], "lane", "41.85"),
        ("a 13.95 x3", [fixed("10", 1)], "lane", "10"),
        ("a 13.95 x3", [fixed("15", 1)], "lane", "13.95"),
        (WOO_DEAR, [fixed("10")], "lane", "39"),
        (WOO_DEAR, [fixed("10", 3)], "lane", "30"),
        (WOO_DEAR, [fixed("10", 5)], "lane", "33.60"),
        (WOO_DEAR, [fixed("1", 5)], "lane", "5"),
        (WOO_DEAR, [fixed("1", 10)], "lane", "8"),
        ("a 8.95", [fixed("10")], "lane", "8.95"),
    ],
)
def test_coupons_of_woocommerce(
    goods: str, benefits: list[Document], base: str, discount: str
) -> None:
    """WooCommerce, tests/legacy/unit-tests/discounts/discounts.php, the data provider.

    "Sequentially" is a base of what is left (``now``), otherwise the price before the lane. A tie
    of a discount is rounded down (``WC_DISCOUNT_ROUNDING_MODE``).
    """
    promotions = [
        a_promotion("coupon", _on(benefit, base), code=f"c{place}", by_coupon=True)
        for place, benefit in enumerate(benefits)
    ]
    coupons = {each.code.upper(): Coupon(key=each.code, promotion=each.code) for each in promotions}
    request: PriceRequest = a_request(goods, coupons=tuple(coupons))
    settings = replace(ALL_IN_TURN, rounding=Rounding(RoundingMode.HALF_DOWN))
    assert off(priced(request, *promotions, coupons=coupons, settings=settings)) == discount


def _on(benefit: Document, base: str) -> Document:
    return {**benefit, "calculation": {**benefit.get("calculation", {}), "base": base}}


def test_a_coupon_of_woocommerce_skips_goods_on_sale() -> None:
    """WooCommerce, test_is_coupon_valid_percent_sale_items: 20, and 10 instead of 20 on sale."""
    ten = goods_off(percent("10"))
    assert off(quoted("tea 20, lamp 10", a_promotion("coupon", ten))) == "3"
    skipping = goods_off(percent("10"), calculation={"skips_goods_on_sale": True})
    assert off(quoted("tea 20, lamp 10", a_promotion("coupon", skipping))) == "2"


def test_buy_two_get_one_of_a_shopify_script() -> None:
    """Shopify Script "Buy 2 Get 1 Free" (gist peterberwind/8daabe4aa130969fbb5320184b0ec67a).

    The items are sorted from the dearest on, and each third one is free.
    """
    promotion = a_promotion("item", set_of(3, percent("100"), reduced=1))
    quote = quoted("a 60, b 50, c 40, d 30, e 20, f 10, g 5", promotion)
    assert {line.key for line in quote.lines if line.total == 0} == {"c", "f"}


def test_each_third_item_at_a_price_is_the_cheapest_of_all() -> None:
    """pastebin.com/h3Ca4EmN: of nine items, the three cheapest cost one rouble each."""
    benefit = set_of(3, price_to("1.00"), reduced=1, over_all=True)
    quote = quoted("a 500 x3, b 100 x2, c 200 x4", a_promotion("item", benefit))
    assert paid(quote) == {"a": "1500", "b": "2", "c": "601"}


def test_buy_three_pay_two_of_workspace() -> None:
    """Smilehouse Workspace, "Buy X, get Y": one of three, or two of five products are free."""
    three = a_promotion("item", set_of(3, percent("100"), reduced=1))
    five = a_promotion("item", set_of(5, percent("100"), reduced=2))
    assert off(quoted("a 10 x3", three)) == "10"
    assert off(quoted("a 10 x5", five)) == "20"


def test_a_full_reduction_of_mall_is_split_by_price() -> None:
    """macrozheng/mall, OmsPromotionServiceImpl: price / total × reduction, the highest tier.

    Two SKUs of one product: 300 and 200 reach 500, so that 100 come off.
    """
    steps = tiers("amount", ("300.00", amount("50.00")), ("500.00", amount("100.00")))
    promotion = a_promotion("item", goods_off(steps, goods=having("product", "a", "b")))
    assert paid(quoted("a 300, b 200, c 50", promotion)) == {"a": "240", "b": "160", "c": "50"}


def test_two_copies_of_a_ladder_of_mall_have_ten_percent_off() -> None:
    """macrozheng/mall, PmsProductLadder: from 2 pieces 9 折, from 3 pieces 8 折."""
    steps = tiers("quantity", (2, percent("10")), (3, percent("20")))
    promotion = a_promotion("item", goods_off(steps, goods=having("product", "a")))
    assert off(quoted("a 100 x2", promotion)) == "20"
    assert off(quoted("a 100 x3", promotion)) == "60"
