"""A shop with two members, for privacy requests."""

from dataclasses import replace

import pytest
from dependency_injector import providers

from core.application.carts.ownership import CartOwner
from entrepot.assembly.shop import Shop
from tests.bank import Bank
from tests.factories import stock_up
from tests.people import ALIKE, MARKED, a_life, bought
from tests.privacy.lives import MovableClock


@pytest.fixture
async def lives(shop: Shop, bank: Bank) -> Shop:
    """Two members with similar data; the first one has also ordered as a guest."""
    shop.now.override(providers.Object(MovableClock()))
    await stock_up(shop)
    await a_life(shop, bank, done=True)
    guest = replace(MARKED.delivery, contact=MARKED.marks["login"])
    await bought(shop, bank, CartOwner(token="guest"), MARKED, guest)
    await a_life(shop, bank, ALIKE, done=True)
    return shop
