"""Offers of plugins in the engine: rank, end, quota, and what the buyer reads."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.claims import Claim, ClaimKind
from core.domain.pricing.price_lists import PriceList, PriceRank, PriceStep, UnitOffer
from core.domain.pricing.quote import Quote
from core.domain.pricing.request import PricedCustomer, PriceRequest
from core.domain.text import Text
from tests.domain.pricing.shop import NOW, a_request, priced, reasons

SOURCE = "plugin:flash"
FLASH = UnitOffer(rank=PriceRank.ROUND, minor=3_000, source=SOURCE, label=Text({"en": "Flash"}))
ROUND = Claim(kind=ClaimKind.UNITS, key="plugin:flash:round", amount=1, limit=10)
MEMBER = PricedCustomer(person="account 1")


def with_offers(request: PriceRequest, *offers: UnitOffer) -> PriceRequest:
    return replace(request, lines=tuple(replace(each, offers=offers) for each in request.lines))


def offered(goods: str, *offers: UnitOffer, **details: Any) -> Quote:
    return priced(with_offers(a_request(goods, **details), *offers))


def test_an_offer_is_a_change_of_the_list_price() -> None:
    quote = offered("tea 60 x2", FLASH)
    (line,) = quote.lines
    assert (line.base_price, line.unit_price, line.total) == (6_000, 3_000, 6_000)
    (change,) = line.changes("CNY")
    assert (change.source, change.amount.minor) == (SOURCE, -6_000)
    assert quote.parts == {SOURCE: 6_000}


def test_an_offer_above_the_list_price_is_an_addition() -> None:
    contract = replace(FLASH, minor=7_000, rank=PriceRank.CONTRACT)
    quote = offered("tea 60", FLASH, contract)
    assert quote.total == 7_000
    assert quote.parts == {SOURCE: -1_000}


def test_an_offer_competes_with_price_lists() -> None:
    listed = PriceList(code="plus", ladders={"TEA": (PriceStep(1, 2_000),)})
    request = with_offers(a_request("tea 60"), FLASH)
    assert priced(request, price_lists=(listed,)).total == 3_000
    contract = replace(listed, rank=PriceRank.CONTRACT)
    quote = priced(request, price_lists=(contract,))
    assert (quote.total, quote.parts) == (2_000, {})


def test_an_offer_that_has_ended_does_not_count_and_says_so() -> None:
    quote = offered("tea 60", replace(FLASH, until=NOW))
    assert (quote.total, reasons(quote)) == (6_000, {SOURCE: "This offer has ended."})
    assert offered("tea 60", replace(FLASH, until=NOW + timedelta(seconds=1))).total == 3_000


def test_lines_share_what_is_left_of_a_quota() -> None:
    claiming = replace(FLASH, claim=replace(ROUND, amount=4))
    left = {(ROUND.quota, ""): 7}
    quote = offered("cake 60 x4, tea 60 x4", claiming, unavailable=left)
    assert [line.unit_price for line in quote.lines] == [3_000, 6_000]
    assert [each.amount for each in quote.claims] == [4]
    assert reasons(quote) == {SOURCE: "This offer is used up."}


def test_the_next_offer_counts_where_the_best_one_is_used_up() -> None:
    second = replace(FLASH, minor=4_000, source="plugin:other")
    best = replace(FLASH, claim=ROUND)
    assert offered("tea 60", best, second, unavailable={(ROUND.quota, ""): 0}).total == 4_000


@pytest.mark.parametrize(
    ("customer", "left", "total"),
    [(MEMBER, 1, 3_000), (MEMBER, 0, 6_000), (PricedCustomer(), 0, 3_000)],
)
def test_a_limit_for_each_person_counts_once_the_buyer_is_known(
    customer: PricedCustomer, left: int, total: int
) -> None:
    claim = replace(ROUND, limit=None, per_person=1)
    quote = offered(
        "tea 60",
        replace(FLASH, claim=claim),
        customer=customer,
        unavailable={(ROUND.quota, MEMBER.person): left},
    )
    assert quote.total == total
    persons = [each.person for each in quote.claims]
    assert persons == ([MEMBER.person] if customer is MEMBER and left else [])


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9_000)), min_size=1, max_size=5),
    st.integers(0, 12),
    st.randoms(),
)
def test_a_quota_is_never_exceeded_whatever_the_lines(
    lines: list[tuple[int, int]], left: int, random: Any
) -> None:
    request = a_request(
        ", ".join(f"g{number} 60 x{units}" for number, (units, _) in enumerate(lines))
    )
    with_claims = [
        replace(
            line,
            offers=(replace(FLASH, minor=minor, claim=replace(ROUND, amount=line.quantity)),),
        )
        for line, (_, minor) in zip(request.lines, lines, strict=True)
    ]
    asked = replace(request, lines=tuple(with_claims), unavailable={(ROUND.quota, ""): left})
    quote = priced(asked)
    assert sum(each.amount for each in quote.claims) <= min(left, 10)
    for line in quote.lines:
        changed = sum(each.amount.minor for each in line.changes("CNY"))
        assert line.base_price * line.quantity + changed == line.total
    random.shuffle(with_claims)
    assert priced(replace(asked, lines=tuple(with_claims))).total == quote.total
