"""Validation and arithmetic of money, addresses, texts, stock and contacts."""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contacts.normalisation import normal_contact
from core.domain.carts import Cart
from core.domain.catalogue import product as products
from core.domain.errors import CurrencyMismatch, Invalid, QuantityOutOfRange
from core.domain.identifiers import CartId, CategoryId, LineKey, LocationCode, Sku
from core.domain.money import Money
from core.domain.orders import states as order_states
from core.domain.payments import payment as payments
from core.domain.stock import StockLevel, allocate_units
from core.domain.text import Text
from tests.factories import ADDRESS, NOW, a_product, yuan

amounts = st.integers(-(10**9), 10**9)


@given(amounts, st.lists(st.integers(0, 1_000), min_size=1, max_size=20))
def test_a_split_sums_to_the_whole(minor: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        with pytest.raises(Invalid):
            Money(minor, "CNY").split(weights)
        return
    parts = Money(minor, "CNY").split(weights)
    assert sum(part.minor for part in parts) == minor
    exact = [minor * weight / sum(weights) for weight in weights]
    assert all(abs(part.minor - share) < 1.000001 for part, share in zip(parts, exact, strict=True))


@given(st.integers(-(10**12), 10**12), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_a_formatted_amount_parses_to_the_same_amount(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert Money.parse(str(amount.decimal), currency) == amount


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_invalid(text: str) -> None:
    with suppress(Invalid):
        assert isinstance(Money.parse(text, "CNY").minor, int)


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "1.", "1.999", "1e3", "NaN", "--1", "1 2", "0x1", "1²", "٣"),
        *("1,2,3", "19,9,0", "1,2345", "0,299", ",500", "1299,000.00", "1.299", "1.2.3,00"),
    ],
)
def test_an_invalid_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Money.parse(text, "CNY")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19,90", "CNY", 1990),
        ("1,5", "CNY", 150),
        ("0,99", "CNY", 99),
        ("1.299,00", "CNY", 129900),
        ("1,299.00", "CNY", 129900),
        ("1,299", "CNY", 129900),
        ("1,234,567", "JPY", 1234567),
        ("1.299", "KWD", 1299),
        ("-1,50", "CNY", -150),
        ("．５", "CNY", 50),
        ("１９．９０", "CNY", 1990),
        ("１，２９９．００", "CNY", 129900),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(("text", "currency"), [("1,299", "KWD"), ("19,90", "JPY"), ("1.5", "JPY")])
def test_an_amount_with_two_meanings_or_too_many_decimals_is_refused(
    text: str, currency: str
) -> None:
    with pytest.raises(Invalid):
        Money.parse(text, currency)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        yuan(1) + Money(1, "USD")
    with pytest.raises(Invalid):
        Money(1, "yuan")


MOVES: dict[str, dict[tuple[Any, str], Any]] = {
    "order": order_states.MOVES,
    "payment": payments.MOVES,
    "product": products.MOVES,
}


def test_every_state_of_a_table_can_be_reached() -> None:
    for moves in MOVES.values():
        reached = {state for state, _ in moves} | set(moves.values())
        kind: Any = type(next(iter(reached)))
        assert reached == set(kind)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=6), st.integers(1, 100))
def test_units_are_allocated_completely_or_not_at_all(available: list[int], units: int) -> None:
    levels = tuple(
        StockLevel(sku=Sku("A"), location=LocationCode(str(place)), on_hand=count)
        for place, count in enumerate(available)
    )
    parts = allocate_units(Sku("A"), units, levels)
    assert sum(part.quantity for part in parts) == (units if sum(available) >= units else 0)
    assert all(part.quantity <= available[int(part.location)] for part in parts)


def test_a_merged_cart_has_the_larger_quantity() -> None:
    mine = Cart(id=CartId(uuid4()), token_hash="a", currency="CNY", updated_at=NOW)
    theirs = Cart(id=CartId(uuid4()), token_hash="b", currency="CNY", updated_at=NOW)
    mine.add(Sku("A"), 3, yuan(1), key=LineKey("a"))
    mine.add(Sku("B"), 1, yuan(1), key=LineKey("b"))
    theirs.add(Sku("A"), 2, yuan(2), key=LineKey("c"))
    theirs.add(Sku("C"), 5, yuan(3), key=LineKey("d"))
    theirs.add(Sku("A"), 1, yuan(0), key=LineKey("e"), source="GIFT")
    mine.merge_guest_cart(theirs)
    assert {line.key: line.quantity for line in mine.lines} == {"a": 3, "b": 1, "d": 5, "e": 1}
    assert mine.units_by_sku == {"A": 4, "B": 1, "C": 5}
    assert mine.lines[0].unit_price == yuan(2)


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_a_cart_line_has_1_to_999_units(quantity: int) -> None:
    cart = Cart(id=CartId(uuid4()), token_hash="a", currency="CNY", updated_at=NOW)
    with pytest.raises(QuantityOutOfRange):
        cart.add(Sku("A"), quantity, yuan(1), key=LineKey("a"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "123"),
        ("country", "China"),
        ("region", ""),
        ("postcode", "12345"),
        ("name", "x" * 61),
        ("street", ""),
    ],
)
def test_an_invalid_address_is_refused(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        replace(ADDRESS, **{field: value})
    assert refused.value.field == field


def test_a_foreign_address_needs_no_region() -> None:
    abroad = replace(ADDRESS, country="FR", region="", district="", city="Paris", postcode="75001")
    assert abroad.one_line.endswith("FR")


def test_a_product_without_a_variant_cannot_be_published() -> None:
    product = a_product(CategoryId(uuid4()))
    product.set_variants((), ())
    with pytest.raises(Invalid):
        product.move("publish", NOW)


def test_variants_have_one_value_per_option_and_are_unique() -> None:
    product = a_product(CategoryId(uuid4()), "pot", "A", "B")
    duplicates = tuple(replace(each, options={"size": "A"}) for each in product.variants)
    product.set_variants(product.options, duplicates)
    with pytest.raises(Invalid):
        product.record_change(NOW)


def test_a_text_falls_back_to_another_language() -> None:
    assert Text({"en": "Pot"}).in_language("zh") == "Pot"
    assert not Text({"en": " "})
    with pytest.raises(Invalid):
        Text({"fr": "théière"})


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" Mei.Li+x@Example.COM", "mei.li+x@example.com"),
        ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s"),
        ("138-0013-8000", "+8613800138000"),
        ("+44 20 7946 0958", "+442079460958"),
        ("ａｎｎａ＠example．com", "anna@example.com"),
        ("Ａ@faß.de", "a@xn--fa-hia.de"),
        ("a@fass.de", "a@fass.de"),
        ("e\u0301@example.com", "é@example.com"),
        ("\u202a13800138000\u202c", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
    ],
)
def test_contacts_have_one_normal_form(text: str, normal: str) -> None:
    assert normal_contact(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        *("", "mei", "12", "+", "b@", "@example.com", "a b@example.com", "a@example", "a@@b.co"),
        *("an\u200bna@example.com", "an\u00adna@example.com", "a@exam\u200dple.com"),
        *("13800138000 ext 5", "a@b.co, c@d.co", "a\n@b.co", f"{'a' * 65}@b.co"),
    ],
)
def test_an_invalid_contact_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        normal_contact(text)
