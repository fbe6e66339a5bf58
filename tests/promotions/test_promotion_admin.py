"""Staff save, move, copy and list promotions."""

import asyncio
from datetime import timedelta

import pytest
from dependency_injector import providers
from sqlalchemy import select

from adapters.database.tables.events import outbox
from core.domain.errors import (
    AlreadyExists,
    IllegalTransition,
    Invalid,
    InvalidFields,
    NotFound,
    StaleVersion,
)
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.promotions.managed import PromotionMove, PromotionState
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import HOUR, NOW, TEN_OFF
from entrepot.testing.storage.samples import an_order
from ports.pricing import PromotionUse
from tests.commands import command
from tests.coupons import save_opened
from tests.promotions.moments import SetClock

pytestmark = pytest.mark.anyio
OTHER_CURRENCY = {
    **TEN_OFF,
    "condition": {"kind": "amount", "at_least": {"USD": "9.00"}},
    "benefits": [{"kind": "goods", "reduction": {"kind": "amount", "amount": {"USD": "1.00"}}}],
}
EXCLUSIVE = {**TEN_OFF, "exclusive": "lane"}


@pytest.fixture
def clock(shop: Shop) -> SetClock:
    clock = SetClock(NOW)
    shop.now.override(providers.Object(clock))
    return clock


async def codes_in_force(shop: Shop) -> list[str]:
    return sorted(each.code for each in (await shop.load_rules()()).promotions)


async def test_a_saved_promotion_is_a_draft_and_applies_once_it_is_active(shop: Shop) -> None:
    saved = await shop.save_promotion()(TEN_OFF)
    assert (saved.result, saved.state, saved.version) == ("created", "draft", 1)
    assert await codes_in_force(shop) == []
    await shop.move_promotion()("ten-off", PromotionMove.ACTIVATE)
    assert await codes_in_force(shop) == ["ten-off"]
    await shop.move_promotion()("ten-off", PromotionMove.PAUSE)
    assert await codes_in_force(shop) == []
    await shop.move_promotion()("ten-off", PromotionMove.RESUME)
    assert await codes_in_force(shop) == ["ten-off"]
    await shop.move_promotion()("ten-off", PromotionMove.END)
    assert await codes_in_force(shop) == []
    with pytest.raises(IllegalTransition):
        await shop.move_promotion()("ten-off", PromotionMove.RESUME)
    with pytest.raises(IllegalTransition):
        await shop.save_promotion()({**TEN_OFF, "priority": 3})
    with pytest.raises(NotFound):
        await shop.move_promotion()("other", PromotionMove.END)


async def test_saving_the_same_document_again_changes_nothing(shop: Shop) -> None:
    for result, version in (("created", 1), ("unchanged", 1)):
        saved = await shop.save_promotion()(TEN_OFF)
        assert (saved.result, saved.version) == (result, version)
    saved = await shop.save_promotion()({**TEN_OFF, "priority": 3})
    assert (saved.result, saved.version) == ("changed", 2)


