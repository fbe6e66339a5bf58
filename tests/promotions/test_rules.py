"""The rules of prices are loaded by one statement, and only after a change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from dependency_injector import providers
from sqlalchemy import event, update

from adapters.database.tables.pricing import promotions
from core.domain.identifiers import PriceListId
from core.domain.pricing.price_lists import PriceStep
from core.domain.pricing.promotions.managed import PromotionMove
from entrepot.assembly.shop import Shop, open_shop
from entrepot.testing.pricing import (
    HOUR,
    NOW,
    TEN_OFF,
    VAT,
    a_managed_price_list,
    a_managed_promotion,
)
from tests.promotions.moments import SetClock

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(shop: Shop) -> SetClock:
    clock = SetClock(NOW)
    shop.now.override(providers.Object(clock))
    return clock


async def save(
    shop: Shop, *, move: PromotionMove | None = PromotionMove.ACTIVATE, **details: object
) -> None:
    promotion = a_managed_promotion(**details)
    if move:
        promotion.move(move, NOW)
    async with shop.units()() as unit:
        await unit.promotions.save(promotion)
        await unit.commit()


@contextmanager
def statements(shop: Shop) -> Iterator[list[str]]:
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = shop.database().reads.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    yield seen
    event.remove(engine, "before_cursor_execute", count)


@pytest.mark.usefixtures("clock")
async def test_active_promotions_lists_and_rates_are_the_rules(shop: Shop) -> None:
    await save(shop, code="active")
    await save(shop, code="draft", move=None)
    await save(shop, code="ended", move=PromotionMove.END)
    await save(shop, code="over", ends_at=(NOW - HOUR).isoformat())
    await save(shop, code="later", starts_at=(NOW + HOUR).isoformat())
    ladder = (PriceStep(1, 900), PriceStep(10, 800))
    listed = a_managed_price_list()
    async with shop.units()() as unit:
        await unit.price_lists.save(listed)
        await unit.price_lists.replace_prices(PriceListId(listed.id), {"TEA": ladder})
        await unit.price_lists.save(a_managed_price_list("over", ends_at=NOW))
        await unit.tax_rates.save("cn", VAT)
        await unit.commit()
    rules = await shop.load_rules()()
    assert sorted(each.code for each in rules.promotions) == ["active", "later"]
    assert [(each.code, each.ladders) for each in rules.price_lists] == [("vip", {"TEA": ladder})]
    assert rules.tax_rates == (VAT,)
    assert rules.settings is shop.pricing_settings()


@pytest.mark.usefixtures("clock")
async def test_a_price_in_another_currency_is_not_used(shop: Shop) -> None:
    listed = a_managed_price_list()
    listed.currency = "USD"
    async with shop.units()() as unit:
        await unit.price_lists.save(listed)
        await unit.price_lists.replace_prices(listed.id, {"TEA": (PriceStep(1, 900),)})
        await unit.commit()
    assert (await shop.load_rules()()).price_lists == ()


async def test_rules_cost_no_statement_until_a_second_has_passed(
    shop: Shop, clock: SetClock
) -> None:
    await save(shop)
    load_rules = shop.load_rules()
    with statements(shop) as first:
        await load_rules()
    with statements(shop) as cached:
        await load_rules()
    clock.at += SECOND
    with statements(shop) as unchanged:
        await load_rules()
    await save(shop, code="other")
    clock.at += SECOND
    with statements(shop) as changed:
        assert len((await load_rules()).promotions) == 2
    assert [len(each) for each in (first, cached, unchanged, changed)] == [2, 0, 1, 2]


@pytest.mark.usefixtures("clock")
async def test_a_change_of_this_process_is_seen_at_once(shop: Shop) -> None:
    assert (await shop.load_rules()()).promotions == ()
    await save(shop)
    assert (await shop.load_rules()()).promotions == ()
    shop.forget_rules()()
    assert [each.code for each in (await shop.load_rules()()).promotions] == ["ten-off"]


async def test_a_change_of_another_process_is_seen_after_a_second(
    shop: Shop, clock: SetClock
) -> None:
    await shop.load_rules()()
    other = open_shop(shop.settings())
    await save(other)
    await other.database().close()
    clock.at += SECOND
    assert [each.code for each in (await shop.load_rules()()).promotions] == ["ten-off"]


async def test_every_change_drops_cached_pages(shop: Shop) -> None:
    async def version() -> int:
        return await shop.catalogue_queries().version()

    before = await version()
    await save(shop)
    assert await version() > before


@pytest.mark.usefixtures("clock")
async def test_a_promotion_that_cannot_be_read_does_not_apply(shop: Shop) -> None:
    await save(shop, code="newer")
    await save(shop, code="known")
    document = {**TEN_OFF, "kind_of_a_newer_version": True}
    async with shop.database().writes.begin() as connection:
        await connection.execute(
            update(promotions).where(promotions.c.code == "newer").values(document=document)
        )
    assert [each.code for each in (await shop.load_rules()()).promotions] == ["known"]


@pytest.mark.usefixtures("clock")
async def test_a_promotion_that_is_over_still_answers_its_coupons(shop: Shop) -> None:
    for code, days in (("just-over", 1), ("long-over", 31)):
        ended = (NOW - timedelta(days=days)).isoformat()
        await save(shop, code=code, ends_at=ended, by_coupon=True)
    assert [each.code for each in (await shop.load_rules()()).promotions] == ["just-over"]
