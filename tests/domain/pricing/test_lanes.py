"""Which promotions of a lane apply, and in which order lanes follow."""

import pytest

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import PriceList, PriceRank, PriceStep
from core.domain.pricing.settings import LaneMode, PricingSettings
from tests.domain.pricing.shop import (
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

TEN = a_promotion("item", goods_off(percent("10")), code="ten")
FOODS = a_promotion("item", goods_off(percent("20"), goods=having("category", "food")), code="food")


def in_mode(mode: LaneMode, lane: Lane = Lane.ITEM) -> PricingSettings:
    return PricingSettings(modes={lane: mode})


def test_each_line_gets_the_promotion_that_takes_most_off_it() -> None:
    quote = quoted("tea 100, mug 100", (TEN, FOODS))
    assert paid(quote) == {"tea": "80", "mug": "90"}
    assert quote.not_applied == ()


def test_a_promotion_that_wins_no_line_names_the_one_that_does() -> None:
    quote = quoted("tea 100", (TEN, FOODS))
    assert reasons(quote) == {"ten": f"“{FOODS.label}” applies instead."}


@pytest.mark.parametrize(("priority", "winner"), [(0, "a"), (1, "b")])
def test_equal_promotions_are_chosen_by_priority_then_by_code(priority: int, winner: str) -> None:
    one = a_promotion("item", goods_off(percent("10")), code="a")
    other = a_promotion("item", goods_off(amount("10.00")), code="b", priority=priority)
    for promotions in ((one, other), (other, one)):
        (adjustment,) = quoted("mug 100", promotions).lines[0].adjustments
        assert adjustment.source == winner


def test_all_promotions_follow_each_other_on_what_is_left() -> None:
    settings = in_mode(LaneMode.ALL)
    assert paid(priced(a_request("tea 100"), TEN, FOODS, settings=settings)) == {"tea": "72"}


def test_a_benefit_on_the_price_before_the_lane_does_not_see_the_other_ones() -> None:
    before = {"base": "lane"}
    food = a_promotion("item", goods_off(percent("20"), calculation=before), code="food")
    ten = a_promotion("item", goods_off(percent("10"), calculation=before), code="ten")
    quote = priced(a_request("tea 100"), food, ten, settings=in_mode(LaneMode.ALL))
    assert paid(quote) == {"tea": "70"}


def test_the_first_promotion_that_reaches_a_line_gets_it() -> None:
    first = a_promotion("item", goods_off(percent("5"), goods=having("sku", "TEA")), code="five")
    quote = priced(a_request("tea 100, mug 100"), first, TEN, settings=in_mode(LaneMode.FIRST))
    assert paid(quote) == {"tea": "95", "mug": "90"}


def test_an_exclusive_promotion_is_alone_in_its_lane() -> None:
    alone = a_promotion("item", goods_off(percent("5")), code="alone", exclusive="lane")
    later = a_promotion("order", goods_off(amount("5.00")), code="later")
    quote = quoted("tea 100", (TEN, FOODS, alone, later))
    assert paid(quote) == {"tea": "90"}
    assert set(reasons(quote)) == {"ten", "food"}


def test_an_exclusive_promotion_that_does_not_apply_closes_nothing() -> None:
    alone = a_promotion(
        "item", goods_off(percent("50")), code="alone", exclusive="lane", condition=at_least("500")
    )
    quote = quoted("tea 100", (TEN, alone))
    assert paid(quote) == {"tea": "90"}
    assert reasons(quote) == {"alone": "Add 400.00 CNY more to get this offer."}


def test_a_promotion_that_is_exclusive_overall_closes_all_lanes_but_the_catalogue() -> None:
    sale = a_promotion("catalogue", goods_off(percent("10")), code="sale")
    alone = a_promotion("coupon", goods_off(percent("50")), code="alone", exclusive="overall")
    free = a_promotion("shipping", {"kind": "shipping", "reduction": percent("100")}, code="free")
    quote = quoted("tea 100", (sale, TEN, alone, free), shipping="12")
    assert yuan(quote.total) == "57"
    assert set(reasons(quote)) == {"ten", "free"}


def test_lanes_follow_in_the_order_of_the_settings() -> None:
    off = a_promotion("order", goods_off(amount("50.00")), code="off")
    assert paid(quoted("tea 100", (TEN, off))) == {"tea": "40"}
    settings = PricingSettings(lanes=(Lane.ORDER, Lane.ITEM))
    assert paid(priced(a_request("tea 100"), TEN, off, settings=settings)) == {"tea": "45"}


@pytest.mark.parametrize(
    ("base", "pays"), [("list", "85"), ("shown", "85"), ("lane", "85"), ("now", "90")]
)
def test_a_condition_says_which_price_counts(base: str, pays: str) -> None:
    """The first promotion of the lane takes 10 off, so that 90 are left."""
    first = a_promotion("item", goods_off(amount("10.00")), code="a")
    second = a_promotion(
        "item", goods_off(amount("5.00")), code="b", condition=at_least("95.00", price=base)
    )
    quote = priced(a_request("tea 100"), first, second, settings=in_mode(LaneMode.ALL))
    assert yuan(quote.total) == pays


def test_an_amount_that_loses_lines_is_evaluated_again_without_them() -> None:
    """Tea goes to the larger discount. Mug and plate alone still reach 100, and bear all of 15."""
    off = a_promotion("item", goods_off(tiers("amount", ("100.00", amount("15.00")))), code="off")
    teas = a_promotion("item", goods_off(percent("30"), goods=having("sku", "TEA")), code="teas")
    quote = quoted("tea 100, mug 60, plate 40", (off, teas))
    assert paid(quote) == {"tea": "70", "mug": "51", "plate": "34"}


def test_an_amount_that_loses_too_many_lines_does_not_apply() -> None:
    off = a_promotion("item", goods_off(tiers("amount", ("100.00", amount("15.00")))), code="off")
    teas = a_promotion("item", goods_off(percent("30"), goods=having("sku", "TEA")), code="teas")
    quote = quoted("tea 100, mug 60", (off, teas))
    assert paid(quote) == {"tea": "70", "mug": "60"}
    assert reasons(quote) == {"off": f"“{teas.label}” applies instead."}


def test_units_of_a_set_are_not_used_by_a_later_set_of_the_lane() -> None:
    second = a_promotion("item", set_of(2, percent("50"), reduced=1), code="a")
    three = a_promotion("item", set_of(3, price_to("99.00")), code="b")
    settings = in_mode(LaneMode.ALL)
    assert yuan(priced(a_request("mug 60 x3"), second, three, settings=settings).total) == "150"
    assert yuan(priced(a_request("mug 60 x5"), second, three, settings=settings).total) == "240"
    assert yuan(priced(a_request("mug 60 x3"), three, settings=settings).total) == "99"


def test_the_rows_that_an_offer_closed_do_not_count_for_a_condition() -> None:
    flash = PriceList(
        code="flash",
        rank=PriceRank.ROUND,
        ladders={"TEA": (PriceStep(1, 5000),)},
        closes=frozenset({Lane.ORDER}),
    )
    off = a_promotion("order", goods_off(amount("10.00")), condition=at_least("80.00"))
    quote = priced(a_request("tea 60, mug 40"), off, price_lists=(flash,))
    assert paid(quote) == {"tea": "50", "mug": "40"}
    assert reasons(quote) == {"offer": "Add 40.00 CNY more to get this offer."}


def test_a_promotion_that_is_exclusive_overall_does_not_apply_after_others() -> None:
    """The cart costs 120 at first, and 90 after the item lane."""
    off = a_promotion("item", goods_off(amount("30.00")), code="off")
    small = a_promotion(
        "order",
        goods_off(percent("50")),
        code="small",
        exclusive="overall",
        condition={"kind": "amount", "at_most": {"CNY": "100.00"}},
    )
    quote = quoted("mug 120", (off, small))
    assert yuan(quote.total) == "90"
    assert set(reasons(quote)) == {"small"}
    assert yuan(quoted("mug 80", (off, small)).total) == "40"


def test_the_lines_of_a_promotion_that_drops_out_go_to_the_next_best_one() -> None:
    """``pair`` takes 30 off mug and tea each, loses tea to ``teas``, and needs both."""
    both = having("sku", "MUG", "TEA")
    pair = a_promotion(
        "item", goods_off(amount("60.00"), goods=both), code="a", condition=at_least("200.00")
    )
    teas = a_promotion("item", goods_off(percent("50"), goods=having("sku", "TEA")), code="b")
    rest = a_promotion(
        "item",
        goods_off(percent("20"), goods=having("sku", "MUG", "CAKE")),
        code="c",
        condition=at_least("150.00", goods=having("sku", "MUG", "CAKE")),
    )
    quote = quoted("mug 100, tea 100, cake 90", (pair, teas, rest))
    assert paid(quote) == {"mug": "80", "tea": "50", "cake": "72"}
    assert set(reasons(quote)) == {"a"}


def test_a_budget_goes_to_the_lines_that_are_won() -> None:
    """Half of tea and mug is cut to 60. Tea goes to ``teas``, and mug gets its half of 50."""
    half = a_promotion(
        "item",
        goods_off(percent("50"), goods=having("sku", "MUG", "TEA")),
        code="half",
        limits=[{"kind": "spend", "most_amount": {"CNY": "60.00"}, "excess": "cut"}],
    )
    teas = a_promotion("item", goods_off(percent("40"), goods=having("sku", "TEA")), code="teas")
    assert paid(quoted("mug 100, tea 100", (half, teas))) == {"mug": "50", "tea": "60"}


def test_gifts_and_tiers_of_shipping_count_the_lines_that_are_won() -> None:
    """A fifth off mug and tea; tea goes to ``teas``, so that 100 are left to count."""
    counted = (
        {"kind": "gift", "sku": "CUP", "for_each": {"CNY": "100.00"}},
        {"kind": "shipping", "reduction": tiers("amount", ("150.00", percent("100")))},
    )
    fifth = a_promotion("item", goods_off(percent("20")), *counted, code="fifth")
    teas = a_promotion("item", goods_off(percent("50"), goods=having("sku", "TEA")), code="teas")
    cup = lines_of("cup 9")[0]
    request = a_request("mug 100, tea 100", shipping="10", additions={"CUP": cup})
    quote = priced(request, fifth, teas)
    assert {line.key: line.quantity for line in quote.lines if line.added_by} == {"fifth:CUP": 1}
    assert quote.shipping is not None
    assert yuan(quote.shipping.total) == "10"


def test_units_that_two_sets_of_a_promotion_use_are_used() -> None:
    """The first set uses three units, the second one of them again."""
    sets = (set_of(3, percent("50"), reduced=1), set_of(1, percent("10"), most_sets=1))
    both = a_promotion("item", *sets, code="a")
    later = a_promotion("item", set_of(2, percent("50"), reduced=1), code="b")
    quote = priced(a_request("tea 100 x3"), both, later, settings=in_mode(LaneMode.ALL))
    assert set(reasons(quote)) == {"b"}
