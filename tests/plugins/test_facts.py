"""Facts that a plugin states, in the conditions of promotions."""

from typing import Any

import pytest

from core.application.carts.ownership import CartOwner, find_cart
from core.application.pricing.trial_carts import TrialCart
from core.domain.errors import Invalid
from core.domain.identifiers import CustomerId
from entrepot.assembly.shop import Shop
from tests.accounts import a_member
from tests.bank import CART, SMALL, fill
from tests.domain.pricing.shop import a_promotion, amount, goods_off
from tests.factories import stock_up, yuan
from tests.plugins.proposing_plugin import Proposals, flash
from tests.pricing import use_rules

__all__ = ["flash"]
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

GOLD = a_promotion(
    "order",
    goods_off(amount("30.00")),
    code="gold",
    condition={"kind": "fact", "name": "member.level", "values": ["gold"]},
)
OWNER = CartOwner(token=CART)


@pytest.fixture
async def facts(flash: Proposals, shop: Shop) -> Proposals:
    use_rules(shop, GOLD)
    await stock_up(shop)
    return flash


async def total(shop: Shop, owner: CartOwner = OWNER) -> int:
    return (await shop.show_cart()(owner, "en")).goods_total.minor // 100


async def test_a_promotion_applies_to_the_buyers_of_whom_the_plugin_says_so(
    facts: Proposals, shop: Shop
) -> None:
    member = CustomerId((await a_member(shop)).id)
    levels = {member: {"member.level": "gold"}}
    facts.say(facts=lambda enquiry: levels.get(enquiry.customer_id, {"member.level": "none"}))
    await fill(shop)
    assert await total(shop) == 168
    owner = CartOwner(customer_id=member)
    await shop.add_to_cart()(owner, SMALL, 1)
    assert await total(shop, owner) == 138


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: {},
        lambda _: 1 / 0,
        lambda _: {"member.level": 7},
        lambda _: {"member.level": "gold", "undeclared": True},
        lambda _: {"member.level": "gold", "vip": 1},
        lambda _: {"member.level": "x" * 1_000},
        lambda _: [("member.level", "gold")],
    ],
)
async def test_without_a_checked_answer_the_fact_is_not_known(
    facts: Proposals, shop: Shop, answer: Any
) -> None:
    facts.say(facts=answer)
    await fill(shop)
    assert await total(shop) == 168
    prices = await shop.price_cart()(await cart_of(shop))
    (notice,) = prices.quote().not_applied
    assert (notice.promotion, notice.reason.code) == ("gold", "fact_unknown")


async def cart_of(shop: Shop) -> Any:
    async with shop.units()() as unit:
        return await find_cart(unit.carts, OWNER)


async def test_facts_are_asked_only_if_a_promotion_needs_them(flash: Proposals, shop: Shop) -> None:
    rules = use_rules(shop, a_promotion("order", goods_off(amount("1.00"))))
    await stock_up(shop)
    await fill(shop)
    await total(shop)
    assert flash.asked("facts") == []
    rules.promotions = (GOLD,)
    await total(shop)
    assert len(flash.asked("facts")) == 1


async def test_staff_try_a_cart_with_facts(facts: Proposals, shop: Shop) -> None:
    facts.say(facts=lambda _: {"member.level": "none"})
    tried = await shop.try_cart()(TrialCart(goods={SMALL: 1}, facts={"member.level": "gold"}), "en")
    assert tried.sums.total == yuan(138)
    for wrong in ({"member.visits": "many"}, {"unknown": "x"}, {"vip": "perhaps"}):
        with pytest.raises(Invalid):
            await shop.try_cart()(TrialCart(goods={SMALL: 1}, facts=wrong), "en")
