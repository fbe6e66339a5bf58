"""A plugin that hangs, raises or answers with a wrong type does not stop the shop."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.database.engine import Database
from adapters.database.search.database import DatabaseSearch
from adapters.plugins.carriers import Carriers
from adapters.plugins.guard import Health, PluginGuard
from adapters.plugins.recommender import GuardedRecommender
from adapters.plugins.search import GuardedSearch
from adapters.search.dictionary import DictionarySegmentation
from core.application.recommendation import SuggestProducts
from core.domain.money import Money
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from entrepot.testing.search import DOCUMENTS
from ports.errors import OutcomeUnknown, Rejected, Unavailable
from ports.fulfillment import ShippingRate, ShippingRequest
from ports.search import SearchQuery
from tests.factories import ADDRESS, stock_up, yuan

pytestmark = pytest.mark.anyio

FLAT = ShippingRate(code="flat", name=Text({"en": "Flat"}), price=Money(1500, "CNY"))
PARCEL = ShippingRequest(address=ADDRESS, lines=(), goods_total=yuan(1))


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Broken:
    """Fails in one way at every call."""

    code = "broken"

    def __init__(self, how: str) -> None:
        self.how = how

    async def fail(self, *_arguments: object) -> Any:
        if self.how == "raises":
            raise ZeroDivisionError
        if self.how == "hangs":
            await asyncio.sleep(60)
        return "wrong type"

    rates = also_bought = trending = rebuild = search = put = remove = fail


async def work() -> int:
    return 1


@pytest.mark.parametrize("how", ["raises", "hangs", "wrong type"])
async def test_a_failure_raises_an_error_of_the_port(how: str) -> None:
    guard = PluginGuard("broken", Clock(), time_limit=0.05)
    with pytest.raises(OutcomeUnknown):
        await guard.call(Broken(how).fail, answers=int, doubt=OutcomeUnknown)
    assert guard.health is Health.FAILING
    assert guard.record.last_error


async def test_five_failures_quarantine_a_plugin_for_30_seconds() -> None:
    clock = Clock()
    guard = PluginGuard("broken", clock)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await guard.call(Broken("raises").fail, answers=int)
    assert str(guard.health) == "quarantined"
    calls = guard.record.calls
    with pytest.raises(Unavailable):
        await guard.call(work, answers=int)
    assert guard.record.calls == calls
    clock.at += timedelta(seconds=31)
    assert await guard.call(work, answers=int) == 1
    assert guard.health is Health.HEALTHY


async def test_a_rejection_is_not_a_failure() -> None:
    async def refuse() -> int:
        raise Rejected("too heavy")

    guard = PluginGuard("sound", Clock())
    with pytest.raises(Rejected):
        await guard.call(refuse, answers=int)
    assert guard.health is Health.HEALTHY


@pytest.mark.parametrize("how", ["raises", "hangs", "wrong type"])
async def test_a_broken_carrier_falls_back_to_the_flat_rate(how: str) -> None:
    guard = PluginGuard("broken", Clock(), time_limit=0.05)
    carriers = Carriers([(Broken(how), guard)], FLAT)
    assert await carriers.rates(PARCEL) == (FLAT,)


@pytest.mark.parametrize("how", ["raises", "hangs", "wrong type"])
async def test_a_broken_index_falls_back_to_the_database(database: Database, how: str) -> None:
    own = DatabaseSearch(database, DictionarySegmentation())
    await own.put(DOCUMENTS)
    guard = PluginGuard("broken", Clock(), time_limit=0.05)
    search = GuardedSearch(Broken(how), own, guard)
    assert (await search.search(SearchQuery())).total == len(DOCUMENTS)


@pytest.mark.parametrize("how", ["raises", "hangs", "wrong type"])
async def test_a_broken_recommender_falls_back_to_the_newest_products(shop: Shop, how: str) -> None:
    await stock_up(shop)
    guard = PluginGuard("broken", Clock(), time_limit=0.05)
    broken = GuardedRecommender(Broken(how), guard)
    suggest = SuggestProducts(broken, shop.catalogue_queries())
    assert [card.handle for card in await suggest((), "zh")] == ["celadon-teapot"]
