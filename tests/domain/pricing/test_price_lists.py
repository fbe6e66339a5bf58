"""Price lists: who gets which price for how many units, and which offer wins."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Invalid
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import (
    PriceAudience,
    PriceList,
    PriceRank,
    PriceStep,
    UnitOffer,
    best_offer,
    offers_of,
)

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ANYONE = PriceAudience()

# *Price tiers and rules*, Medusa: $10, $8 from 10 units, $6 from 20 units.
LADDER = (PriceStep(1, 1000), PriceStep(10, 800), PriceStep(20, 600))
MEDUSA = PriceList(code="tiers", ladders={"CUP": LADDER})


def a_list(code: str, minor: int, rank: PriceRank = PriceRank.LIST) -> PriceList:
    return PriceList(code=code, ladders={"CUP": (PriceStep(1, minor),)}, rank=rank)


def price(lists: list[PriceList], quantity: int, audience: PriceAudience = ANYONE) -> int | None:
    best = best_offer(offers_of(lists, [("CUP", quantity)], audience, NOW)["CUP"])
    return best.minor if best else None


@pytest.mark.parametrize(
    ("quantity", "minor"), [(1, 1000), (9, 1000), (10, 800), (19, 800), (20, 600), (999, 600)]
)
def test_a_ladder_has_the_steps_of_medusa(quantity: int, minor: int) -> None:
    assert price([MEDUSA], quantity) == minor


def test_the_lines_of_a_sku_reach_a_step_together() -> None:
    units = [("CUP", 6), ("POT", 4), ("CUP", 4)]
    offers = offers_of([MEDUSA], units, ANYONE, NOW)
    assert [offer.minor for offer in offers["CUP"]] == [800]
    assert offers["POT"] == ()


def test_below_the_first_step_there_is_no_offer() -> None:
    wholesale = PriceList(code="wholesale", ladders={"CUP": (PriceStep(12, 700),)})
    assert price([wholesale], 11) is None
    assert price([wholesale], 12) == 700


@pytest.mark.parametrize(
    ("audience", "is_served"),
    [
        (PriceAudience(groups=frozenset({"vip", "b2b"}), channel="app", country="CH"), True),
        (PriceAudience(groups=frozenset({"b2b"}), channel="app", country="CH"), False),
        (PriceAudience(groups=frozenset({"vip"}), channel="web", country="CH"), False),
        (PriceAudience(groups=frozenset({"vip"}), channel="app", country="DE"), False),
        (ANYONE, False),
    ],
)
def test_a_list_serves_its_groups_channels_and_countries(
    audience: PriceAudience, *, is_served: bool
) -> None:
    list_for_some = PriceList(
        code="swiss app",
        ladders={"CUP": (PriceStep(1, 900),)},
        groups=frozenset({"vip"}),
        channels=frozenset({"app"}),
        countries=frozenset({"CH", "LI"}),
    )
    assert price([list_for_some], 1, audience) == (900 if is_served else None)


def test_a_window_contains_its_start_and_not_its_end() -> None:
    week = PriceList(
        code="week",
        ladders={"CUP": (PriceStep(1, 900),)},
        starts_at=NOW,
        ends_at=NOW + timedelta(days=7),
    )
    moment = timedelta(microseconds=1)
    served = [NOW - moment, NOW, NOW + timedelta(days=7) - moment, NOW + timedelta(days=7)]
    assert [week.serves(ANYONE, at) for at in served] == [False, True, True, False]


def test_within_a_rank_the_lowest_price_wins_like_in_magento() -> None:
    """*Product group price setup*, Magento: price 5, special price 3, tier price 4."""
    assert price([a_list("price", 500), a_list("special", 300), a_list("tier", 400)], 1) == 300


def test_a_contract_wins_over_a_round_and_a_round_over_a_list() -> None:
    lists = [
        a_list("list", 300),
        a_list("round", 400, PriceRank.ROUND),
        a_list("contract", 500, PriceRank.CONTRACT),
    ]
    assert [price(lists[:count], 1) for count in (1, 2, 3)] == [300, 400, 500]


def test_an_offer_names_its_list_and_the_lanes_it_closes() -> None:
    flash = PriceList(
        code="flash", ladders={"CUP": (PriceStep(1, 100),)}, closes=frozenset({Lane.COUPON})
    )
    assert flash.offer("CUP", 1) == UnitOffer(
        rank=PriceRank.LIST, minor=100, source="flash", closes=frozenset({Lane.COUPON})
    )


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((), "must rise"),
        ((PriceStep(0, 100),), "must rise"),
        ((PriceStep(5, 100), PriceStep(5, 90)), "must rise"),
        ((PriceStep(5, 100), PriceStep(1, 110)), "must rise"),
        ((PriceStep(1, -1),), "below zero"),
    ],
)
def test_a_ladder_that_is_not_one_is_refused(steps: tuple[PriceStep, ...], message: str) -> None:
    with pytest.raises(Invalid, match=message):
        PriceList(code="wrong", ladders={"CUP": steps})


def test_a_list_has_a_window_and_closes_what_can_be_closed() -> None:
    for ends_at in (NOW, NOW - timedelta(hours=1)):
        with pytest.raises(Invalid, match="after the start"):
            PriceList(code="wrong", ladders={}, starts_at=NOW, ends_at=ends_at)
    with pytest.raises(Invalid, match="year"):
        PriceList(code="wrong", ladders={}, ends_at=NOW.replace(year=9999))
    with pytest.raises(Invalid, match="Taxes"):
        PriceList(code="wrong", ladders={}, closes=frozenset({Lane.TAXES}))


@given(st.permutations([("a", 300), ("b", 300), ("c", 400)]))
def test_the_order_of_offers_does_not_matter(drawn: list[tuple[str, int]]) -> None:
    offers = [UnitOffer(rank=PriceRank.LIST, minor=minor, source=code) for code, minor in drawn]
    best = best_offer(offers)
    assert best is not None
    assert (best.minor, best.source) == (300, "a")
