"""The vocabulary of promotions in Chinese shops: a cart and its price for each term."""

from typing import Any

import pytest

from core.domain.claims import Claim, ClaimKind
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.coupons.coupon import Coupon
from core.domain.pricing.price_lists import PriceList, PriceRank, PriceStep, UnitOffer
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.quote import CouponState, Grant, GrantKind
from core.domain.pricing.request import PricedCustomer, RequestLine
from core.domain.pricing.settings import PointsSettings, PricingSettings
from tests.domain.pricing.shop import (
    Document,
    a_promotion,
    a_request,
    amount,
    at_least,
    goods_off,
    having,
    lines_of,
    paid,
    percent,
    price_to,
    priced,
    quoted,
    reasons,
    set_of,
    tiers,
    yuan,
)


def in_cart(term: str, goods: str, benefit: Document, pays: str, **details: Any) -> Any:
    """A promotion of the whole cart."""
    return pytest.param(goods, a_promotion("order", benefit, **details), pays, id=term)


@pytest.mark.parametrize(
    ("goods", "promotion", "pays"),
    [
        in_cart(
            "满减: 满100减15",
            *("tea 60 x2", goods_off(amount("15.00")), "105"),
            condition=at_least("100.00"),
        ),
        in_cart(
            "满减: 差一分不减",
            *("tea 99.99", goods_off(amount("15.00")), "99.99"),
            condition=at_least("100.00"),
        ),
        in_cart(
            "每满减: 每满100减15",
            "tea 80 x4",
            goods_off(tiers("amount", ("100.00", amount("15.00")), is_repeated=True)),
            "275",
        ),
        in_cart(
            "每满减: 每满100减15, 最多减30",
            "tea 200 x2",
            goods_off(tiers("amount", ("100.00", amount("15.00")), is_repeated=True, most_times=2)),
            "370",
        ),
        in_cart(
            "阶梯满减: 满100减15, 满200减40",
            "tea 110 x2",
            goods_off(tiers("amount", ("100.00", amount("15.00")), ("200.00", amount("40.00")))),
            "180",
        ),
        in_cart(
            "满折: 满300打8折",
            *("tea 100 x2, mug 100", goods_off(percent("20")), "240"),
            condition=at_least("300.00"),
        ),
        in_cart(
            "N件M折: 2件9折, 3件8折",
            "tea 100 x2, mug 100",
            goods_off(tiers("quantity", (2, percent("10")), (3, percent("20")))),
            "240",
        ),
        in_cart(
            "第二件半价",
            "tea 60 x2",
            set_of(2, percent("50"), reduced=1),
            "90",
        ),
        in_cart(
            "第二件半价: 便宜的一件半价",
            "tea 60, mug 40",
            set_of(2, percent("50"), reduced=1),
            "80",
        ),
        in_cart("买N送M: 买2送1", "tea 60 x3", set_of(3, percent("100"), reduced=1), "120"),
        in_cart(
            "买N送M: 买2送1, 送最便宜的",
            "tea 60 x2, mug 25, plate 30",
            set_of(3, percent("100"), reduced=1),
            "145",
        ),
        in_cart(
            "N元任选: 99元任选3件", "tea 60, mug 40, plate 30", set_of(3, price_to("99.00")), "99"
        ),
        in_cart(
            "N元任选: 第四件按原价",
            "tea 60, mug 40, plate 30, cake 20",
            set_of(3, price_to("99.00")),
            "119",
        ),
        in_cart(
            "套餐: 茶配杯 75",
            "tea 60 x2, mug 25",
            {
                "kind": "set",
                "parts": [
                    {"units": 1, "goods": having("sku", "TEA")},
                    {"units": 1, "goods": having("sku", "MUG")},
                ],
                "reduction": price_to("75.00"),
            },
            "135",
        ),
        in_cart(
            "立减: 每件减5",
            "tea 60 x3",
            goods_off(amount("5.00"), calculation={"per": "unit"}),
            "165",
        ),
        in_cart(
            "满件减: 满3件减20",
            "tea 60 x3",
            goods_off(tiers("quantity", (3, amount("20.00")))),
            "160",
        ),
        in_cart(
            "一口价",
            "tea 60 x2, mug 25",
            goods_off(price_to("50.00"), goods=having("sku", "TEA")),
            "125",
        ),
    ],
)
def test_a_promotion_of_the_cart(goods: str, promotion: Promotion, pays: str) -> None:
    assert yuan(quoted(goods, promotion).total) == pays


