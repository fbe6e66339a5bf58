"""Prices that a plugin offers: in the cart, in the review, in the order and on product pages."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from dependency_injector import providers

from core.application.carts.ownership import CartOwner
from core.application.pricing.product_prices import Visitor
from core.domain.claims import Claim, ClaimKind
from core.domain.errors import PriceChanged
from core.domain.identifiers import LineKey
from core.domain.orders.order import Order
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.changes import OffersChanged
from core.domain.pricing.price_lists import PriceRank
from core.domain.pricing.refunds.amounts import PartialReturn
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.claims import Left
from ports.price_enquiries import Enquiry, PriceOffer
from tests.application.test_repriced_returns import BACK
from tests.application.test_returns import GOODWILL
from tests.bank import CART, SMALL, Bank, checkout, fill, pay
from tests.domain.pricing.shop import a_promotion, amount, goods_off
from tests.factories import stock_up, yuan
from tests.invariants import violations
from tests.plugins.proposing_plugin import Proposals, flash
from tests.pricing import use_rules

__all__ = ["flash"]
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

SOURCE = "plugin:flash_sale"
FLASH = PriceOffer(sku=SMALL, price=yuan(100), label=Text({"zh": "秒杀", "en": "Flash sale"}))
QUOTA = Claim(kind=ClaimKind.UNITS, key="round", limit=1, label=Text({"en": "Flash sale"}))
OWNER = CartOwner(token=CART)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def offering(*offers: PriceOffer) -> Callable[[Enquiry], Sequence[PriceOffer]]:
    return lambda _enquiry: list(offers)


async def order_of(shop: Shop, token: str = CART, quantity: int = 1) -> Order:
    """Order what is in the cart, or ``quantity`` teapots."""
    owner = CartOwner(token=token)
    if not (await shop.show_cart()(owner, "en")).units:
        await fill(shop, token, quantity)
    placed = await shop.place_order()(owner, await checkout(shop, owner, token))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


async def unit_price(shop: Shop) -> int:
    (line,) = (await shop.show_cart()(OWNER, "en")).lines
    return line.unit_price.minor // 100


@pytest.fixture
async def offers(flash: Proposals, shop: Shop) -> Proposals:
    await shop.vault().prepare()
    await stock_up(shop)
    return flash


async def test_cart_review_order_and_refund_have_the_price_and_its_reason(
    offers: Proposals, shop: Shop, bank: Bank
) -> None:
    offers.say(offers=offering(FLASH))
    owner = await fill(shop, quantity=2)
    cart = await shop.show_cart()(owner, "en")
    (line,) = cart.lines
    assert (line.list_price, line.unit_price, line.total) == (yuan(168), yuan(100), yuan(200))
    (change,) = line.adjustments
    assert (change.source, change.label, change.amount) == (SOURCE, "Flash sale", yuan(-136))
    assert (cart.sums.goods, cart.sums.total) == (yuan(336), yuan(200))
    rate = (await shop.review_checkout()(owner, "en")).rates[0]
    assert rate.discounts == {SOURCE: 13_600}
    order = await order_of(shop)
    assert order.total == rate.sums.total
    (sold,) = order.lines
    assert [(each.source, each.label) for each in sold.adjustments] == [(SOURCE, FLASH.label)]
    assert (sold.unit_price, sold.total) == (yuan(168), yuan(200))
    offers.say(offers=offering())
    await pay(shop, bank, order.id)
    half = replace(GOODWILL, quantities={LineKey("1"): 1})
    refund = await shop.request_refund()(order.id, half)
    assert refund is not None
    assert refund.amount == yuan(100)
    assert await violations(shop.database()) == []


async def test_the_enquiry_has_the_goods_and_no_contact_data(offers: Proposals, shop: Shop) -> None:
    owner = await fill(shop, quantity=3)
    offers.asked("offers").clear()
    await shop.show_cart()(replace(owner, channel="web"), "en")  # type: ignore[arg-type]
    (enquiry,) = offers.asked("offers")
    (line,) = enquiry.lines
    assert (line.sku, line.quantity, line.list_price) == (SMALL, 3, yuan(168))
    assert (enquiry.channel, enquiry.country, enquiry.customer_id) == ("web", "CN", None)
    assert "mei@example.com" not in repr(enquiry)
    assert "深圳市" not in repr(enquiry)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([replace(FLASH, price=yuan(90))], 90),
        ([replace(FLASH, price=yuan(120), rank=PriceRank.CONTRACT)], 120),
        ([replace(FLASH, price=yuan(1), rank=PriceRank.LIST)], 100),
        ([replace(FLASH, price=yuan(1), until=LONG_AGO)], 100),
        ([replace(FLASH, price=yuan(1), sku="CELADON-TEAPOT-L")], 100),
    ],
)
async def test_the_highest_rank_wins_and_within_it_the_lowest_price(
    offers: Proposals, shop: Shop, others: list[Any], expected: int
) -> None:
    def offered(_enquiry: Enquiry) -> list[PriceOffer]:
        return [FLASH, *(each for each in others if each.sku == SMALL)]

    offers.say(offers=offered)
    await fill(shop)
    assert await unit_price(shop) == expected


async def test_an_offer_closes_the_steps_that_it_names(offers: Proposals, shop: Shop) -> None:
    use_rules(shop, a_promotion("order", goods_off(amount("30.00"))))
    offers.say(offers=offering(FLASH))
    await fill(shop)
    assert (await shop.show_cart()(OWNER, "en")).goods_total == yuan(70)
    offers.say(offers=offering(replace(FLASH, closes=frozenset({Lane.ORDER}))))
    assert (await shop.show_cart()(OWNER, "en")).goods_total == yuan(100)


async def test_an_offer_that_ends_before_the_order_is_a_changed_price(
    offers: Proposals, shop: Shop
) -> None:
    offers.say(offers=offering(FLASH))
    owner = await fill(shop)
    form = await checkout(shop, owner)
    offers.say(offers=offering())
    with pytest.raises(OffersChanged) as caught:
        await shop.place_order()(owner, form)
    (change,) = caught.value.changes
    assert (change.promotion, change.shown, change.now) == (SOURCE, yuan(68), yuan(0))
    offers.say(offers=offering(replace(FLASH, price=yuan(99))))
    with pytest.raises(PriceChanged):
        await shop.place_order()(owner, form)
    assert (await shop.show_cart()(owner, "en")).units == 1


async def test_an_offer_whose_quota_another_buyer_took_is_a_changed_price_with_its_reason(
    offers: Proposals, shop: Shop
) -> None:
    offers.say(offers=offering(replace(FLASH, claim=QUOTA)))
    owner = await fill(shop, "late")
    form = await checkout(shop, owner, "late")
    first = await order_of(shop)
    assert first.goods_total == yuan(100)
    with pytest.raises(OffersChanged) as caught:
        await shop.place_order()(owner, form)
    (change,) = caught.value.changes
    assert change.reason is not None
    assert (change.label, change.reason.code) == (FLASH.label, "used_up")
    assert (await order_of(shop, "late")).goods_total == yuan(168)
    await shop.cancel_order()(first.id, "customer")
    assert (await order_of(shop, "third")).goods_total == yuan(100)


async def test_a_lost_race_for_the_last_unit_is_a_changed_price(
    offers: Proposals, shop: Shop
) -> None:
    """The quota is taken after the price was made and before the claim."""
    claim = replace(QUOTA, per_person=1)
    offers.say(offers=offering(replace(FLASH, claim=claim)))
    owner = await fill(shop, "late")
    form = await checkout(shop, owner, "late")
    blind = replace(shop.price_cart(), claims_left=_nothing_taken)
    late = replace(shop.place_order(), price_cart=blind)
    await order_of(shop)
    with pytest.raises(OffersChanged) as caught:
        await late(owner, form)
    assert caught.value.changes[0].reason is not None


async def _nothing_taken(claims: Sequence[Claim]) -> Left:
    del claims
    return {}


async def test_the_product_page_has_the_price_and_lists_do_not(
    offers: Proposals, shop: Shop
) -> None:
    offers.say(offers=offering(replace(FLASH, claim=QUOTA)))
    page = await shop.show_product()("celadon-teapot", "en", visitor=Visitor(channel="web"))
    shown = {each.sku: (each.price, each.offer, each.prior) for each in page.variants}
    assert shown[SMALL] == (yuan(100), "Flash sale", None)
    assert shown["CELADON-TEAPOT-L"] == (yuan(228), "", None)  # type: ignore[index]
    (enquiry,) = offers.asked("offers")
    assert len(enquiry.lines) == 2
    cards = await shop.catalogue_queries().cards([page.id], "en")
    assert cards[0].price == yuan(168)
    assert len(offers.asked("offers")) == 1
    await order_of(shop)
    page = await shop.show_product()("celadon-teapot", "en")
    assert page.variants[0].price == yuan(168)


async def test_a_partial_return_is_priced_again_with_the_offer_of_its_day(
    offers: Proposals, shop: Shop, bank: Bank
) -> None:
    off = a_promotion(
        "order",
        goods_off(amount("30.00")),
        condition={"kind": "amount", "at_least": {"CNY": "150.00"}},
    )
    use_rules(shop, off)
    offers.say(offers=offering(replace(FLASH, claim=replace(QUOTA, limit=9))))
    shop.partial_return.override(providers.Object(PartialReturn.REPRICE))
    order = await order_of(shop, quantity=2)
    offers.say(offers=offering())
    await pay(shop, bank, order.id)
    assert order.goods_total == yuan(170)
    half = replace(BACK, quantities={LineKey("1"): 1})
    refund = await shop.request_refund()(order.id, half)
    assert refund is not None
    assert refund.amount == yuan(70)
