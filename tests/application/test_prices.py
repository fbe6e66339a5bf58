"""One price in cart, review, order and refund, with promotions, coupons and taxes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from adapters.database.stock.reservations import SqlReservations
from core.application.carts.changes import AddToCart
from core.application.carts.offered_units import OfferedUnits
from core.application.carts.ownership import CartOwner
from core.domain.errors import (
    IllegalTransition,
    Invalid,
    NotFound,
    PriceChanged,
)
from core.domain.identifiers import LineKey, OrderId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.pricing.changes import OfferLost, OffersChanged
from core.domain.pricing.coupons.coupon import Coupon
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.quote import CouponState, Grant, GrantKind
from core.domain.pricing.settings import PricingSettings
from entrepot.assembly.shop import Shop
from tests.application.test_returns import GOODWILL
from tests.applied_prices import promote
from tests.bank import BACK, SMALL, Bank, available, checkout, fill, pay
from tests.domain.pricing.shop import (
    a_promotion,
    amount,
    at_least,
    goods_off,
    having,
    percent,
)
from tests.factories import ADDRESS, DELIVERY, a_draft, stock_up, yuan
from tests.invariants import violations
from tests.people import MARKED, register
from tests.pricing import (
    FREE_SHIPPING,
    MUG,
    SPRING,
    TEN,
    VAT,
    WITHOUT_TAX,
    ShopRules,
    use_rules,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rules(shop: Shop) -> ShopRules:
    """Thirty off with a gift from 300 yuan, ten percent and free shipping by code, and VAT."""
    rules = use_rules(shop, SPRING, TEN, FREE_SHIPPING, TEN="ten", SHIP="free-shipping")
    rules.settings, rules.tax_rates = WITHOUT_TAX, (VAT,)
    await stock_up(shop, a_draft(), a_draft("mug"))
    return rules


async def order_of(shop: Shop, owner: CartOwner) -> Order:
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


@pytest.mark.usefixtures("rules")
async def test_cart_review_order_and_refunds_have_one_price(shop: Shop, bank: Bank) -> None:
    owner = await fill(shop, quantity=2)
    for code in ("ten", "s-h-i-p"):
        await shop.add_coupon()(owner, code)
    cart = await shop.show_cart()(owner, "zh")
    assert cart.sums.goods == yuan(336 + 168)
    assert {each.source: each.amount for each in cart.sums.adjustments} == {
        "spring": yuan(-30 - 168),
        "ten": Money(-3060, "CNY"),
    }
    assert [(each.amount, each.included) for each in cart.sums.taxes] == [
        (Money(3580, "CNY"), False)
    ]
    assert cart.goods_total == Money(27540 + 3580, "CNY")
    assert [(each.sku, each.quantity, each.total) for each in cart.gifts] == [(MUG, 1, yuan(0))]
    review = await shop.review_checkout()(owner, "zh")
    express = review.rates[-1]
    assert (review.cart, express.sums.shipping, express.price) == (cart, yuan(23), yuan(0))
    form = await checkout(shop, owner)
    chosen = replace(form, shipping_code=express.code, discounts=express.discounts)
    placed = await shop.place_order()(owner, chosen)
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert (order.shipping.price, order.shipping.paid) == (yuan(23), yuan(0))
    assert order.total == express.sums.total == cart.goods_total
    assert [(each.sku, each.source, each.quantity) for each in order.lines] == [
        (SMALL, "", 2),
        (MUG, "spring", 1),
    ]
    assert (await shop.show_cart()(owner, "zh")).coupons == ()
    await pay(shop, bank, order.id)
    paid_back = yuan(0)
    for line in reversed(order.lines):
        for _ in range(line.quantity):
            wanted = replace(GOODWILL, quantities={line.key: 1})
            refund = await shop.request_refund()(order.id, wanted)
            paid_back += refund.amount if refund else yuan(0)
    assert paid_back == order.total
    assert await violations(shop.database()) == []


async def test_a_shop_without_rules_has_the_list_prices(shop: Shop) -> None:
    await stock_up(shop)
    owner = await fill(shop, quantity=2)
    cart = await shop.show_cart()(owner, "zh")
    assert (cart.goods_total, cart.sums.adjustments, cart.gifts) == (yuan(336), (), ())
    (line,) = cart.lines
    assert (line.list_price, line.unit_price, line.discount) == (yuan(168), yuan(168), yuan(0))


@pytest.mark.usefixtures("rules")
async def test_the_cart_says_what_more_goods_would_bring(shop: Shop) -> None:
    owner = await fill(shop)
    (step,) = (await shop.show_cart()(owner, "zh")).next_steps
    assert (step.promotion, step.text) == ("spring", "再买 ¥132.00 即可享受此优惠。")


@pytest.mark.usefixtures("rules")
async def test_a_gift_is_given_while_it_is_in_stock(shop: Shop) -> None:
    other = await fill(shop, "other", quantity=1)
    await shop.add_to_cart()(other, Sku(MUG), 10)
    await order_of(shop, other)
    owner = await fill(shop, quantity=2)
    cart = await shop.show_cart()(owner, "zh")
    assert (cart.gifts, cart.goods_total) == ((), Money(34578, "CNY"))


async def test_a_gift_is_not_given_from_the_units_that_the_buyer_takes(
    shop: Shop, rules: ShopRules
) -> None:
    rules.tax_rates = ()
    owner = await fill(shop)
    await shop.add_to_cart()(owner, Sku(MUG), 10)
    cart = await shop.show_cart()(owner, "zh")
    assert (cart.gifts, cart.ready) == ((), True)
    assert (await order_of(shop, owner)).total == (
        await shop.review_checkout()(await fill(shop, "another"), "zh")
    ).rates[0].price + yuan(168 * 11 - 30)


async def test_a_code_is_refused_or_kept_with_its_answer(shop: Shop, rules: ShopRules) -> None:
    late = datetime.now(UTC) - timedelta(days=1)
    large = replace(TEN, code="large", condition=SPRING.condition)
    rules.promotions = (TEN, large)
    rules.coupons = {
        "TEN": Coupon(key="a", promotion="ten"),
        "LARGE": Coupon(key="b", promotion="large"),
        "LATE": Coupon(key="c", promotion="ten", ends_at=late),
        "USED": Coupon(key="d", promotion="ten", used=1),
    }
    owner = await fill(shop)
    for code in ("unknown", "late", "used", "", "x" * 65):
        with pytest.raises(Invalid) as refused:
            await shop.add_coupon()(owner, code)
        assert refused.value.field == "coupon"
    for code in ("ten", "TEN", "large"):
        await shop.add_coupon()(owner, code)
    shown = (await shop.show_cart()(owner, "zh")).coupons
    assert [(each.code, each.state) for each in shown] == [
        ("ten", CouponState.APPLIED),
        ("large", CouponState.CONDITIONS_MISSING),
    ]
    assert "132" in shown[1].text
    await shop.remove_coupon()(owner, "T-E-N")
    assert [each.code for each in (await shop.show_cart()(owner, "zh")).coupons] == ["large"]
    with pytest.raises(NotFound):
        await shop.add_coupon()(CartOwner(token="nobody"), "ten")


async def test_a_cart_takes_ten_codes(shop: Shop, rules: ShopRules) -> None:
    rules.coupons = {f"C{number}": Coupon(key=str(number), promotion="ten") for number in range(11)}
    owner = await fill(shop)
    for number in range(10):
        await shop.add_coupon()(owner, f"c{number}")
    with pytest.raises(Invalid, match="at most 10"):
        await shop.add_coupon()(owner, "c10")


async def test_an_item_is_added_at_the_price_of_an_offer(shop: Shop, rules: ShopRules) -> None:
    add_on = {"kind": "add_on", "skus": [MUG], "price": {"CNY": "9.90"}, "most": 2}
    rules.promotions = (a_promotion("order", add_on, code="mugs", condition=at_least("100.00")),)
    rules.tax_rates = ()
    owner = await fill(shop)
    (offered,) = (await shop.show_cart()(owner, "zh")).additions
    assert (offered.price, offered.list_price, offered.most) == (
        Money(990, "CNY"),
        yuan(168),
        2,
    )
    with pytest.raises(Invalid):
        await shop.add_offered()(owner, Sku(MUG), 3, "mugs")
    with pytest.raises(NotFound):
        await shop.add_offered()(owner, Sku(SMALL), 1, "mugs")
    assert await shop.add_offered()(owner, Sku(MUG), 2, "mugs") == 3
    cart = await shop.show_cart()(owner, "zh")
    assert (cart.goods_total, cart.additions) == (Money(16800 + 1980, "CNY"), ())
    order = await order_of(shop, owner)
    assert [(each.sku, each.source) for each in order.lines] == [(SMALL, ""), (MUG, "mugs")]


async def offered_mug(shop: Shop, rules: ShopRules) -> tuple[CartOwner, LineKey]:
    """A cart of 168.00 with a mug for 9.90, which is offered for carts from 100.00."""
    add_on = {"kind": "add_on", "skus": [MUG], "price": {"CNY": "9.90"}, "most": 2}
    rules.promotions = (a_promotion("order", add_on, code="mugs", condition=at_least("100.00")),)
    owner = await fill(shop)
    await shop.add_offered()(owner, Sku(MUG), 1, "mugs")
    return owner, (await shop.show_cart()(owner, "zh")).lines[1].key


async def test_a_lost_offer_is_bought_only_if_the_buyer_keeps_it(
    shop: Shop, rules: ShopRules
) -> None:
    owner, mug = await offered_mug(shop, rules)
    form = await checkout(shop, owner)
    offer, rules.promotions = rules.promotions, ()
    with pytest.raises(OffersChanged):
        await shop.place_order()(owner, form)
    cart = await shop.show_cart()(owner, "zh")
    assert [line.problem for line in cart.lines] == ["", "offer_lost"]
    assert not cart.ready
    with pytest.raises(OfferLost):
        await shop.place_order()(owner, await checkout(shop, owner))
    for _ in range(2):
        await shop.keep_at_ordinary_price()(owner, mug)
    rules.promotions = offer
    order = await order_of(shop, owner)
    assert [(each.sku, each.source) for each in order.lines] == [(SMALL, ""), (MUG, "")]
    assert order.lines[1].unit_price == yuan(168)


async def test_a_line_that_is_kept_joins_that_of_its_goods(shop: Shop, rules: ShopRules) -> None:
    owner, mug = await offered_mug(shop, rules)
    await shop.add_to_cart()(owner, Sku(MUG), 2)
    rules.promotions = ()
    for _ in range(2):
        await shop.keep_at_ordinary_price()(owner, mug)
    cart = await shop.show_cart()(owner, "zh")
    assert [(line.sku, line.quantity, line.source) for line in cart.lines] == [
        (SMALL, 1, ""),
        (MUG, 3, ""),
    ]


async def test_no_request_gets_more_units_than_an_offer_has(shop: Shop, rules: ShopRules) -> None:
    owner, mug = await offered_mug(shop, rules)
    change_quantity = shop.change_quantity()
    with pytest.raises(Invalid, match="at most 2"):
        await change_quantity(owner, mug, 3)
    await change_quantity(owner, mug, 2)
    with pytest.raises(NotFound):
        await shop.add_offered()(owner, Sku(MUG), 1, "mugs")
    rules.promotions = ()
    await change_quantity(owner, mug, 1)
    with pytest.raises(Invalid, match="at most 1"):
        await change_quantity(owner, mug, 2)


async def test_the_quantity_of_a_gift_cannot_be_changed(shop: Shop, rules: ShopRules) -> None:
    owner = await fill(shop, quantity=2)
    (gift,) = (await shop.show_cart()(owner, "zh")).gifts
    with pytest.raises(NotFound):
        await shop.change_quantity()(owner, gift.key, 2)
    await shop.change_quantity()(owner, gift.key, 0)
    assert [each.quantity for each in (await shop.show_cart()(owner, "zh")).gifts] == [1]
    assert rules.promotions


@pytest.fixture
def _slow_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests count what is left of an offer before one of them changes the cart."""
    count = OfferedUnits.__call__

    async def slowly(offered_units: OfferedUnits, *arguments: Any) -> int:
        most = await count(offered_units, *arguments)
        await asyncio.sleep(0.2)
        return most

    monkeypatch.setattr(OfferedUnits, "__call__", slowly)