def test_what_is_missing_for_an_amount_off_is_said() -> None:
    """满减."""
    offer = a_promotion("order", goods_off(amount("15.00")), condition=at_least("100.00"))
    assert reasons(quoted("tea 80", offer)) == {"offer": "Add 20.00 CNY more to get this offer."}


def test_what_is_missing_for_the_next_tier_is_said() -> None:
    """阶梯满减."""
    steps = tiers("amount", ("100.00", amount("15.00")), ("200.00", amount("40.00")))
    quote = quoted("tea 150", a_promotion("order", goods_off(steps)))
    assert yuan(quote.total) == "135"
    assert str(quote.next_steps[0].reason.values["missing"]) == "50.00 CNY"


def test_a_price_for_newcomers_is_for_the_first_order() -> None:
    """新人价."""
    newcomers = a_promotion(
        "item",
        goods_off(price_to("9.90"), goods=having("sku", "MUG"), units={"most": 1}),
        condition={"kind": "order_number", "first": 1, "last": 1},
    )
    first, second = PricedCustomer(person="a", paid_orders=0), PricedCustomer(paid_orders=1)
    assert yuan(quoted("mug 25 x2", newcomers, customer=first).total) == "34.90"
    assert yuan(quoted("mug 25 x2", newcomers, customer=second).total) == "50"
    assert reasons(quoted("mug 25", newcomers)) == {"offer": "Sign in to get this offer."}


@pytest.mark.parametrize(
    ("benefit", "pays"),
    [
        pytest.param(goods_off(amount("20.00")), "92", id="满减券: 满100减20"),
        pytest.param(
            goods_off(percent("15"), cap={"CNY": "10.00"}), "102", id="折扣券: 85折, 最多减10"
        ),
        pytest.param(
            goods_off(percent("100"), goods=having("sku", "MUG"), units={"most": 1}),
            "87",
            id="兑换券",
        ),
        pytest.param({"kind": "shipping", "reduction": percent("100")}, "100", id="运费券"),
    ],
)
def test_a_coupon_opens_a_promotion(benefit: Document, pays: str) -> None:
    lane = "shipping" if benefit["kind"] == "shipping" else "coupon"
    offer = a_promotion(lane, benefit, by_coupon=True, condition=at_least("100.00"))
    request = a_request("tea 75, mug 25", shipping="12", coupons=("save-20",))
    quote = priced(request, offer, coupons={"SAVE20": Coupon(key="k", promotion="offer")})
    assert yuan(quote.total) == pays
    assert [answer.state for answer in quote.coupons] == [CouponState.APPLIED]
    assert quote.claims == (Claim(kind=ClaimKind.COUPON, key="k", limit=1),)
    without = priced(a_request("tea 75, mug 25", shipping="12"), offer)
    assert (yuan(without.total), without.not_applied) == ("112", ())


def test_the_buyer_may_add_an_item_at_a_price() -> None:
    """加价购."""
    add_on = a_promotion(
        "order",
        {"kind": "add_on", "skus": ["MUG"], "price": {"CNY": "9.90"}},
        condition=at_least("100.00"),
    )
    mug = lines_of("mug 25")[0]
    offered = quoted("tea 120", add_on, additions={"MUG": mug})
    assert [(each.sku, yuan(each.price)) for each in offered.additions] == [("MUG", "9.90")]
    chosen = RequestLine(key="m", sku="MUG", quantity=2, list_price=2500, added_by="offer")
    request = a_request("tea 120")
    quote = priced(
        type(request)(currency="CNY", at=request.at, lines=(*request.lines, chosen)), add_on
    )
    assert paid(quote) == {"tea": "120", "m": "34.90"}


def test_a_gift_is_a_line_at_no_charge() -> None:
    """满赠."""
    gift = a_promotion("order", {"kind": "gift", "sku": "MUG"}, condition=at_least("100.00"))
    quote = quoted("tea 120", gift, additions={"MUG": lines_of("mug 25")[0]})
    line = quote.line("offer:MUG")
    assert (line.added_by, line.list_price, line.discount, line.total) == ("offer", 2500, 2500, 0)
    assert yuan(quote.total) == "120"
    assert reasons(quoted("tea 120", gift)) == {
        "offer": "The item of this offer is not available now."
    }


