"""A partial return that breaks a threshold: the rest is priced by the rules of the order's day."""

from asyncio import gather
from dataclasses import replace

import pytest
from dependency_injector import providers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.database.orders.frozen_prices import frozen_prices_from, frozen_prices_to
from core.application.payments.refund_prices import refund_price
from core.application.payments.refunds import RefundInput
from core.domain.identifiers import LineKey, Sku
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.pricing import OrderPricing
from core.domain.payments.refund import RefundReason
from core.domain.pricing.engine import price
from core.domain.pricing.price_lists import PriceList, PriceStep
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.refunds.amounts import PartialReturn
from core.domain.pricing.refunds.frozen import freeze
from core.domain.pricing.request import PricedCustomer, RequestShipping
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.settings import PricingSettings
from core.domain.pricing.taxes.settings import TaxSettings
from entrepot.assembly.shop import Shop
from tests.application.test_returns import GOODWILL
from tests.bank import Bank, checkout, fill, pay
from tests.domain.pricing.shop import (
    a_promotion,
    a_request,
    amount,
    at_least,
    goods_off,
    minor,
    percent,
    set_of,
    tiers,
)
from tests.factories import a_draft, an_order, stock_up, yuan
from tests.invariants import violations
from tests.pricing import SPRING, VAT, ShopRules, use_rules

BACK = RefundInput(reason=RefundReason.RETURNED, actor="staff")


@pytest.fixture
async def rules(shop: Shop) -> ShopRules:
    shop.partial_return.override(providers.Object(PartialReturn.REPRICE))
    rules = use_rules(shop, SPRING)
    await stock_up(shop, a_draft(), a_draft("mug"))
    return rules


async def bought(shop: Shop, bank: Bank, *, quantity: int = 2) -> Order:
    """Two teapots of 168 yuan each, for 30 less and with a mug for nothing."""
    owner = await fill(shop, quantity=quantity)
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    await pay(shop, bank, placed.id)
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


async def back(shop: Shop, order: Order, details: RefundInput, **units: int) -> Money:
    quantities = {LineKey(key.removeprefix("line")): count for key, count in units.items()}
    refund = await shop.request_refund()(order.id, replace(details, quantities=quantities))
    return refund.amount if refund else yuan(0)


@pytest.mark.anyio
class TestOrders:
    async def test_the_discount_and_the_gift_of_what_stays_are_taken_back(
        self, shop: Shop, bank: Bank, rules: ShopRules
    ) -> None:
        """306 were paid. One teapot and the mug cost 168 each alone, so nothing goes back."""
        order = await bought(shop, bank)
        rules.promotions = ()
        assert await back(shop, order, BACK, line1=1) == yuan(0)
        # The mug comes back, too: of 306 the buyer keeps a teapot for 168.
        assert await back(shop, order, BACK, line2=1) == yuan(306 - 168)
        assert await back(shop, order, BACK, line1=1) == yuan(168)
        assert await violations(shop.database()) == []

    async def test_a_threshold_that_still_holds_takes_nothing_back(
        self, shop: Shop, bank: Bank, rules: ShopRules
    ) -> None:
        order = await bought(shop, bank, quantity=3)
        rules.promotions = ()
        assert await back(shop, order, BACK, line1=1) == yuan(168)

    async def test_returns_at_once_sum_to_what_was_paid(
        self, shop: Shop, bank: Bank, rules: ShopRules
    ) -> None:
        del rules
        order = await bought(shop, bank)
        parts = await gather(
            back(shop, order, BACK, line1=1),
            back(shop, order, BACK, line1=1),
            back(shop, order, BACK, line2=1),
        )
        assert sum(parts, yuan(0)) == yuan(306)
        assert await violations(shop.database()) == []

    async def test_the_shop_that_cannot_deliver_keeps_the_discounts(
        self, shop: Shop, bank: Bank, rules: ShopRules
    ) -> None:
        del rules
        order = await bought(shop, bank)
        assert await back(shop, order, GOODWILL, line1=1) == yuan(153)
        assert await back(shop, order, BACK, line1=1, line2=1) == yuan(153)

    async def test_an_order_of_a_shop_that_keeps_discounts_has_no_rules(
        self, shop: Shop, bank: Bank, rules: ShopRules
    ) -> None:
        del rules
        shop.partial_return.override(providers.Object(PartialReturn.KEEP))
        order = await bought(shop, bank)
        assert order.pricing.frozen is None
        assert await back(shop, order, BACK, line1=1) == yuan(153)


