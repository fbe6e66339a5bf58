"""Limits of promotions: an order takes claims, and is priced without those that fell short."""

from typing import Any

import pytest

from core.domain.claims import Claim, ClaimKind, GiveBack
from core.domain.errors import Invalid
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.quote import Quote
from core.domain.pricing.request import PricedCustomer
from tests.domain.pricing.shop import (
    Document,
    a_promotion,
    a_request,
    amount,
    goods_off,
    lines_of,
    paid,
    percent,
    priced,
    reasons,
    set_of,
    yuan,
)

ME = PricedCustomer(person="me")


def limited(limit: Document, *benefits: Document) -> Promotion:
    return a_promotion("order", *(benefits or (goods_off(percent("50")),)), limits=[limit])


def quote_with(promotion: Promotion, left: int | None = None, **details: Any) -> Quote:
    """``left`` is what is left of the claims of the promotion."""
    request = a_request(details.pop("goods", "tea 60 x2, mug 40"), customer=ME, **details)
    if left is None:
        return priced(request, promotion)
    claims = priced(request, promotion).claims
    unavailable = {(claim.quota, claim.person): left for claim in claims}
    return priced(a_request("tea 60 x2, mug 40", customer=ME, unavailable=unavailable), promotion)


@pytest.mark.parametrize(
    ("limit", "amount_of_claim", "person"),
    [
        ({"kind": "uses", "most": 10}, 1, ""),
        ({"kind": "uses", "most": 1, "per": "person"}, 1, "me"),
        ({"kind": "spend", "most_amount": {"CNY": "100.00"}}, 8000, ""),
        ({"kind": "units", "most": 3, "per": "phone"}, 3, "139"),
    ],
)
def test_a_quote_lists_the_claims_that_placing_takes(
    limit: dict[str, Any], amount_of_claim: int, person: str
) -> None:
    promotion = limited({**limit, "given_back": "on_full_refund"})
    (claim,) = quote_with(promotion, facts={"phone": "139"}).claims
    per = f":{limit['per']}" if "per" in limit else ""
    assert claim == Claim(
        kind=ClaimKind(limit["kind"]),
        key=f"promotion:offer{per}",
        person=person,
        amount=amount_of_claim,
        limit=None if person else limit.get("most", 10000),
        per_person=limit["most"] if person else None,
        give_back=GiveBack.ON_FULL_REFUND,
    )


def test_a_claim_that_fell_short_is_not_in_the_price_and_the_reason_is_said() -> None:
    in_all = limited({"kind": "uses", "most": 10})
    assert yuan(quote_with(in_all, 1).total) == "80"
    assert reasons(quote_with(in_all, 0)) == {"offer": "This offer is used up."}
    each = limited({"kind": "uses", "most": 10, "per": "person"})
    assert reasons(quote_with(each, 0)) == {
        "offer": "You have used this offer as often as is possible."
    }


def test_a_budget_refuses_or_cuts_what_is_above_it() -> None:
    budget = {"kind": "spend", "most_amount": {"CNY": "100.00"}}
    refused = quote_with(limited(budget), 7999)
    assert (yuan(refused.total), set(reasons(refused))) == ("160", {"offer"})
    cut = quote_with(limited({**budget, "excess": "cut"}), 3000)
    assert paid(cut) == {"tea": "97.50", "mug": "32.50"}
    assert cut.claims[0].amount == 3000


def test_a_limit_of_units_refuses_or_cuts_what_is_above_it() -> None:
    units = {"kind": "units", "most": 2}
    assert yuan(quote_with(limited(units)).total) == "160"
    cut = quote_with(limited({**units, "excess": "cut"}))
    assert (yuan(cut.total), cut.claims[0].amount) == ("110", 2)
    sets = set_of(2, percent("50"), reduced=1)
    once = quote_with(
        limited({"kind": "units", "most": 1, "excess": "cut"}, sets), goods="tea 60 x4"
    )
    assert (yuan(once.total), once.claims[0].amount) == ("210", 1)


def test_a_gift_cannot_be_cut() -> None:
    gift = {"kind": "gift", "sku": "MUG", "quantity": 2}
    budget = {"kind": "spend", "most_amount": {"CNY": "50.00"}, "excess": "cut"}
    additions = {"MUG": lines_of("mug 25")[0]}
    quote = quote_with(limited(budget, gift), additions=additions)
    assert [claim.amount for claim in quote.claims] == [5000]
    small = {**budget, "most_amount": {"CNY": "49.99"}}
    assert len(quote_with(limited(small, gift), additions=additions).lines) == 2


def test_units_of_gifts_and_of_several_benefits_are_refused_above_the_limit() -> None:
    gift = {"kind": "gift", "sku": "MUG", "quantity": 3}
    units = {"kind": "units", "most": 2, "excess": "cut"}
    additions = {"MUG": lines_of("mug 25")[0]}
    assert len(quote_with(limited(units, gift), additions=additions).lines) == 2
    first = goods_off(percent("50"), units={"most": 2})
    further = goods_off(percent("10"), units={"skip": 1})
    assert set(reasons(quote_with(limited(units, first, further)))) == {"offer"}


def test_a_limit_of_each_person_needs_a_person() -> None:
    each = limited({"kind": "uses", "most": 1, "per": "person"})
    quote = priced(a_request("tea 60"), each)
    assert reasons(quote) == {"offer": "Sign in to get this offer."}


def test_the_smallest_of_several_limits_counts() -> None:
    limits = [
        {"kind": "spend", "most_amount": {"CNY": "50.00"}, "excess": "cut"},
        {"kind": "spend", "most_amount": {"CNY": "20.00"}, "excess": "cut", "per": "person"},
    ]
    promotion = a_promotion("order", goods_off(amount("80.00")), limits=limits)
    quote = priced(a_request("tea 160", customer=ME), promotion)
    assert yuan(quote.total) == "140"
    assert [(claim.person, claim.amount) for claim in quote.claims] == [("", 2000), ("me", 2000)]


@pytest.mark.parametrize("limit", [{"kind": "spend", "most": 5}, {"kind": "uses"}])
def test_a_limit_has_a_value_of_its_kind(limit: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as error:
        limited(limit)
    assert error.value.field.startswith("limits[0].most")


def test_a_limit_is_listed_once() -> None:
    """An order would hold both claims on one counter, which has room for one of them."""
    once = {"kind": "uses", "most": 1, "per": "person"}
    with pytest.raises(Invalid, match="count the same"):
        a_promotion("order", goods_off(percent("50")), limits=[once, {**once, "most": 2}])
    both = [once, {"kind": "units", "most": 2, "per": "person"}, {"kind": "uses", "most": 9}]
    assert len(a_promotion("order", goods_off(percent("50")), limits=both).limits) == 3
