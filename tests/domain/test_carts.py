"""Lines of a cart."""

from uuid import uuid4

import pytest

from core.domain.carts import MAX_LINES, MAX_UNITS, Cart
from core.domain.errors import Invalid, NotFound, QuantityOutOfRange
from core.domain.identifiers import CartId, LineKey, Sku
from tests.factories import DELIVERY, NOW, yuan

CUP, POT = Sku("CUP"), Sku("POT")
A, B, C = LineKey("a"), LineKey("b"), LineKey("c")


def a_cart() -> Cart:
    return Cart(id=CartId(uuid4()), token_hash="x", currency="CNY", updated_at=NOW)


def quantities(cart: Cart) -> dict[LineKey, int]:
    return {line.key: line.quantity for line in cart.lines}


def test_adding_a_sku_again_keeps_one_line_with_the_new_price() -> None:
    cart = a_cart()
    cart.add(CUP, 1, yuan(10), key=A)
    cart.add(POT, 1, yuan(99), key=B)
    cart.add(CUP, 2, yuan(11), key=C)
    assert quantities(cart) == {A: 3, B: 1}
    assert cart.lines[0].unit_price == yuan(11)


def test_a_gift_of_a_sku_that_the_buyer_chose_has_a_line_of_its_own() -> None:
    cart = a_cart()
    cart.add(CUP, 2, yuan(10), key=A)
    cart.add(CUP, 1, yuan(0), key=B, source="GIFT")
    cart.add(CUP, 1, yuan(0), key=C, source="GIFT")
    assert quantities(cart) == {A: 2, B: 2}
    assert cart.units_by_sku == {CUP: 4}
    cart.set_quantity(A, 1, yuan(10))
    assert quantities(cart) == {A: 1, B: 2}
    cart.remove(B)
    assert quantities(cart) == {A: 1}


def test_a_quantity_of_zero_removes_the_line() -> None:
    cart = a_cart()
    cart.add(CUP, 1, yuan(10), key=A)
    cart.set_quantity(A, 5, yuan(10))
    assert quantities(cart) == {A: 5}
    cart.set_quantity(A, 0, yuan(10))
    assert cart.lines == ()
    with pytest.raises(NotFound):
        cart.set_quantity(A, 1, yuan(10))


def test_a_line_that_was_removed_comes_back_with_another_key() -> None:
    cart = a_cart()
    cart.add(CUP, 1, yuan(10), key=A)
    cart.remove(A)
    cart.add(CUP, 1, yuan(10), key=B)
    assert quantities(cart) == {B: 1}


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_below_one_cannot_be_added(quantity: int) -> None:
    with pytest.raises(QuantityOutOfRange):
        a_cart().add(CUP, quantity, yuan(10), key=A)


def test_a_full_cart_accepts_more_units_of_its_own_skus() -> None:
    cart = a_cart()
    for number in range(MAX_LINES):
        cart.add(Sku(f"SKU-{number}"), 1, yuan(1), key=LineKey(str(number)))
    with pytest.raises(Invalid, match="at most"):
        cart.add(CUP, 1, yuan(10), key=A)
    cart.add(Sku("SKU-7"), 1, yuan(1), key=A)
    assert len(cart.lines) == MAX_LINES


def test_a_cleared_cart_keeps_its_delivery() -> None:
    cart = a_cart()
    cart.add(CUP, 1, yuan(10), key=A)
    cart.deliver_to(DELIVERY)
    cart.clear()
    assert (cart.lines, cart.delivery) == ((), DELIVERY)


def test_a_cart_has_a_number_of_units_that_can_be_priced() -> None:
    cart = a_cart()
    for number in range(10):
        cart.add(Sku(f"SKU-{number}"), 999, yuan(1), key=LineKey(str(number)))
    cart.add(CUP, 10, yuan(1), key=A)
    assert sum(quantities(cart).values()) == MAX_UNITS
    with pytest.raises(Invalid, match="10000 items"):
        cart.add(POT, 1, yuan(1), key=B)
    with pytest.raises(Invalid, match="10000 items"):
        cart.set_quantity(A, 11, yuan(1))
    cart.set_quantity(A, 9, yuan(1))
    cart.add(POT, 1, yuan(1), key=B)
