"""The history of prices in lists: when which price applied, and from what."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.database.catalogue import shown_prices
from core.application.catalogue.drafts import ProductDraft
from core.domain.catalogue.product import ProductState
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.pricing.applied.price_history import PriceHistory
from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.applied_prices import (
    DAY,
    FULL,
    HALF,
    HOUR,
    LARGE,
    POT,
    SECOND,
    applied,
    card,
    history,
    list_price,
    listed,
    move,
    promote,
    set_clock,
    work,
)
from tests.domain.pricing.shop import goods_off, having, percent
from tests.factories import NOW, a_draft, stock_up
from tests.feeds import find
from tests.promotions.moments import SetClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock(shop: Shop) -> SetClock:
    return set_clock(shop)


def priced(handle: str, minor: int) -> ProductDraft:
    """A product with one variant of that price."""
    draft = a_draft(handle)
    variant = replace(draft.variants[0], price=Money(minor, "CNY"))
    return replace(draft, variants=(variant,))


async def test_a_saved_product_has_its_price_from_then_on(shop: Shop, clock: SetClock) -> None:
    await stock_up(shop)
    assert await applied(shop) == [(FULL, "", NOW, None)]
    clock.at += HOUR
    await shop.save_product()(priced("celadon-teapot", 9900))
    clock.at += SECOND
    await work(shop)
    assert await applied(shop) == [
        (FULL, "", NOW, NOW + HOUR),
        (9900, "", NOW + HOUR, None),
    ]
    assert await applied(shop, LARGE) == [(22800, "", NOW, NOW + HOUR)]


async def test_a_promotion_applies_from_its_start_until_its_end(
    shop: Shop, clock: SetClock
) -> None:
    """However late the worker runs, and also if it sleeps through the whole promotion."""
    await stock_up(shop)
    await promote(shop, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    await promote(shop, code="again", starts_at=NOW + 3 * HOUR, ends_at=NOW + 4 * HOUR)
    await work(shop)
    clock.at = NOW + HOUR + 14 * SECOND
    await work(shop)
    clock.at = NOW + 5 * HOUR
    await shop.publish_rule_changes()()
    await work(shop)
    assert await applied(shop) == [
        (FULL, "", NOW, NOW + HOUR),
        (HALF, "half", NOW + HOUR, NOW + 2 * HOUR),
        (FULL, "", NOW + 2 * HOUR, NOW + 3 * HOUR),
        (HALF, "again", NOW + 3 * HOUR, NOW + 4 * HOUR),
        (FULL, "", NOW + 4 * HOUR, None),
    ]


async def test_hours_of_the_day_leave_a_record_each(shop: Shop, clock: SetClock) -> None:
    """`NOW` is four in the afternoon in China. The worker sleeps for a day and a half."""
    await stock_up(shop)
    await promote(shop, condition={"kind": "time_of_week", "since": "18:00", "until": "20:00"})
    await work(shop)
    clock.at += 36 * HOUR
    await work(shop)
    six, eight = NOW + 2 * HOUR, NOW + 4 * HOUR
    assert await applied(shop) == [
        (FULL, "", NOW, six),
        (HALF, "half", six, eight),
        (FULL, "", eight, six + DAY),
        (HALF, "half", six + DAY, eight + DAY),
        (FULL, "", eight + DAY, None),
    ]


async def test_a_promotion_applies_from_its_activation_until_its_pause(
    shop: Shop, clock: SetClock
) -> None:
    await stock_up(shop)
    await promote(shop)
    clock.at += SECOND
    await work(shop)
    clock.at += HOUR
    await move(shop, PromotionMove.PAUSE)
    clock.at += SECOND
    await work(shop)
    assert await applied(shop) == [
        (FULL, "", NOW, NOW),
        (HALF, "half", NOW, NOW + SECOND + HOUR),
        (FULL, "", NOW + SECOND + HOUR, None),
    ]


async def test_lists_are_sorted_and_filtered_by_the_price_that_applies(
    shop: Shop, clock: SetClock
) -> None:
    await stock_up(shop, priced("pot", 10000), priced("mug", 8000))
    pot, mug = (await find(shop, "pot")).id, (await find(shop, "mug")).id
    await promote(
        shop,
        benefits=[goods_off(percent("50"), goods=having("sku", "POT-S"))],
        starts_at=NOW + HOUR,
        ends_at=NOW + 2 * HOUR,
    )
    seen = []
    for at in (NOW, NOW + HOUR, NOW + 2 * HOUR):
        clock.at = at
        await work(shop)
        seen.append((await listed(shop), await listed(shop, highest=6000)))
    assert seen == [((mug, pot), ()), ((pot, mug), (pot,)), ((mug, pot), ())]


async def test_what_is_not_offered_has_no_price(shop: Shop, clock: SetClock) -> None:
    await stock_up(shop)
    clock.at += HOUR
    await shop.move_product()("celadon-teapot", "unpublish")
    await work(shop)
    clock.at += HOUR
    await shop.move_product()("celadon-teapot", "publish")
    await work(shop)
    assert await applied(shop) == [
        (FULL, "", NOW, NOW + HOUR),
        (FULL, "", NOW + 2 * HOUR, None),
    ]


async def test_a_sku_that_moves_to_another_product_keeps_one_price(
    shop: Shop, clock: SetClock
) -> None:
    await stock_up(shop)
    small, large = a_draft().variants
    clock.at += HOUR
    await shop.save_product()(replace(a_draft(), variants=(large,)))
    await shop.save_product()(replace(a_draft("other"), variants=(small,)))
    await work(shop)
    first, second = await history(shop)
    assert (first.ends_at, second.starts_at, second.ends_at) == (clock.at, clock.at, None)
    assert second.product_id == (await find(shop, "other")).id


async def test_a_group_has_records_while_its_price_is_another(shop: Shop, clock: SetClock) -> None:
    await stock_up(shop)
    await list_price(shop, "members", 15000, groups=frozenset({"vip"}))
    await work(shop)
    assert await applied(shop, audience="group:vip") == [(15000, "members", NOW, None)]
    clock.at += HOUR
    await list_price(shop, "members", FULL, groups=frozenset({"vip"}))
    await work(shop)
    assert await applied(shop, audience="group:vip") == [
        (15000, "members", NOW, NOW + HOUR),
        (FULL, "members", NOW + HOUR, None),
    ]
    clock.at += HOUR
    await list_price(shop, "members", FULL, groups=frozenset({"other"}))
    await work(shop)
    assert [each[3] for each in await applied(shop, audience="group:vip")][-1] == clock.at
    assert await applied(shop) == [(FULL, "", NOW, None)]


async def test_a_member_sees_the_price_of_the_group_and_why(shop: Shop, clock: SetClock) -> None:
    del clock
    await stock_up(shop)
    label = Text({"zh": "会员价", "en": "Members"})
    await list_price(shop, "members", 15000, groups=frozenset({"vip"}), label=label)
    product = await find(shop, "celadon-teapot")
    seen = [await card(shop, product.id, *groups) for groups in ((), ("other",), ("vip", "other"))]
    assert [(each.price.minor, each.offer) for each in seen] == [
        (FULL, ""),
        (FULL, ""),
        (15000, "Members"),
    ]


async def test_pages_show_compiled_prices_as_the_engine_makes_them(
    shop: Shop, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    product = await find(shop, "celadon-teapot")
    await promote(shop, ends_at=NOW + HOUR)
    not_compiled = await card(shop, product.id)
    await work(shop)
    by_engine = await card(shop, product.id, "a group")
    page_by_engine = await shop.show_product()("celadon-teapot", "en", frozenset({"a group"}))
    with monkeypatch.context() as without_engine:
        without_engine.delattr(shown_prices, "shown_prices")
        compiled = await card(shop, product.id)
        page = await shop.show_product()("celadon-teapot", "en")
    assert (compiled.price.minor, compiled.offer) == (HALF, "Half price")
    assert compiled == by_engine == replace(not_compiled, prior=compiled.prior)
    assert page == page_by_engine
    clock.at += HOUR
    assert (await card(shop, product.id)).price.minor == FULL


async def test_a_change_of_a_category_is_a_change_of_prices(shop: Shop, clock: SetClock) -> None:
    await stock_up(shop)
    cheap_tea = [goods_off(percent("50"), goods=having("category", "tea"))]
    await promote(shop, benefits=cheap_tea)
    await work(shop)
    assert [each[0] for each in await applied(shop)] == [FULL, HALF]
    clock.at += HOUR
    await shop.save_category()("teapots", Text({"zh": "茶壶", "en": "Teapots"}))
    await work(shop)
    assert [each[0] for each in await applied(shop)] == [FULL, HALF, FULL]


async def test_an_interrupted_run_goes_on_where_it_was(
    shop: Shop, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each batch is one transaction; the second of three fails."""
    await stock_up(shop, *(a_draft(f"pot-{number}") for number in range(3)))
    monkeypatch.setattr("core.application.pricing.applied_prices.BATCH_SIZE", 1)
    await promote(shop)
    clock.at += SECOND
    run = shop.apply_prices()
    calls = 0
    compile_due = PriceHistory.advance

    def advance(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise RuntimeError("the power is off")
        compile_due(*arguments)

    monkeypatch.setattr(PriceHistory, "advance", advance)
    with pytest.raises(RuntimeError):
        await run()
    monkeypatch.undo()
    skus = [f"POT-{number}-S" for number in range(3)]
    assert [len(await applied(shop, sku)) for sku in skus].count(2) == 1
    assert await run() == 2
    assert [len(await applied(shop, sku)) for sku in skus] == [2, 2, 2]


async def test_nothing_is_written_if_no_price_changed(shop: Shop, clock: SetClock) -> None:
    await stock_up(shop)
    await promote(shop, lane="order")
    version = await shop.catalogue_queries().version()
    clock.at += HOUR
    await work(shop)
    assert len(await applied(shop)) == 1
    assert await shop.catalogue_queries().version() == version
    assert await shop.apply_prices()() == 0


async def test_a_history_is_read_in_pages(shop: Shop, clock: SetClock) -> None:
    await stock_up(shop)
    for number in range(4):
        clock.at += HOUR
        await shop.save_product()(priced("celadon-teapot", 1000 + number))
        await work(shop)
    pages, cursor = [], ""
    while True:
        page, cursor = await shop.price_history().of_sku(Sku(POT), 2, cursor)
        pages.append([each.minor for each in page])
        if not cursor:
            break
    assert pages == [[1003, 1002], [1001, 1000], [FULL]]


async def test_old_records_are_deleted_unless_a_reduction_is_based_on_them(
    shop: Shop, clock: SetClock
) -> None:
    await stock_up(shop, priced("pot", 10000), priced("mug", 8000))
    clock.at += DAY
    for handle in ("pot", "mug"):
        await shop.save_product()(priced(handle, 9000))
    await promote(shop, benefits=[goods_off(percent("50"), goods=having("sku", "POT-S"))])
    await work(shop)
    clock.at += 3 * 366 * DAY + SECOND
    purged = await shop.purge_price_history()()
    assert purged == 1
    assert [each.minor for each in await history(shop, "MUG-S")] == [9000]
    assert len(await history(shop, "POT-S")) == 2


async def test_a_draft_is_not_compiled(shop: Shop, clock: SetClock) -> None:
    del clock
    await stock_up(shop, replace(a_draft(), state=ProductState.DRAFT))
    assert await applied(shop) == []