async def crowd(shop: Shop, rules: ShopRules) -> int:
    """Concurrent requests for the offered mug. Returns the units that the cart has then."""
    owner, _ = await offered_mug(shop, rules)
    add = shop.add_offered()
    await asyncio.gather(
        *(add(owner, Sku(MUG), 1, "mugs") for _ in range(3)), return_exceptions=True
    )
    return (await shop.show_cart()(owner, "zh")).lines[1].quantity


@pytest.mark.usefixtures("_slow_counts")
async def test_concurrent_requests_get_no_more_units_than_an_offer_has(
    shop: Shop, rules: ShopRules
) -> None:
    assert await crowd(shop, rules) == 2


@pytest.mark.usefixtures("_slow_counts")
async def test_without_the_version_concurrent_requests_get_more_than_an_offer_has(
    shop: Shop, rules: ShopRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = AddToCart.__call__

    async def unchecked(adding: AddToCart, *arguments: Any, **_version: int) -> int:
        return await add(adding, *arguments)

    monkeypatch.setattr(AddToCart, "__call__", unchecked)
    assert await crowd(shop, rules) > 2


async def test_a_gift_that_sold_out_while_the_order_was_placed_is_named(
    shop: Shop, rules: ShopRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules.promotions = (a_promotion("order", {"kind": "gift", "sku": MUG}, code="gift"),)
    owner = await fill(shop)
    form = await checkout(shop, owner)
    reserve = SqlReservations.reserve

    async def late(stock: Any, order_id: OrderId, units: Any, *rest: Any) -> None:
        """Another buyer has taken the last mugs after this order was priced."""
        await reserve(stock, order_id, {**units, Sku(MUG): 999}, *rest)

    monkeypatch.setattr(SqlReservations, "reserve", late)
    with pytest.raises(OffersChanged) as changed:
        await shop.place_order()(owner, form)
    (change,) = changed.value.changes
    assert change.reason is not None
    assert (change.promotion, change.reason.code) == ("gift", "addition_unavailable")
    assert (await shop.show_cart()(owner, "zh")).units == 1


async def test_an_offer_that_ends_before_the_order_is_named(shop: Shop, rules: ShopRules) -> None:
    owner = await fill(shop, quantity=2)
    await shop.add_coupon()(owner, "ten")
    form = await checkout(shop, owner)
    ended = replace(SPRING, ends_at=datetime.now(UTC) - timedelta(seconds=1))
    rules.promotions = (ended, TEN)
    with pytest.raises(OffersChanged) as changed:
        await shop.place_order()(owner, form)
    of_ten, of_spring = sorted(changed.value.changes, key=lambda each: each.promotion)[::-1]
    assert (of_spring.promotion, of_ten.promotion) == ("spring", "ten")
    assert of_spring.reason is not None
    assert (of_spring.reason.code, of_spring.shown, of_spring.now) == (
        "ended",
        yuan(198),
        yuan(0),
    )
    with pytest.raises(PriceChanged):
        await shop.place_order()(owner, replace(form, discounts=None))
    cart = await shop.show_cart()(owner, "zh")
    assert (cart.units, [each.code for each in cart.coupons]) == (2, ["ten"])
    assert cart.address is not None
    await order_of(shop, owner)


LAST = replace(
    a_promotion("order", goods_off(amount("50.00")), code="last"),
    limits=a_promotion(
        "order", goods_off(percent("1")), limits=[{"kind": "uses", "most": 1}]
    ).limits,
)


async def test_the_second_buyer_of_the_last_use_learns_why_before_paying(
    shop: Shop, rules: ShopRules
) -> None:
    rules.promotions, rules.tax_rates = (LAST,), ()
    owners = [await fill(shop, name) for name in ("first", "second")]
    forms = [await checkout(shop, owner) for owner in owners]
    assert forms[0].total == forms[1].total
    await shop.place_order()(owners[0], forms[0])
    with pytest.raises(OffersChanged) as changed:
        await shop.place_order()(owners[1], forms[1])
    (change,) = changed.value.changes
    assert change.reason is not None
    assert (change.promotion, change.reason.code) == ("last", "used_up")
    again = await checkout(shop, owners[1])
    assert again.total == forms[1].total + yuan(50)
    await shop.place_order()(owners[1], again)
    assert await violations(shop.database()) == []


async def test_a_budget_is_shared_by_orders(shop: Shop, rules: ShopRules) -> None:
    spend = {"kind": "spend", "most_amount": {"CNY": "70.00"}, "excess": "cut"}
    rules.promotions = (
        a_promotion("order", goods_off(amount("50.00")), code="budget", limits=[spend]),
    )
    rules.tax_rates = ()
    totals = []
    for number in range(3):
        owner = await fill(shop, f"cart {number}")
        totals.append((await order_of(shop, owner)).goods_total)
    assert totals == [yuan(118), yuan(148), yuan(168)]


async def test_an_offer_for_the_first_order_counts_paid_orders(
    shop: Shop, rules: ShopRules, bank: Bank
) -> None:
    first = {"kind": "order_number", "first": 1, "last": 1}
    each = {"kind": "uses", "most": 1, "per": "person"}
    newcomer = a_promotion(
        "order", goods_off(amount("50.00")), code="new", condition=first, limits=[each]
    )
    rules.promotions, rules.tax_rates = (newcomer,), ()
    assert (await shop.show_cart()(await fill(shop), "zh")).goods_total == yuan(168)
    owner = CartOwner(customer_id=await register(shop, MARKED))
    totals = []
    for number in range(2):
        await shop.add_to_cart()(owner, SMALL, 1)
        await shop.set_delivery()(owner, MARKED.delivery)
        placed = await shop.place_order()(owner, await checkout(shop, owner, f"key {number}"))
        totals.append((await shop.order_queries().find(placed.number)).goods_total)  # type: ignore[union-attr]
        await pay(shop, bank, placed.id, f"n{number}")
    assert totals == [yuan(118), yuan(168)]


async def test_the_grants_of_an_offer_are_kept_with_the_order(shop: Shop, rules: ShopRules) -> None:
    rules.promotions = (a_promotion("order", {"kind": "points", "points": 20}, code="points"),)
    order = await order_of(shop, await fill(shop))
    assert order.grants == (Grant(promotion="points", kind=GrantKind.POINTS, amount=20),)


async def test_the_number_of_statements_does_not_grow_with_promotions(
    shop: Shop, rules: ShopRules
) -> None:
    def offers(number: int) -> list[Promotion]:
        limit = {"kind": "uses", "most": 100}
        gift = {"kind": "gift", "sku": MUG}
        return [
            a_promotion(
                "order", goods_off(amount("1.00")), gift, code=f"offer-{each}", limits=[limit]
            )
            for each in range(number)
        ]

    counts = []
    for number in (1, 12):
        rules.promotions = offers(number)
        owner = await fill(shop, f"cart {number}")
        counts.append(await _statements(shop, owner))
    assert counts[0] == counts[1]


async def _statements(shop: Shop, owner: CartOwner) -> int:
    """Those of the cart and of its review."""
    seen: list[str] = []

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = shop.database().reads.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    await shop.show_cart()(owner, "zh")
    await shop.review_checkout()(owner, "zh")
    event.remove(engine, "before_cursor_execute", record)
    return len(seen)


async def test_lists_and_product_pages_show_the_price_that_applies_now(shop: Shop) -> None:
    await stock_up(shop)
    tenth_off = goods_off(percent("10"), goods=having("category", "tea"))
    await promote(shop, code="autumn", label={"zh": "autumn"}, benefits=[tenth_off])
    product = await shop.show_product()("celadon-teapot", "zh")
    assert [(each.price, each.offer) for each in product.variants] == [
        (Money(15120, "CNY"), "autumn"),
        (Money(20520, "CNY"), "autumn"),
    ]
    (card,) = await shop.catalogue_queries().cards([product.id], "zh")
    assert (card.price, card.highest_price, card.offer) == (
        Money(15120, "CNY"),
        Money(20520, "CNY"),
        "autumn",
    )
    cart = await shop.show_cart()(await fill(shop), "zh")
    assert cart.goods_total == card.price


@pytest.mark.usefixtures("bank")
async def test_an_order_that_costs_nothing_is_paid_when_it_is_placed(shop: Shop) -> None:
    gift = a_promotion("coupon", goods_off(percent("100")), code="free-tea", by_coupon=True)
    use_rules(shop, gift, FREE_SHIPPING, TEA="free-tea", SHIP="free-shipping")
    await stock_up(shop)
    owner = await fill(shop, quantity=2)
    for code in ("TEA", "SHIP"):
        await shop.add_coupon()(owner, code)
    order = await order_of(shop, owner)
    assert (order.total, order.stage) == (yuan(0), OrderStage.PAID)
    with pytest.raises(IllegalTransition):
        await shop.start_payment()(order.id, BACK)
    assert await violations(shop.database()) == []
    one = replace(GOODWILL, quantities={order.lines[0].key: 1})
    assert await shop.request_refund()(order.id, one) is None
    assert await available(shop) == 9
    assert await violations(shop.database()) == []
    await shop.cancel_order()(order.id, "customer")
    assert await available(shop) == 10
    assert await violations(shop.database()) == []


async def test_a_gift_that_is_lost_is_named_although_the_total_is_the_same(
    shop: Shop, rules: ShopRules
) -> None:
    gift = {"kind": "gift", "sku": MUG}
    rules.promotions = (a_promotion("order", gift, code="mug"),)
    owner = await fill(shop)
    form = await checkout(shop, owner)
    rules.promotions = ()
    with pytest.raises(OffersChanged) as changed:
        await shop.place_order()(owner, form)
    (change,) = changed.value.changes
    assert (change.promotion, change.label, change.shown) == ("mug", None, yuan(168))
    assert "did not change" in str(changed.value)


async def test_an_order_abroad_is_paid_without_the_tax_of_the_origin(
    shop: Shop, rules: ShopRules
) -> None:
    rules.promotions, rules.settings = (), PricingSettings()
    owner = await fill(shop, quantity=3)
    abroad = replace(ADDRESS, country="US", region="CA", city="San Jose", district="")
    await shop.set_delivery()(owner, replace(DELIVERY, address=abroad))
    cart = await shop.show_cart()(owner, "en")
    assert cart.goods_total == Money(44601, "CNY")
    assert [each.amount for each in cart.sums.adjustments] == [cart.goods_total - yuan(504)]
    order = await order_of(shop, owner)
    assert (order.goods_total, order.lines[0].unit_price) == (cart.goods_total, yuan(168))
