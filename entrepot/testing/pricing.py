"""The conformance kit for stored promotions, price lists and tax rates, with a race."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.domain.errors import AlreadyExists, NotFound, StaleVersion
from core.domain.identifiers import PriceListId, PromotionId
from core.domain.pricing.price_lists import PriceList, PriceRank
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.managed import ManagedPromotion, PromotionMove, PromotionState
from core.domain.pricing.taxes.rates import TaxRate
from core.domain.text import Text
from entrepot.testing.races import race
from ports.pricing import ManagedPriceList
from ports.unit_of_work import UnitOfWork, UnitsOfWork

NOW = datetime(2026, 11, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEN_OFF: Mapping[str, Any] = {
    "code": "ten-off",
    "label": {"en": "Ten off", "zh": "满百减十"},
    "lane": "order",
    "benefits": [{"kind": "goods", "reduction": {"kind": "amount", "amount": {"CNY": "10.00"}}}],
    "condition": {"kind": "amount", "at_least": {"CNY": "100.00"}},
}


def a_managed_promotion(**details: Any) -> ManagedPromotion:
    return ManagedPromotion(
        id=PromotionId(uuid4()),
        promotion=from_document({**TEN_OFF, **details}),
        created_at=NOW,
        changed_at=NOW,
    )


def a_managed_price_list(code: str = "vip", **details: Any) -> ManagedPriceList:
    return ManagedPriceList(
        id=PriceListId(uuid4()),
        price_list=PriceList(code=code, ladders={}, **details),
        currency="CNY",
        changed_at=NOW,
    )


VAT = TaxRate(code="vat", label=Text({"en": "VAT"}), rate="0.13", tax_class="standard")


class PricingSuite:
    """Override the fixture ``units``: an empty shop."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def units(self) -> UnitsOfWork:
        raise NotImplementedError("Override the fixture `units`.")

    async def test_a_promotion_returns_as_it_was_saved(self, units: UnitsOfWork) -> None:
        saved = a_managed_promotion(starts_at="2026-11-11T00:00:00+08:00", priority=7)
        await save(units, saved)
        async with units() as unit:
            read = await unit.promotions.get("ten-off")
            assert await unit.promotions.find("other") is None
            with pytest.raises(NotFound):
                await unit.promotions.get("other")
        assert (read.id, read.promotion, read.state, read.version) == (
            saved.id,
            saved.promotion,
            PromotionState.DRAFT,
            1,
        )
        assert (read.created_at, read.changed_at) == (NOW, NOW)

    async def test_a_code_names_one_promotion(self, units: UnitsOfWork) -> None:
        await save(units, a_managed_promotion())
        with pytest.raises(AlreadyExists):
            await save(units, a_managed_promotion())

    async def test_of_two_who_change_a_promotion_one_is_refused(self, units: UnitsOfWork) -> None:
        await save(units, a_managed_promotion())
        async with units() as unit:
            first = await unit.promotions.get("ten-off")
            second = await unit.promotions.get("ten-off")

        async def change(promotion: ManagedPromotion, unit: UnitOfWork) -> None:
            promotion.move(PromotionMove.ACTIVATE, NOW)
            await unit.promotions.save(promotion)

        changes = [lambda unit, each=each: change(each, unit) for each in (first, second)]
        assert await race(units, changes) == 1

    async def test_each_start_and_each_end_is_published_once(self, units: UnitsOfWork) -> None:
        begin = datetime.now(UTC) + HOUR
        window = {"starts_at": begin.isoformat(), "ends_at": (begin + HOUR).isoformat()}
        active = a_managed_promotion(**window)
        active.move(PromotionMove.ACTIVATE, NOW)
        await save(units, active)
        await save(units, a_managed_promotion(**window, code="draft"))
        moments = (begin - HOUR / 2, begin, begin, begin + HOUR, begin + 2 * HOUR)
        published = []
        for at in moments:
            async with units() as unit:
                published.append(tuple(await unit.promotions.publish_changes(at)))
                await unit.commit()
        assert published == [(), ("ten-off",), (), ("ten-off",), ()]

    async def test_a_price_list_returns_as_it_was_saved(self, units: UnitsOfWork) -> None:
        saved = a_managed_price_list(
            rank=PriceRank.CONTRACT, groups=frozenset({"vip"}), starts_at=NOW, ends_at=NOW + HOUR
        )
        async with units() as unit:
            await unit.price_lists.save(saved)
            await unit.commit()
        async with units() as unit:
            read = await unit.price_lists.get("vip")
            with pytest.raises(NotFound):
                await unit.price_lists.get("other")
        assert (read.price_list, read.currency, read.version) == (saved.price_list, "CNY", 1)

    async def test_a_stale_price_list_is_refused(self, units: UnitsOfWork) -> None:
        saved = a_managed_price_list()
        async with units() as unit:
            await unit.price_lists.save(saved)
            await unit.commit()
        async with units() as unit:
            with pytest.raises(StaleVersion):
                await unit.price_lists.save(replace(saved, version=7))

    async def test_a_price_list_that_starts_is_published_once(self, units: UnitsOfWork) -> None:
        begin = datetime.now(UTC) + HOUR
        async with units() as unit:
            await unit.price_lists.save(a_managed_price_list(starts_at=begin))
            published = [
                await unit.price_lists.publish_changes(at) for at in (NOW, begin, begin + HOUR)
            ]
        assert published == [False, True, False]

    async def test_a_tax_rate_is_removed_by_its_name(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            await unit.tax_rates.save("cn", VAT)
            await unit.tax_rates.save("cn", replace(VAT, rate="0.09"))
            await unit.tax_rates.remove("cn")
            with pytest.raises(NotFound):
                await unit.tax_rates.remove("cn")


async def save(units: UnitsOfWork, promotion: ManagedPromotion) -> None:
    async with units() as unit:
        await unit.promotions.save(promotion)
        await unit.commit()