async def test_of_two_staff_who_save_one_version_one_is_refused(shop: Shop) -> None:
    await shop.save_promotion()(TEN_OFF)
    results = await asyncio.gather(
        *(
            shop.save_promotion()({**TEN_OFF, "priority": priority}, version=1)
            for priority in (3, 4)
        ),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in results) == ["SavedPromotion", "StaleVersion"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestReview:
    async def test_a_wrong_document_is_refused_with_the_path_of_the_value(self, shop: Shop) -> None:
        condition = {"kind": "amount", "at_least": {"CNY": "ten"}}
        with pytest.raises(Invalid) as refused:
            await shop.save_promotion()({**TEN_OFF, "condition": condition})
        assert refused.value.field == "condition.at_least.CNY"
        with pytest.raises(Invalid) as refused:
            await shop.save_promotion()({**TEN_OFF, "code": "ten/off"})
        assert refused.value.field == "code"

    async def test_what_can_never_apply_is_refused(self, shop: Shop) -> None:
        with pytest.raises(InvalidFields) as refused:
            await shop.save_promotion()(OTHER_CURRENCY)
        assert [each.field for each in refused.value.fields] == [
            "benefits[0].reduction.amount",
            "condition.at_least",
        ]

    async def test_what_may_be_a_mistake_is_saved_with_warnings(self, shop: Shop) -> None:
        await shop.save_promotion()(EXCLUSIVE)
        await shop.move_promotion()("ten-off", PromotionMove.ACTIVATE)
        saved = await shop.save_promotion()({**EXCLUSIVE, "code": "other"})
        assert [(each.part, each.code) for each in saved.warnings] == [
            ("exclusive", "both_exclusive")
        ]

    async def test_a_version_of_a_new_code_is_zero(self, shop: Shop) -> None:
        with pytest.raises(StaleVersion):
            await shop.save_promotion()(TEN_OFF, version=4)
        assert (await shop.save_promotion()(TEN_OFF, version=0)).version == 1
        with pytest.raises(AlreadyExists):
            await shop.save_promotion()({**TEN_OFF, "priority": 1}, version=0)

    async def test_the_code_of_sale_prices_is_taken(self, shop: Shop) -> None:
        await shop.save_promotion()(TEN_OFF)
        with pytest.raises(Invalid, match="stands for sale prices"):
            await shop.save_promotion()({**TEN_OFF, "code": "sale"})
        with pytest.raises(Invalid, match="stands for sale prices"):
            await shop.copy_promotion()("ten-off", "sale")

    async def test_a_copy_is_a_draft_with_a_code_of_its_own(self, shop: Shop) -> None:
        await shop.save_promotion()(TEN_OFF)
        await shop.move_promotion()("ten-off", PromotionMove.ACTIVATE)
        copied = await shop.copy_promotion()("ten-off", "ten-off-2")
        assert (copied.code, copied.state) == ("ten-off-2", PromotionState.DRAFT)
        with pytest.raises(AlreadyExists):
            await shop.copy_promotion()("ten-off", "ten-off-2")


async def test_each_change_is_an_event(shop: Shop) -> None:
    await shop.save_promotion()(TEN_OFF)
    await shop.move_promotion()("ten-off", PromotionMove.ACTIVATE)
    async with shop.database().reads.connect() as connection:
        kinds = await connection.scalars(select(outbox.c.kind))
    assert list(kinds) == ["PromotionChanged"] * 2


async def test_pages_are_renewed_when_a_promotion_starts_and_ends(
    shop: Shop, clock: SetClock
) -> None:
    window = {"starts_at": (NOW + HOUR).isoformat(), "ends_at": (NOW + 2 * HOUR).isoformat()}
    await shop.save_promotion()({**TEN_OFF, **window})
    await shop.move_promotion()("ten-off", PromotionMove.ACTIVATE)
    renewed = []
    for at in (NOW, NOW + HOUR, NOW + HOUR + timedelta(minutes=1), NOW + 2 * HOUR):
        clock.at = at
        before = await shop.catalogue_queries().version()
        await shop.publish_rule_changes()()
        renewed.append(await shop.catalogue_queries().version() != before)
    assert renewed == [False, True, False, True]
    assert await codes_in_force(shop) == []


async def test_a_list_has_the_use_of_each_promotion(shop: Shop) -> None:
    for code in ("GIFT", "other", "paused"):
        await shop.save_promotion()({**TEN_OFF, "code": code})
    await shop.move_promotion()("paused", PromotionMove.ACTIVATE)
    async with shop.units()() as unit:
        for number in range(3):
            order = an_order(number=f"100000000000000{number}", key=str(number))
            if number == 2:
                order.cancel(NOW, "shop")
            await unit.orders.save(order)
        await unit.commit()
    queries = shop.pricing_queries()
    first, cursor = await queries.promotions(state=None, limit=2, cursor="")
    second, end = await queries.promotions(state=None, limit=2, cursor=cursor)
    assert [each.code for each in (*first, *second)] == ["GIFT", "other", "paused"]
    # One yuan, the gift of 168, and two off shipping, in each of two orders.
    total = an_order().total.minor
    assert first[0].use == PromotionUse(orders=2, discount=34_200, revenue=2 * total)
    assert (first[1].use, end) == (PromotionUse(), "")
    active, _ = await queries.promotions(state=PromotionState.ACTIVE, limit=9, cursor="")
    assert [each.code for each in active] == ["paused"]
    promotion, use = await queries.promotion("GIFT")
    assert (promotion.code, use.orders) == ("GIFT", 2)
    with pytest.raises(NotFound):
        await queries.promotion("unknown")


async def test_a_promotion_with_batches_warns_when_coupons_will_not_open_it(shop: Shop) -> None:
    await save_opened(shop)
    for code in ("spring", "summer"):
        label = Text({"zh": "券"})
        await shop.create_coupon_batch()(CouponBatch(code=code, promotion="offer", label=label))
    await shop.end_coupon_batch()("spring")
    saved = await shop.save_promotion()({**TEN_OFF, "code": "offer"})
    (warning,) = saved.warnings
    assert (warning.part, warning.values) == ("by_coupon", {"batches": "summer"})
    ended = await command(shop, "promotions", "end", "offer")
    assert (ended.exit_code, "these batches open nothing now: summer" in ended.stderr) == (0, True)
