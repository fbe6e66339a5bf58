"""Amounts of order lines, and refunds of their units."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.application.payments.refund_prices import price_of
from core.domain.errors import Invalid
from core.domain.identifiers import LineKey, ProductId, Sku
from core.domain.money import Money
from core.domain.orders.lines import OrderLine, Shipping
from core.domain.orders.order import Order
from core.domain.pricing.adjustments import Adjustment, Lane, TaxAmount
from core.domain.pricing.paid_units import PaidUnits
from tests.factories import an_order, text

AMOUNTS = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=12)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def discount(minor: int) -> Adjustment:
    return Adjustment(source="SALE", lane=Lane.ORDER, label=text("Sale"), amount=cny(-minor))


def tax(minor: int, *, included: bool) -> TaxAmount:
    return TaxAmount(
        code="vat",
        label=text("VAT"),
        rate="0.13",
        base=cny(1_000),
        amount=cny(minor),
        included=included,
    )


def a_line(amounts: list[int], key: str = "1", **changes: Any) -> OrderLine:
    """A line whose units cost 1 000 000 each before a discount."""
    values: dict[str, Any] = {
        "key": LineKey(key),
        "sku": Sku("CUP"),
        "product_id": ProductId(UUID(int=1)),
        "title": text("Cup"),
        "options": text(""),
        "quantity": len(amounts),
        "unit_price": cny(1_000_000),
        "paid_units": PaidUnits.of(amounts),
        "adjustments": (discount(1_000_000 * len(amounts) - sum(amounts)),),
    }
    return OrderLine(**{**values, **changes})


def an_order_of(lines: list[list[int]]) -> Order:
    order = an_order()
    order.lines = tuple(a_line(each, str(number)) for number, each in enumerate(lines, start=1))
    return order


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.data())
def test_refunds_of_any_units_in_any_order_sum_to_what_was_paid(
    lines: list[list[int]], data: st.DataObject
) -> None:
    order = an_order_of(lines)
    refunded: dict[LineKey, int] = {}
    total = cny(0)
    while True:
        left = {
            line.key: line.quantity - refunded.get(line.key, 0)
            for line in order.lines
            if line.quantity > refunded.get(line.key, 0)
        }
        if not left:
            break
        keys = data.draw(st.sets(st.sampled_from(sorted(left)), min_size=1))
        units = {key: data.draw(st.integers(1, left[key])) for key in sorted(keys)}
        total += price_of(order, units, refunded)
        refunded |= {key: refunded.get(key, 0) + count for key, count in units.items()}
    assert total == order.goods_total == cny(sum(map(sum, lines)))


@given(AMOUNTS, st.data())
def test_units_of_an_exchange_are_refunded_at_what_the_original_ones_were_paid_with(
    amounts: list[int], data: st.DataObject
) -> None:
    paid = PaidUnits.of(amounts)
    skip = data.draw(st.integers(0, len(amounts) - 1))
    count = data.draw(st.integers(1, len(amounts) - skip))
    exchanged = a_line(
        [0] * count,
        unit_price=cny(0),
        adjustments=(),
        exchanged_units=paid.part(skip=skip, count=count),
    )
    assert exchanged.total == cny(0)
    assert exchanged.refundable_units.total == sum(amounts[skip : skip + count])


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 3},
        {"adjustments": ()},
        {"taxes": (tax(1, included=False),)},
        {"exchanged_units": PaidUnits.of([1])},
    ],
)
def test_a_line_whose_amounts_do_not_add_up_is_refused(changes: dict[str, Any]) -> None:
    assert a_line([500, 501]).total == cny(1_001)
    with pytest.raises(Invalid):
        a_line([500, 501], **changes)


def test_a_tax_adds_to_the_price_unless_the_price_includes_it() -> None:
    taxes = (tax(10, included=False), tax(99, included=True))
    line = a_line([1_000_010], adjustments=(), taxes=taxes)
    assert line.total == cny(1_000_010)
    shipping = Shipping(
        code="flat",
        name=text("Flat"),
        price=cny(800),
        adjustments=(discount(300),),
        taxes=taxes,
    )
    assert shipping.paid == cny(510)


def test_two_lines_of_an_order_have_different_keys() -> None:
    order = an_order(A=1, B=1)
    values = {name: getattr(order, name) for name in ("number", "checkout_key", "contact")}
    with pytest.raises(Invalid, match="same key"):
        Order(
            id=order.id,
            address=order.address,
            lines=(order.lines[0], order.lines[0]),
            shipping=order.shipping,
            language="zh",
            placed_at=order.placed_at,
            pay_before=order.pay_before,
            **values,
        )


def test_units_of_lines_with_one_sku_add_up_for_the_stock() -> None:
    order = an_order_of([[5, 5], [0]])
    assert order.by_sku(order.quantities) == {Sku("CUP"): 3}
    assert order.by_sku({LineKey("2"): 1}) == {Sku("CUP"): 1}
