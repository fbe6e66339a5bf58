"""Stored coupons in cart, checkout and order: an answer for each code, and grants at the end."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from dependency_injector import providers
from sqlalchemy import event

from core.application.carts.ownership import CartOwner, find_cart
from core.application.ledger.transfers import TransferInput
from core.domain.claims import person_of
from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import POINTS, LedgerAccountKind, Owner, OwnerKind
from core.domain.ledger.transfers import payment
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.quote import CouponState
from entrepot.assembly.shop import Shop
from tests.accounts import a_member
from tests.application.test_coupons import a_batch
from tests.application.test_returns import GOODWILL
from tests.bank import PARCEL, SMALL, Bank, checkout, pay
from tests.coupons import save_opened
from tests.domain.pricing.shop import a_promotion, at_least, goods_off, percent
from tests.factories import DELIVERY, stock_up
from tests.invariants import violations
from tests.pricing import ShopRules

pytestmark = pytest.mark.anyio

OFFER = a_promotion("coupon", goods_off(percent("10")), by_coupon=True, condition=at_least("100"))
BACK = a_promotion(
    "order",
    {"kind": "points", "points": 20},
    {"kind": "coupon", "batch": "back", "quantity": 2},
    code="back",
)
DAY = timedelta(days=1)


@pytest.fixture
async def members(shop: Shop) -> tuple[CustomerId, CustomerId]:
    """Two members of a shop with an offer by coupon, and one that gives back."""
    await shop.vault().prepare()
    for code in ("offer", "withdrawn"):
        await save_opened(shop, code)
    shop.load_rules.override(providers.Object(ShopRules((OFFER, BACK)).load))
    await stock_up(shop)
    first, second = await a_member(shop), await a_member(shop, "an@example.com")
    return CustomerId(first.id), CustomerId(second.id)


async def cart_with(shop: Shop, customer_id: CustomerId, *codes: str) -> CartOwner:
    owner = CartOwner(token="", customer_id=customer_id)
    await shop.add_to_cart()(owner, SMALL, 1)
    await shop.set_delivery()(owner, DELIVERY)
    for code in codes:
        await shop.add_coupon()(owner, code)
    return owner


async def answer(shop: Shop, customer_id: CustomerId, code: str) -> CouponState:
    """The answer to a code that is not on the cart yet."""
    cart = await find_cart(shop.cart_queries(), await cart_with(shop, customer_id))
    assert cart is not None
    cart.add_coupon(code)
    (coupon,) = (await shop.price_cart()(cart)).quote().coupons
    return coupon.state


async def buy(shop: Shop, customer_id: CustomerId, *codes: str) -> Order:
    owner = await cart_with(shop, customer_id, *codes)
    form = await checkout(shop, owner, shop.new_token()())
    placed = await shop.place_order()(owner, form)
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


@pytest.mark.parametrize(
    ("details", "state"),
    [
        ({}, CouponState.APPLIED),
        ({"promotion": "withdrawn"}, CouponState.UNKNOWN),
        ({"starts_at": DAY}, CouponState.NOT_STARTED),
        ({"ends_at": -DAY}, CouponState.EXPIRED),
    ],
)
async def test_a_code_is_answered_however_it_is_typed(
    shop: Shop,
    members: tuple[CustomerId, CustomerId],
    details: dict[str, Any],
    state: CouponState,
) -> None:
    now = shop.now()()
    moments = {name: now + each for name, each in details.items() if isinstance(each, timedelta)}
    await shop.create_coupon_batch()(a_batch(**{**details, **moments}), ["DOUBLE11"])
    for typed in ("DOUBLE11", " double-11 ", "ＤＯＵＢＬＥ　１１"):
        assert await answer(shop, members[0], typed) is state


async def test_a_revoked_coupon_and_that_of_another_member_are_unknown(
    shop: Shop, members: tuple[CustomerId, CustomerId]
) -> None:
    me, other = members
    await shop.create_coupon_batch()(a_batch("personal", kind=CouponKind.PERSONAL))
    code = await shop.issue_coupon()("personal", me)
    assert await answer(shop, other, code) is CouponState.UNKNOWN
    assert await answer(shop, me, code) is CouponState.APPLIED
    await shop.revoke_coupon()(code)
    assert await answer(shop, me, code) is CouponState.UNKNOWN


async def test_uses_are_counted_for_all_and_for_each_person(
    shop: Shop, members: tuple[CustomerId, CustomerId]
) -> None:
    me, other = members
    await shop.create_coupon_batch()(a_batch(most_uses=2, most_uses_each=1), ["DOUBLE11"])
    first = await buy(shop, me, "DOUBLE11")
    assert first.total < first.lines[0].unit_price + first.shipping.price
    assert await answer(shop, me, "DOUBLE11") is CouponState.USED_BY_YOU
    await buy(shop, other, "DOUBLE11")
    third = CustomerId((await a_member(shop, "li@example.com")).id)
    assert await answer(shop, third, "DOUBLE11") is CouponState.USED_UP
    await shop.cancel_order()(first.id, "customer")
    assert await answer(shop, me, "DOUBLE11") is CouponState.APPLIED
    uses, _ = await shop.coupon_queries().uses("double-11", 10, "")
    assert {each.customer_id: each.state for each in uses} == {me: "released", other: "held"}
    assert await violations(shop.database()) == []


async def test_a_coupon_of_a_member_is_used_once(
    shop: Shop, members: tuple[CustomerId, CustomerId]
) -> None:
    me, _ = members
    await shop.create_coupon_batch()(a_batch("taken", kind=CouponKind.CLAIMED))
    code = await shop.claim_coupon()("taken", me)
    await buy(shop, me, code)
    assert await answer(shop, me, code) is CouponState.USED_BY_YOU
    ((mine,), _) = await shop.my_coupons()(me, "zh", 10, "")
    assert mine.state == "used"


async def test_a_coupon_of_a_member_may_limit_the_uses_of_the_person_alone(
    shop: Shop, members: tuple[CustomerId, CustomerId]
) -> None:
    me, _ = members
    batch = a_batch("taken", kind=CouponKind.CLAIMED, most_uses=0, most_uses_each=2)
    await shop.create_coupon_batch()(batch)
    code = await shop.claim_coupon()("taken", me)
    await buy(shop, me, code)
    assert await answer(shop, me, code) is CouponState.APPLIED
    await buy(shop, me, code)
    assert await answer(shop, me, code) is CouponState.USED_BY_YOU
    ((mine,), _) = await shop.my_coupons()(me, "zh", 10, "")
    assert mine.state == "used"


async def test_a_delivered_order_gives_points_and_coupons(
    shop: Shop, bank: Bank, members: tuple[CustomerId, CustomerId]
) -> None:
    me, _ = members
    await shop.create_coupon_batch()(a_batch("back", kind=CouponKind.PERSONAL, valid_days=30))
    order = await buy(shop, me)
    await pay(shop, bank, order.id)
    await shop.ship_order()(order.id, PARCEL, "staff")
    await shop.relay_events().drain()
    assert await shop.my_coupons()(me, "zh", 10, "") == ((), "")
    await shop.deliver_order()(order.id, "carrier")
    await shop.relay_events().drain()
    given, _ = await shop.my_coupons()(me, "zh", 10, "")
    assert [(each.batch, each.state) for each in given] == [("back", "valid")] * 2
    async with shop.units()() as unit:
        accounts = await unit.ledger_accounts.of(Owner(OwnerKind.MEMBER, me))
    assert [each.posted for each in accounts] == [20]
    assert await answer(shop, me, given[0].code) is CouponState.APPLIED


async def delivered(shop: Shop, bank: Bank, customer_id: CustomerId) -> Order:
    """An order that has given 20 points and two coupons."""
    await shop.create_coupon_batch()(a_batch("back", kind=CouponKind.PERSONAL))
    order = await buy(shop, customer_id)
    await pay(shop, bank, order.id)
    await shop.ship_order()(order.id, PARCEL, "staff")
    await shop.deliver_order()(order.id, "carrier")
    await shop.relay_events().drain()
    return order


async def left_of(shop: Shop, customer_id: CustomerId) -> tuple[int, list[str]]:
    """The points of a member, and the states of the coupons."""
    coupons, _ = await shop.my_coupons()(customer_id, "zh", 10, "")
    async with shop.units()() as unit:
        accounts = await unit.ledger_accounts.of(Owner(OwnerKind.MEMBER, customer_id))
    return sum(each.posted for each in accounts), sorted(each.state for each in coupons)


async def test_a_full_refund_takes_back_what_the_order_gave(
    shop: Shop, bank: Bank, members: tuple[CustomerId, CustomerId]
) -> None:
    me, _ = members
    order = await delivered(shop, bank, me)
    given, _ = await shop.my_coupons()(me, "zh", 10, "")
    await buy(shop, me, given[0].code)
    await shop.request_refund()(order.id, replace(GOODWILL, amount=Money(100, "CNY")))
    await shop.relay_events().drain()
    assert await left_of(shop, me) == (20, ["used", "valid"])
    rest = replace(GOODWILL, amount=order.total - Money(100, "CNY"))
    await shop.request_refund()(order.id, rest)
    await shop.relay_events().drain()
    assert await left_of(shop, me) == (0, ["revoked", "used"])
    await asyncio.gather(*(shop.take_back_grants().take_back(order) for _ in range(4)))
    assert await left_of(shop, me) == (0, ["revoked", "used"])
    assert await violations(shop.database()) == []


async def test_points_that_were_spent_are_owed_after_a_full_refund(
    shop: Shop, bank: Bank, members: tuple[CustomerId, CustomerId]
) -> None:
    me, _ = members
    order = await delivered(shop, bank, me)
    open_account = shop.open_ledger_account()
    own = await open_account(Owner(OwnerKind.MEMBER, me), LedgerAccountKind.POINTS, POINTS)
    issued = await open_account.of_shop(LedgerAccountKind.ISSUED, POINTS)
    spent = TransferInput(key="spent", reason="order", lines=payment(own, issued, 15))
    await shop.make_transfer()(spent)
    await shop.request_refund()(order.id, replace(GOODWILL, amount=order.total))
    await shop.relay_events().drain()
    assert await left_of(shop, me) == (-15, ["revoked", "revoked"])


async def test_a_delivery_after_the_refund_gives_nothing(
    shop: Shop, bank: Bank, members: tuple[CustomerId, CustomerId]
) -> None:
    me, _ = members
    await shop.create_coupon_batch()(a_batch("back", kind=CouponKind.PERSONAL))
    order = await buy(shop, me)
    await pay(shop, bank, order.id)
    await shop.ship_order()(order.id, PARCEL, "staff")
    await shop.request_refund()(order.id, replace(GOODWILL, amount=order.total))
    await shop.relay_events().drain()
    await shop.deliver_order()(order.id, "carrier")
    await shop.relay_events().drain()
    assert await left_of(shop, me) == (0, ["revoked", "revoked"])


async def test_a_cancelled_order_gives_and_takes_nothing(
    shop: Shop, bank: Bank, members: tuple[CustomerId, CustomerId]
) -> None:
    me, _ = members
    order = await buy(shop, me)
    await pay(shop, bank, order.id)
    await shop.cancel_order()(order.id, "customer")
    await shop.relay_events().drain()
    assert await left_of(shop, me) == (0, [])


async def test_the_coupons_of_a_cart_are_found_by_one_statement(
    shop: Shop, members: tuple[CustomerId, CustomerId]
) -> None:
    words = [f"WORD{number}" for number in range(10)]
    await shop.create_coupon_batch()(a_batch(), words)
    seen: list[str] = []
    event.listen(
        shop.database().reads.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: seen.append(statement),
    )
    found = await shop.find_coupons()(words, person_of(members[0], ""))
    assert (len(found), len(seen)) == (10, 1)
