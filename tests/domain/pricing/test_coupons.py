"""Coupons: codes, and a different answer for each reason why one does not count."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Invalid
from core.domain.pricing.coupons.codes import (
    ALPHABET,
    LENGTH,
    code_from,
    grouped,
    is_well_formed,
    normalised,
)
from core.domain.pricing.coupons.coupon import Coupon, CouponKind
from core.domain.pricing.quote import CouponState, Quote
from core.domain.pricing.request import PricedCustomer
from tests.domain.pricing.shop import (
    NOW,
    a_promotion,
    a_request,
    amount,
    at_least,
    goods_off,
    having,
    percent,
    priced,
    yuan,
)

OFFER = a_promotion(
    "coupon", goods_off(amount("20.00")), by_coupon=True, condition=at_least("100.00")
)
ME = PricedCustomer(person="me")
HOUR = timedelta(hours=1)


def with_coupon(goods: str = "tea 120", request: Any = None, **coupon: Any) -> Quote:
    details = {"customer": ME, "coupons": ("SAVE20",), **(request or {})}
    save20 = Coupon(**{"key": "save20", "promotion": "offer", **coupon})
    return priced(a_request(goods, **details), OFFER, coupons={"SAVE20": save20})


@pytest.mark.parametrize(
    ("coupon", "goods", "state", "reason"),
    [
        ({}, "tea 120", CouponState.APPLIED, None),
        ({}, "tea 80", CouponState.CONDITIONS_MISSING, "amount_missing"),
        ({"promotion": "withdrawn"}, "tea 120", CouponState.UNKNOWN, "unknown_coupon"),
        ({"starts_at": NOW + HOUR}, "tea 120", CouponState.NOT_STARTED, "coupon_not_started"),
        ({"ends_at": NOW}, "tea 120", CouponState.EXPIRED, "coupon_expired"),
        ({"used": 1}, "tea 120", CouponState.USED_UP, "coupon_used_up"),
        (
            {"used": 1, "used_by_person": 1},
            "tea 120",
            CouponState.USED_BY_YOU,
            "coupon_used_by_you",
        ),
        (
            {"most_uses": 0, "most_uses_each": 2, "used": 9, "used_by_person": 2},
            *("tea 120", CouponState.USED_BY_YOU, "coupon_used_by_you"),
        ),
        (
            {"kind": CouponKind.PERSONAL, "person": "another"},
            *("tea 120", CouponState.UNKNOWN, "unknown_coupon"),
        ),
        ({"kind": CouponKind.CLAIMED, "person": "me"}, "tea 120", CouponState.APPLIED, None),
        ({}, "card 120", CouponState.NOT_FOR_THESE_GOODS, "not_for_these_goods"),
    ],
)
def test_each_coupon_has_its_answer(
    coupon: dict[str, Any], goods: str, state: CouponState, reason: str | None
) -> None:
    (answer,) = with_coupon(goods, **coupon).coupons
    assert (answer.state, answer.reason and answer.reason.code) == (state, reason)


def test_a_code_that_does_not_exist_is_answered_as_it_was_typed() -> None:
    (answer,) = with_coupon(request={"coupons": (" save-30 ",)}).coupons
    assert (answer.code, answer.state) == (" save-30 ", CouponState.UNKNOWN)


def test_a_coupon_that_is_closed_names_the_promotion() -> None:
    alone = a_promotion("coupon", goods_off(percent("50")), code="half", exclusive="lane")
    request = a_request("tea 120", coupons=("SAVE20",))
    save20 = Coupon(key="k", promotion="offer")
    quote = priced(request, OFFER, alone, coupons={"SAVE20": save20})
    (answer,) = quote.coupons
    assert answer.state is CouponState.CLOSED
    assert answer.reason is not None
    assert answer.reason.values == {"other": alone.label}


def test_what_is_missing_for_a_good_coupon_is_said() -> None:
    (answer,) = with_coupon("tea 80").coupons
    assert answer.reason is not None
    assert str(answer.reason.values["missing"]) == "20.00 CNY"


def test_two_codes_of_one_promotion_are_used_once_and_one_code_typed_twice_counts_once() -> None:
    coupons = {code: Coupon(key=code, promotion="offer") for code in ("ONE", "TWO")}
    request = a_request("tea 120", coupons=("one", "TWO", "O-N-E"))
    quote = priced(request, OFFER, coupons=coupons)
    assert [answer.state for answer in quote.coupons] == [CouponState.APPLIED, CouponState.CLOSED]
    assert [claim.key for claim in quote.claims] == ["ONE"]


def test_a_use_that_another_order_took_makes_the_price_without_the_coupon() -> None:
    quote = with_coupon(most_uses_each=1)
    (claim,) = quote.claims
    assert (claim.quota, claim.person) == ("coupon:save20", "me")
    assert (claim.limit, claim.per_person) == (1, 1)
    for person, state in (("", CouponState.USED_UP), ("me", CouponState.USED_BY_YOU)):
        again = with_coupon(
            most_uses_each=1, request={"unavailable": {("coupon:save20", person): 0}}
        )
        assert (yuan(again.total), again.coupons[0].state) == ("120", state)
        assert again.claims == ()


def test_a_coupon_with_uses_of_each_person_needs_a_person() -> None:
    (answer,) = with_coupon(most_uses_each=1, request={"customer": PricedCustomer()}).coupons
    assert answer.reason is not None
    assert answer.reason.code == "sign_in"


def test_a_condition_can_ask_for_a_coupon_of_a_batch() -> None:
    batch = {"kind": "coupon", "batches": ["autumn"]}
    off = a_promotion("order", goods_off(percent("10")), code="ten", condition=batch)
    coupons = {"SAVE20": Coupon(key="k", promotion="offer", batch="autumn")}
    request = a_request("tea 100", coupons=("SAVE20",))
    assert yuan(priced(request, off, coupons=coupons).total) == "90"
    assert yuan(priced(a_request("tea 100"), off, coupons=coupons).total) == "100"


def test_a_coupon_for_one_product_is_not_for_other_goods() -> None:
    tea = a_promotion(
        "coupon", goods_off(percent("100"), goods=having("sku", "TEA")), by_coupon=True
    )
    request = a_request("mug 25", coupons=("TEA",))
    (answer,) = priced(request, tea, coupons={"TEA": Coupon(key="k", promotion="offer")}).coupons
    assert answer.state is CouponState.NOT_FOR_THESE_GOODS


def test_a_personal_coupon_has_an_owner() -> None:
    with pytest.raises(Invalid, match="owns"):
        Coupon(key="k", promotion="offer", kind=CouponKind.PERSONAL)


CODES = st.binary(min_size=16, max_size=24).map(code_from)


@given(CODES)
def test_a_code_is_found_however_it_is_typed(code: str) -> None:
    full_width = "".join(chr(ord(each) + 0xFEE0) for each in code)
    for typed in (code.lower(), full_width, f" {grouped(code)} ", "—".join(code), f"{code}\u200b"):
        assert normalised(typed) == code
        assert is_well_formed(typed)


@given(CODES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(code: str, place: int, other: str) -> None:
    typed = code[:place] + other + code[place + 1 :]
    assert is_well_formed(typed) is (typed == code)


@given(CODES, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_characters_that_changed_places_are_found(code: str, one: int, other: int) -> None:
    characters = list(code)
    characters[one], characters[other] = characters[other], characters[one]
    assert is_well_formed("".join(characters)) is ("".join(characters) == code)


@pytest.mark.parametrize("text", ["", "SAVE20", "O" * 12, "AAAA-AAAA-AAA", "2" * 13])
def test_other_texts_are_not_well_formed_codes(text: str) -> None:
    assert not is_well_formed(text)


def test_codes_do_not_repeat_and_use_all_characters_equally() -> None:
    random = Random(1)  # noqa: S311 -- the same codes in each run
    codes = {code_from(random.randbytes(16)) for _ in range(5000)}
    assert len(codes) == 5000
    for place in (0, 5, 10, 11):
        counts = Counter(code[place] for code in codes)
        assert set(counts) == set(ALPHABET)
        assert max(counts.values()) < 2 * min(counts.values())


def test_few_random_bytes_are_refused() -> None:
    with pytest.raises(Invalid, match="16 random bytes"):
        code_from(b"short")