PROMOTIONS: list[tuple[Promotion, ...]] = [
    (),
    (a_promotion("order", goods_off(amount("30.00")), condition=at_least("100.00")),),
    (
        a_promotion("item", set_of(2, percent("50"), reduced=1), code="second"),
        a_promotion("order", goods_off(tiers("quantity", (3, percent("20")))), code="three"),
    ),
    (
        a_promotion(
            "order",
            goods_off(percent("10")),
            {"kind": "gift", "sku": "MUG"},
            condition={
                "kind": "all",
                "of": [{"kind": "group", "groups": ["vip"]}, at_least("80.00")],
            },
        ),
    ),
    (
        a_promotion(
            "order",
            goods_off(amount("9.00"), includes_shipping=True),
            condition={"kind": "not", "of": {"kind": "channel", "channels": ["api"]}},
            limits=[{"kind": "uses", "most": 1, "per": "person"}],
        ),
    ),
]
LADDER = PriceList(
    code="vip", ladders={"A": (PriceStep(1, 5_000), PriceStep(3, 4_000))}, groups=frozenset({"vip"})
)


def an_order_of(goods: str, promotions: tuple[Promotion, ...], *, included: bool) -> Order:
    gift = a_request("mug 20").lines[0]
    request = replace(
        a_request(goods, destination="CN/广东省", channel="web", additions={"MUG": gift}),
        shipping=RequestShipping(method="std", price=minor("8")),
        customer=PricedCustomer(person="p", groups=frozenset({"vip"}), paid_orders=0),
    )
    taxes = TaxSettings(prices_include_tax=included)
    rules = PricingRules(
        settings=PricingSettings(taxes=taxes),
        promotions=promotions,
        price_lists=(LADDER,),
        tax_rates=(VAT,),
    )
    quote = price(request, rules)
    keys = {line.key: str(number) for number, line in enumerate(quote.lines, 1)}
    frozen = frozen_prices_from(frozen_prices_to(freeze(request, rules, quote, keys)))
    model = an_order().lines[0]
    order = an_order()
    order.lines = tuple(
        replace(
            model,
            key=LineKey(keys[line.key]),
            sku=Sku(line.sku),
            quantity=line.quantity,
            unit_price=Money(line.unit_price, "CNY"),
            paid_units=line.paid_units,
            adjustments=line.changes("CNY"),
            taxes=line.taxes,
        )
        for line in quote.lines
    )
    order.pricing = OrderPricing(frozen=frozen)
    return order


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    goods=st.sampled_from(["a 60 x3, b 40", "a 60 x2", "a 25, b 25 x4, c 10", "b 99.99 x3"]),
    promotions=st.sampled_from(PROMOTIONS),
    included=st.booleans(),
    data=st.data(),
)
def test_any_order_of_returns_sums_to_what_was_paid(
    *, goods: str, promotions: tuple[Promotion, ...], included: bool, data: st.DataObject
) -> None:
    order = an_order_of(goods, promotions, included=included)
    assert order.pricing.frozen is not None
    everything = {str(line.key): line.quantity for line in order.lines}
    whole = order.pricing.frozen.amounts_of(everything, "CN/广东省")
    assert sum(whole.values()) == order.goods_total.minor
    units = [line.key for line in order.lines for _ in range(line.quantity)]
    total = 0
    refunded: dict[LineKey, int] = {}
    for key in data.draw(st.permutations(units)):
        due = refund_price(order, {key: 1}, refunded, RefundReason.RETURNED)
        assert due.amount.minor >= 0
        total += due.amount.minor
        assert total <= order.goods_total.minor
        order.pricing = order.pricing.with_refund(due.amount)
        refunded[key] = refunded.get(key, 0) + 1
    assert total == order.goods_total.minor


def test_what_is_kept_with_the_order_does_not_say_who_the_buyer_is() -> None:
    order = an_order_of("a 60 x3, b 40", PROMOTIONS[3], included=True)
    assert order.pricing.frozen is not None
    stored = str(frozen_prices_to(order.pricing.frozen))
    assert "MUG" in stored
    assert [word for word in ("'kind': 'group'", "['vip']", "广东") if word in stored] == []


def test_a_gift_stays_free_while_its_condition_holds() -> None:
    order = an_order_of("a 60 x3, b 40", PROMOTIONS[3], included=True)
    refund = refund_price(order, {LineKey("2"): 1}, {}, RefundReason.RETURNED)
    assert (refund.amount, refund.taken_back) == (yuan(36), yuan(0))
    after = {LineKey("2"): 1}
    order.pricing = order.pricing.with_refund(refund.amount)
    # Two of A are below the step of the ladder: 50 each and not 40, less 10 %.
    cheaper = refund_price(order, {LineKey("1"): 1}, after, RefundReason.RETURNED)
    assert cheaper.rest == yuan(90)
