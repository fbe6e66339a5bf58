"""Lines of a cart."""

from uuid import uuid4

import pytest

from core.domain.carts import MAX_LINES, Cart
from core.domain.errors import Invalid, NotFound, QuantityOutOfRange
from core.domain.identifiers import CartId, Sku
from tests.factories import DELIVERY, NOW, yuan

CUP, POT = Sku("CUP"), Sku("POT")


def a_cart() -> Cart:
    return Cart(id=CartId(uuid4()), token_hash="x", currency="CNY", updated_at=NOW)


def test_adding_a_sku_again_keeps_one_line_with_the_new_price() -> None:
    cart = a_cart()
    cart.add(CUP, 1, yuan(10))
    cart.add(POT, 1, yuan(99))
    cart.add(CUP, 2, yuan(11))
    assert cart.quantities == {CUP: 3, POT: 1}
    assert cart.lines[0].unit_price == yuan(11)


def test_a_quantity_of_zero_removes_the_line() -> None:
    cart = a_cart()
    cart.add(CUP, 1, yuan(10))
    cart.set_quantity(CUP, 5, yuan(10))
    assert cart.quantities == {CUP: 5}
    cart.set_quantity(CUP, 0, yuan(10))
    assert cart.lines == ()
    with pytest.raises(NotFound):
        cart.set_quantity(CUP, 1, yuan(10))


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_below_one_cannot_be_added(quantity: int) -> None:
    with pytest.raises(QuantityOutOfRange):
        a_cart().add(CUP, quantity, yuan(10))


def test_a_full_cart_accepts_more_units_of_its_own_skus() -> None:
    cart = a_cart()
    for number in range(MAX_LINES):
        cart.add(Sku(f"SKU-{number}"), 1, yuan(1))
    with pytest.raises(Invalid, match="at most"):
        cart.add(CUP, 1, yuan(10))
    cart.add(Sku("SKU-7"), 1, yuan(1))
    assert len(cart.lines) == MAX_LINES


def test_a_cleared_cart_keeps_its_delivery() -> None:
    cart = a_cart()
    cart.add(CUP, 1, yuan(10))
    cart.deliver_to(DELIVERY)
    cart.clear()
    assert (cart.lines, cart.delivery) == ((), DELIVERY)
