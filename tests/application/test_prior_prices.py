"""A crossed-out price is the prior price of the law, stored when the reduction begins."""

from dataclasses import replace

import pytest

from core.application.catalogue.drafts import VariantDraft
from core.domain.catalogue.variant import Sale
from core.domain.money import Money
from core.domain.pricing.applied.prior_price import PriceLaw, PriorBasis
from entrepot.assembly.shop import Shop
from ports.catalogue.queries import PriorPrice
from tests.applied_prices import (
    DAY,
    FULL,
    HALF,
    HOUR,
    POT,
    SECOND,
    card,
    change,
    history,
    list_price,
    promote,
    set_clock,
    work,
)
from tests.bank import Bank, pay, place
from tests.domain.pricing.shop import goods_off, percent
from tests.factories import NOW, a_draft, stock_up
from tests.feeds import find
from tests.promotions.moments import SetClock

pytestmark = pytest.mark.anyio


def cheaper(minor: int) -> VariantDraft:
    return replace(a_draft().variants[0], price=Money(minor, "CNY"))


async def announced(shop: Shop, sku: str = POT) -> list[tuple[int, str, int | None, str]]:
    """Price, source, prior price and its basis of each record of what everybody saw."""
    return [
        (each.minor, each.source, each.prior_minor, str(each.prior_basis or ""))
        for each in await history(shop, sku)
    ]


async def crossed_out(shop: Shop, *groups: str) -> tuple[int, int, PriorBasis] | None:
    """The prior price on the card, the percentage, and what it is. The page has the same."""
    product = await find(shop, "celadon-teapot")
    shown = await card(shop, product.id, *groups)
    page = await shop.catalogue_queries().product("celadon-teapot", "en", frozenset(groups))
    assert page is not None
    assert page.variants[0].prior == shown.prior
    prior: PriorPrice | None = shown.prior
    return (prior.price.minor, prior.percent, prior.basis) if prior else None


async def sell(shop: Shop, bank: Bank, clock: SetClock, *days: int) -> None:
    """An order of one pot, on each of the days from now on."""
    for number, day in enumerate(days):
        clock.at = NOW + day * DAY
        placed = await place(shop, f"cart {day} {number}")
        await pay(shop, bank, placed.id, f"n{day} {number}")


async def test_in_europe_it_is_the_lowest_price_of_30_days(shop: Shop) -> None:
    clock = set_clock(shop, law=PriceLaw.EU)
    await stock_up(shop)
    clock.at += 20 * DAY
    await promote(shop, code="early", ends_at=NOW + 21 * DAY, benefits=[goods_off(percent("10"))])
    await work(shop)
    assert await crossed_out(shop) is None
    clock.at = NOW + 40 * DAY
    await promote(shop)
    await work(shop)
    assert await announced(shop) == [
        (FULL, "", None, ""),
        (15120, "early", None, ""),
        (FULL, "", None, ""),
        (HALF, "half", 15120, "lowest"),
    ]
    assert await crossed_out(shop) == (15120, 44, PriorBasis.LOWEST)
    clock.at += 60 * DAY
    await work(shop)
    assert await crossed_out(shop) == (15120, 44, PriorBasis.LOWEST)


@pytest.mark.parametrize(("law", "expected"), [(PriceLaw.EU, HALF), (PriceLaw.DE, FULL)])
async def test_a_growing_reduction_is_based_on_the_price_before_its_first_step_in_germany(
    shop: Shop, law: PriceLaw, expected: int
) -> None:
    clock = set_clock(shop, law=law)
    await stock_up(shop)
    clock.at += 40 * DAY
    await promote(shop)
    await work(shop)
    clock.at += 5 * DAY
    await change(shop, benefits=[goods_off(percent("75"))])
    await work(shop)
    prior = await crossed_out(shop)
    assert prior is not None
    assert prior[0] == expected


async def test_without_30_days_of_history_nothing_is_announced_in_europe(shop: Shop) -> None:
    clock = set_clock(shop, law=PriceLaw.EU)
    await stock_up(shop)
    clock.at += 29 * DAY
    await promote(shop)
    await work(shop)
    assert await announced(shop) == [(FULL, "", None, ""), (HALF, "half", None, "")]
    assert await crossed_out(shop) is None


