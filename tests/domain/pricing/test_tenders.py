"""Refunds go back to the tenders of an order, and no tender gets more than it paid."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import RefundTooLarge
from core.domain.pricing.refunds.tenders import Tender, TenderKind, TenderOrder, refund_to

GATEWAY, STORED = TenderKind
PROPORTIONAL, GATEWAY_FIRST, STORED_FIRST = TenderOrder


def a_tender(key: str, paid: int, kind: TenderKind = GATEWAY, refunded: int = 0) -> Tender:
    return Tender(key=key, kind=kind, paid=paid, refunded=refunded)


PAID = [
    a_tender("card", 7_000),
    a_tender("gift", 2_000, STORED),
    a_tender("balance", 1_000, STORED),
]


@pytest.mark.parametrize(
    ("order", "amount", "parts"),
    [
        (PROPORTIONAL, 5_000, {"card": 3_500, "gift": 1_000, "balance": 500}),
        (GATEWAY_FIRST, 5_000, {"card": 5_000, "gift": 0, "balance": 0}),
        (GATEWAY_FIRST, 8_500, {"card": 7_000, "gift": 1_000, "balance": 500}),
        (STORED_FIRST, 1_500, {"card": 0, "gift": 1_000, "balance": 500}),
        (STORED_FIRST, 5_000, {"card": 2_000, "gift": 2_000, "balance": 1_000}),
    ],
)
def test_the_order_of_tenders_is_a_setting(
    order: TenderOrder, amount: int, parts: dict[str, int]
) -> None:
    assert refund_to(PAID, amount, order) == parts


def test_a_tender_that_got_less_before_gets_more_now() -> None:
    first = [a_tender("a", 50), a_tender("b", 50)]
    assert refund_to(first, 1) == {"a": 1, "b": 0}
    second = [a_tender("a", 50, refunded=1), a_tender("b", 50)]
    assert refund_to(second, 1) == {"a": 0, "b": 1}


def test_more_than_is_left_is_refused() -> None:
    with pytest.raises(RefundTooLarge) as refused:
        refund_to([a_tender("card", 700, refunded=600), a_tender("gift", 50, STORED)], 151)
    assert refused.value.left == 150


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from(TenderKind)), min_size=1, max_size=4),
    st.sampled_from(TenderOrder),
    st.data(),
)
def test_several_refunds_sum_to_what_each_tender_paid(
    drawn: list[tuple[int, TenderKind]], order: TenderOrder, data: st.DataObject
) -> None:
    tenders = [a_tender(str(number), *each) for number, each in enumerate(drawn)]
    paid = sum(tender.paid for tender in tenders)
    cuts = data.draw(st.lists(st.integers(0, paid), max_size=12))
    total = 0
    for end in [*sorted(cuts), paid]:
        amount = end - total
        parts = refund_to(tenders, amount, order)
        assert sum(parts.values()) == amount
        assert min(parts.values()) >= 0
        total = end
        tenders = [
            a_tender(each.key, each.paid, each.kind, each.refunded + parts[each.key])
            for each in tenders
        ]
        assert all(tender.left >= 0 for tender in tenders)
        if order is PROPORTIONAL and paid:
            shares = [Fraction(tender.paid * total, paid) for tender in tenders]
            errors = [
                abs(tender.refunded - share) for tender, share in zip(tenders, shares, strict=True)
            ]
            assert max(errors) < 1
    assert all(tender.left == 0 for tender in tenders)