def test_a_discount_over_sellers_is_borne_by_shop_and_sellers() -> None:
    """跨店满减."""
    offer = a_promotion(
        "cross_seller",
        goods_off(tiers("amount", ("300.00", amount("50.00")), is_repeated=True)),
        borne_by={"shop": 30, "seller": 70},
    )
    quote = quoted("tea 180, mug 120", offer)
    assert paid(quote) == {"tea": "150", "mug": "100"}
    bearers = {each.borne_by: each.amount.minor for each in quote.line("mug").adjustments}
    assert bearers == {"shop": -600, "kiln": -1400}


def test_prices_by_quantity_and_for_members_are_price_lists() -> None:
    """阶梯价, 会员价."""
    lists = (
        PriceList(code="ladder", ladders={"TEA": (PriceStep(1, 6000), PriceStep(10, 5400))}),
        PriceList(code="plus", ladders={"TEA": (PriceStep(1, 5600),)}, groups=frozenset({"plus"})),
    )
    member = PricedCustomer(groups=frozenset({"plus"}))
    assert yuan(priced(a_request("tea 60 x9"), price_lists=lists).total) == "540"
    assert yuan(priced(a_request("tea 60 x10"), price_lists=lists).total) == "540"
    quote = priced(a_request("tea 60 x9", customer=member), price_lists=lists)
    assert (yuan(quote.total), quote.lines[0].price_source) == ("504", "plus")


def test_a_limited_time_discount_is_in_the_price_of_lists() -> None:
    """限时折扣."""
    sale = a_promotion(
        "catalogue",
        goods_off(percent("15")),
        starts_at="2026-11-11T00:00:00+08:00",
        ends_at="2026-11-12T00:00:00+08:00",
    )
    quote = quoted("tea 9.99 x3", sale)
    assert quote.lines[0].paid_units.runs == ((3, 849),)
    assert [each.lane for each in quote.lines[0].adjustments] == [Lane.CATALOGUE]


def test_a_flash_sale_is_an_offer_that_closes_the_other_lanes() -> None:
    """秒杀."""
    round_price = UnitOffer(
        rank=PriceRank.ROUND,
        minor=990,
        source="round-8",
        closes=frozenset({Lane.CATALOGUE, Lane.ITEM, Lane.ORDER, Lane.COUPON}),
    )
    tea = RequestLine(key="tea", sku="TEA", quantity=1, list_price=6000, offers=(round_price,))
    offer = a_promotion("order", goods_off(percent("50")))
    request = a_request("mug 25")
    quote = priced(type(request)(currency="CNY", at=request.at, lines=(tea, *request.lines)), offer)
    assert paid(quote) == {"tea": "9.90", "mug": "12.50"}


def test_points_pay_a_part_of_the_goods() -> None:
    """积分抵现."""
    settings = PricingSettings(points=PointsSettings(step=100, most_percent=50))
    quote = priced(a_request("tea 60, mug 40", points=8150), settings=settings)
    assert (yuan(quote.total), quote.points) == ("50", 5000)
    assert paid(quote) == {"tea": "30", "mug": "20"}


def test_a_deposit_that_counts_more_is_an_amount_off_the_balance() -> None:
    """定金膨胀: a deposit of 50 counts 100, so 50 come off the balance."""
    offer = a_promotion(
        "order",
        goods_off(amount("50.00")),
        condition={"kind": "fact", "name": "presale.deposit_paid", "values": ["true"]},
    )
    assert yuan(quoted("tea 500", offer, facts={"presale.deposit_paid": True}).total) == "450"
    assert yuan(quoted("tea 500", offer).total) == "500"


def test_a_coupon_is_granted_when_the_order_is_complete() -> None:
    """满返."""
    offer = a_promotion(
        "order", {"kind": "coupon", "batch": "next-50"}, condition=at_least("200.00")
    )
    quote = quoted("tea 220", offer)
    assert quote.grants == (
        Grant(promotion="offer", kind=GrantKind.COUPON, amount=1, batch="next-50"),
    )
    assert quoted("tea 120", offer).grants == ()


def test_granted_points_are_counted_on_what_is_paid() -> None:
    """积分."""
    double = {"kind": "points", "points": 2, "for_each": {"CNY": "1.00"}}
    off = goods_off(amount("10.50"))
    quote = quoted("tea 60", (a_promotion("order", double), a_promotion("item", off, code="off")))
    assert quote.grants == (Grant(promotion="offer", kind=GrantKind.POINTS, amount=98),)