async def test_in_china_it_is_the_lowest_deal_of_seven_days(shop: Shop, bank: Bank) -> None:
    clock = set_clock(shop)
    await stock_up(shop)
    await sell(shop, bank, clock, 1)
    ten_off = [goods_off(percent("10"))]
    await promote(shop, code="early", ends_at=NOW + 4 * DAY, benefits=ten_off, lane="order")
    await sell(shop, bank, clock, 3, 5)
    clock.at = NOW + 9 * DAY
    await promote(shop)
    await work(shop)
    assert (await announced(shop))[-1] == (HALF, "half", 15120, "lowest_deal")
    assert await crossed_out(shop) == (15120, 44, PriorBasis.LOWEST_DEAL)


async def test_in_china_the_last_deal_counts_if_there_was_none_in_seven_days(
    shop: Shop, bank: Bank
) -> None:
    clock = set_clock(shop)
    await stock_up(shop)
    await sell(shop, bank, clock, 1)
    await shop.save_product()(replace(a_draft(), variants=(cheaper(16000), a_draft().variants[1])))
    await work(shop)
    await sell(shop, bank, clock, 2)
    clock.at = NOW + 30 * DAY
    await promote(shop)
    await work(shop)
    assert (await announced(shop))[-1] == (8000, "half", 16000, "last_deal")
    assert await announced(shop, "CELADON-TEAPOT-L") == [
        (22800, "", None, ""),
        (11400, "half", None, ""),
    ]


async def test_an_order_that_is_not_paid_is_no_deal(shop: Shop) -> None:
    clock = set_clock(shop)
    await stock_up(shop)
    await place(shop, "unpaid")
    clock.at = NOW + DAY
    await promote(shop)
    await work(shop)
    assert (await announced(shop))[-1] == (HALF, "half", None, "")


async def test_the_deal_of_a_reduction_is_not_its_own_basis(shop: Shop, bank: Bank) -> None:
    clock = set_clock(shop)
    await stock_up(shop)
    await sell(shop, bank, clock, 1)
    clock.at = NOW + 2 * DAY
    await promote(shop)
    await work(shop)
    await sell(shop, bank, clock, 3)
    await work(shop)
    assert await crossed_out(shop) == (FULL, 50, PriorBasis.LOWEST_DEAL)


async def test_a_sale_price_is_a_reduction(shop: Shop, bank: Bank) -> None:
    clock = set_clock(shop)
    await stock_up(shop)
    await sell(shop, bank, clock, 1)
    on_sale = replace(a_draft().variants[0], sale=Sale(price=Money(10000, "CNY")))
    clock.at = NOW + 2 * DAY
    await shop.save_product()(replace(a_draft(), variants=(on_sale,)))
    await work(shop)
    assert (await announced(shop))[-1] == (10000, "sale", FULL, "lowest_deal")
    assert await crossed_out(shop) == (FULL, 40, PriorBasis.LOWEST_DEAL)


async def test_nothing_is_crossed_out_while_the_history_lags_behind(shop: Shop, bank: Bank) -> None:
    """The price changes at once; the prior price is that of this very reduction, or none."""
    clock = set_clock(shop)
    await stock_up(shop)
    await sell(shop, bank, clock, 1)
    clock.at = NOW + 2 * DAY
    await promote(shop)
    await work(shop)
    assert await crossed_out(shop) is not None
    clock.at += HOUR
    await change(shop, benefits=[goods_off(percent("60"))])
    assert await crossed_out(shop) is None
    await work(shop)
    assert await crossed_out(shop) == (FULL, 60, PriorBasis.LOWEST_DEAL)


async def test_another_law_does_not_show_what_the_law_before_it_stored(
    shop: Shop, bank: Bank
) -> None:
    clock = set_clock(shop)
    await stock_up(shop)
    await sell(shop, bank, clock, 1)
    clock.at += SECOND
    await promote(shop)
    await work(shop)
    assert await crossed_out(shop) is not None
    shop.shown_prices()._law = PriceLaw.EU
    assert await crossed_out(shop) is None


async def test_a_price_of_a_group_is_no_reduction_to_announce(shop: Shop, bank: Bank) -> None:
    clock = set_clock(shop)
    await stock_up(shop)
    await sell(shop, bank, clock, 1)
    await list_price(shop, "members", 9000, groups=frozenset({"vip"}))
    await work(shop)
    (record,) = await history(shop, audience="group:vip")
    assert (record.minor, record.prior_minor) == (9000, None)
    assert await crossed_out(shop, "vip") is None
