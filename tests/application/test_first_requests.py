"""The second of two concurrent first requests of a visitor works too."""

import asyncio
from dataclasses import replace

import pytest

from core.application.carts.ownership import CartOwner
from core.application.customers.registration import Registration
from core.application.tokens import hash_token
from core.domain.accounts import LOCAL
from core.domain.errors import AlreadyExists
from entrepot.assembly.shop import Shop
from tests.bank import SMALL, fill, line_of
from tests.factories import DELIVERY, stock_up

pytestmark = pytest.mark.anyio

CLICKS = 4
MEMBER = Registration(
    login="mei@example.com",
    password="correct horse",
    name="李梅",
    language="zh",
    old_enough=True,
)


async def test_concurrent_first_additions_make_one_cart(shop: Shop) -> None:
    await stock_up(shop)
    for owner in (
        CartOwner(token="first visit"),
        CartOwner(customer_id=await shop.register_member()(MEMBER)),
    ):
        await asyncio.gather(*(shop.add_to_cart()(owner, SMALL, 1) for _ in range(CLICKS)))
        assert (await shop.show_cart()(owner, "zh")).units == CLICKS


async def test_a_first_log_in_with_a_cart_is_not_refused_by_a_concurrent_cart(shop: Shop) -> None:
    await stock_up(shop)
    member = CartOwner(customer_id=await shop.register_member()(MEMBER))
    guest = await fill(shop, "guest")
    await asyncio.gather(
        shop.log_in()(MEMBER.login, MEMBER.password, guest),
        shop.add_to_cart()(member, SMALL, 1),
    )
    assert (await shop.show_cart()(member, "zh")).units >= 1


async def test_concurrent_saves_of_the_address_of_a_cart_are_not_refused(shop: Shop) -> None:
    await stock_up(shop)
    owner = CartOwner(token="cart")
    await shop.add_to_cart()(owner, SMALL, 1)
    await asyncio.gather(*(shop.set_delivery()(owner, DELIVERY) for _ in range(CLICKS)))
    line = await line_of(shop, owner)
    await asyncio.gather(*(shop.change_quantity()(owner, line, 2) for _ in range(CLICKS)))
    shown = await shop.show_cart()(owner, "zh")
    assert (shown.units, shown.contact) == (2, DELIVERY.contact)


async def test_concurrent_registrations_of_one_person_make_one_account(shop: Shop) -> None:
    await shop.vault().prepare()
    opened = await asyncio.gather(
        *(shop.register_and_log_in()(MEMBER, CartOwner(), LOCAL) for _ in range(CLICKS))
    )
    tokens = [each.token for each in opened if each is not None]
    assert len(set(tokens)) == CLICKS
    found = {
        (await shop.account_queries().principal(hash_token(token), shop.now()()))
        for token in tokens
    }
    assert len({each.account_id for each in found if each is not None}) == 1
    another = replace(MEMBER, password="another horse")
    with pytest.raises(AlreadyExists):
        await shop.register_and_log_in()(another, CartOwner(), LOCAL)
