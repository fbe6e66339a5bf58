"""Prior prices by the laws and by the examples of courts and authorities."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.pricing.applied.prior_price import (
    DIRECTIVE,
    LAWS,
    AppliedPrice,
    Deal,
    Reduction,
    ReductionLaw,
    chinese_reduction,
    european_reduction,
)

DAY = timedelta(days=1)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
SALE = "sale"


def day(number: float) -> datetime:
    return BEGINNING + number * DAY


def applied(
    minor: int, first: float, until: float | None = None, source: str = "", *, public: bool = True
) -> AppliedPrice:
    return AppliedPrice(
        minor=minor,
        starts_at=day(first),
        ends_at=None if until is None else day(until),
        source=source,
        public=public,
    )


def in_europe(
    *history: AppliedPrice, at: float, law: ReductionLaw = DIRECTIVE, perishable: bool = False
) -> tuple[int, int] | None:
    """The prior price and the percentage, None if no reduction may be announced."""
    found = european_reduction(history, day(at), law, perishable=perishable)
    return (found.prior, found.percent) if found else None


def test_bananas_at_the_lowest_price_of_30_days_are_not_reduced() -> None:
    """C-330/23, Aldi Süd: 1.69 before, 1.29 some days earlier, and 1.29 as a “highlight”."""
    history = [applied(129, 0, 50), applied(169, 50, 60), applied(129, 60, None, SALE)]
    assert in_europe(*history, at=61) is None


def test_shoes_are_reduced_from_the_lowest_price_of_30_days() -> None:
    """UOKiK's example (gazetaprawna.pl, 16 September 2025): 250 to 200 is 20 %, not 50 % of 400."""
    history = [applied(40000, 0, 30), applied(25000, 30, 65), applied(20000, 65, None, SALE)]
    assert in_europe(*history, at=66) == (25000, 20)


def test_the_30_days_end_when_the_reduction_begins_and_not_today() -> None:
    history = [applied(1000, 0, 40), applied(800, 40, None, SALE)]
    assert [in_europe(*history, at=at) for at in (40, 41, 71, 400)] == [(1000, 20)] * 4


def test_a_price_that_ended_30_days_before_does_not_count() -> None:
    def prior(ended: float) -> tuple[int, int] | None:
        history = [
            applied(500, 0, ended),
            applied(1000, ended, 100),
            applied(600, 100, None, SALE),
        ]
        return in_europe(*history, at=100)

    assert prior(70) == (1000, 40)
    assert prior(70.01) is None


def test_loyalty_and_personal_prices_do_not_count() -> None:
    history = [applied(1000, 0, 50), applied(800, 50, None, SALE)]
    members_only = applied(700, 45, 46, "members", public=False)
    assert in_europe(*history, members_only, at=51) == (1000, 20)
    open_code = applied(700, 45, 46, "code")
    assert in_europe(*history, open_code, at=51) is None


def test_a_second_sale_within_30_days_is_reduced_from_the_first() -> None:
    history = [
        applied(1000, 0, 40),
        applied(700, 40, 45, "first"),
        applied(1000, 45, 60),
        applied(650, 60, None, "second"),
    ]
    assert in_europe(*history, at=61) == (700, 7)


def test_a_promotion_that_is_compiled_again_is_one_reduction() -> None:
    history = [applied(1000, 0, 40), applied(800, 40, 75, SALE), applied(800, 75, None, SALE)]
    assert in_europe(*history, at=80) == (1000, 20)


PROGRESSIVE = [
    applied(1000, 0, 40),
    applied(800, 40, 45, "20 %"),
    applied(500, 45, 50, "50 %"),
    applied(300, 50, None, "70 %"),
]


@pytest.mark.parametrize(
    ("law", "expected"),
    [(DIRECTIVE, (500, 40)), (LAWS["PL"], (500, 40)), (LAWS["DE"], (1000, 70))],
)
def test_a_growing_reduction_is_one_where_the_law_says_so(
    law: ReductionLaw, expected: tuple[int, int]
) -> None:
    """PAngV § 11 (2): the lowest price before the first step; Poland has no such rule."""
    assert in_europe(*PROGRESSIVE, at=51, law=law) == expected


def test_an_interruption_begins_a_new_reduction() -> None:
    history = [*PROGRESSIVE[:2], applied(1000, 45, 46), applied(500, 46, None, "50 %")]
    assert in_europe(*history, at=47, law=LAWS["DE"]) == (800, 37)


NEW_GOODS = [applied(900, 0, 5), applied(1000, 5, 10), applied(800, 10, None, SALE)]


@pytest.mark.parametrize(("law", "expected"), [(DIRECTIVE, None), (LAWS["PL"], (900, 11))])
def test_new_goods_are_reduced_from_their_lowest_price_where_the_law_says_so(
    law: ReductionLaw, expected: tuple[int, int] | None
) -> None:
    assert in_europe(*NEW_GOODS, at=11, law=law) == expected


@pytest.mark.parametrize(("country", "expected"), [("DE", (1000, 20)), ("PL", (1000, 20))])
def test_perishable_goods_are_reduced_from_the_last_price(
    country: str, expected: tuple[int, int]
) -> None:
    assert in_europe(*NEW_GOODS, at=11, law=LAWS[country], perishable=True) == expected


@pytest.mark.parametrize("at", [-1, 5, 45])
def test_without_a_reduction_there_is_nothing_to_announce(at: float) -> None:
    history = [applied(1000, 0, 40), applied(800, 40, 45, SALE), applied(1000, 45)]
    assert in_europe(*history, at=at) is None


def in_china(*deals: Deal) -> int | None:
    history = [applied(10000, 0, 40), applied(6000, 40, None, SALE)]
    found = chinese_reduction(history, deals, day(41))
    return found.prior if found else None


def test_in_china_the_basis_is_the_lowest_deal_of_seven_days() -> None:
    """SAMR order 32, art. 21: 本次促销活动前七日内最低成交价格."""
    deals = [Deal(7000, day(32.9)), Deal(9000, day(33)), Deal(8500, day(39)), Deal(6000, day(40))]
    assert in_china(*deals) == 8500


def test_in_china_without_deals_in_seven_days_the_last_one_counts() -> None:
    """SAMR order 32, art. 21: 前七日内没有交易的，以本次促销活动前最后一次交易价格为基准."""
    assert in_china(Deal(9500, day(20)), Deal(7000, day(10))) == 9500


def test_in_china_without_any_deal_no_reduction_is_announced() -> None:
    assert in_china() is None
    assert in_china(Deal(6000, day(39))) is None


HISTORIES = st.lists(
    st.tuples(st.integers(1, 1000), st.integers(1, 40), st.sampled_from(["", "a", "b"])),
    min_size=1,
    max_size=12,
)


@given(HISTORIES, st.sampled_from([DIRECTIVE, *LAWS.values()]))
def test_an_announced_price_was_the_lowest_of_its_window(
    drawn: list[tuple[int, int, str]], law: ReductionLaw
) -> None:
    history, first = [], 0
    for minor, days, source in drawn:
        history.append(applied(minor, first, first + days, source))
        first += days
    found = european_reduction(history, day(first - 1), law)
    if found is None:
        return
    assert isinstance(found, Reduction)
    assert 0 <= found.percent < 100
    window = found.began_at - 30 * DAY
    shown = [
        price.minor
        for price in history
        if price.starts_at < found.began_at and price.ends_at and price.ends_at > window
    ]
    assert found.prior == min(shown) > found.minor
