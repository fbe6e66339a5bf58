"""The guards of starts, ends and imports are needed: without them, the same race does damage.

PostgreSQL only: SQLite has one writer at a time.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table, literal
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.pricing import price_lists, promotions
from adapters.database.statements import replace_children
from core.application.pricing.price_edits import CHANGED_MEANWHILE, PriceEdit
from core.application.pricing.price_files import PriceRow
from core.domain.pricing.price_lists import PriceList
from core.domain.pricing.promotions.managed import PromotionMove
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import HOUR, TEN_OFF
from tests.conftest import ON_POSTGRESQL
from tests.factories import a_draft, stock_up

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]
TASKS = 4


async def start_of_a_promotion(shop: Shop) -> list[Sequence[str]]:
    """Several workers publish the start of one promotion. Returns what each has published."""
    start = datetime.now(UTC) + HOUR
    await shop.save_promotion()({**TEN_OFF, "starts_at": start.isoformat()})
    await shop.move_promotion()("ten-off", PromotionMove.ACTIVATE)

    async def publish() -> Sequence[str]:
        async with shop.units()() as unit:
            codes = await unit.promotions.publish_changes(start)
            await unit.commit()
        return codes

    return await asyncio.gather(*(publish() for _ in range(TASKS)))


async def test_one_worker_publishes_a_start(shop: Shop) -> None:
    published = await start_of_a_promotion(shop)
    assert sorted(published, key=len) == [*[[]] * (TASKS - 1), ["ten-off"]]


async def test_without_the_guard_each_worker_publishes_the_start(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promotions, "is_due", lambda _table, _now: literal(value=True))
    assert await start_of_a_promotion(shop) == [["ten-off"]] * TASKS


async def imports(shop: Shop) -> list[object]:
    await stock_up(shop, a_draft())
    await shop.save_price_list()(PriceList(code="vip", ladders={}))
    rows = [
        PriceRow(line=1, list="vip", sku="CELADON-TEAPOT-S", quantity="1", price=str(price))
        for price in range(TASKS)
    ]
    return await asyncio.gather(
        *(shop.replace_prices()([row]) for row in rows), return_exceptions=True
    )


async def test_imports_of_one_list_wait_for_each_other(shop: Shop) -> None:
    assert await imports(shop) == [{"vip": 1}] * TASKS


async def test_without_the_lock_an_import_inserts_a_price_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unlocked(*_arguments: object) -> None:
        """The list keeps its version, so that its row is not locked."""

    async def slowly(connection: AsyncConnection, table: Table, *rest: Any) -> None:
        await replace_children(connection, table, *rest)
        await asyncio.sleep(0.2)

    monkeypatch.setattr(price_lists.SqlPriceLists, "renew", unlocked)
    monkeypatch.setattr(price_lists, "replace_children", slowly)
    assert any(isinstance(each, IntegrityError) for each in await imports(shop))


async def edits(shop: Shop) -> list[object]:
    """Each task changes the price of 100.00 that it has seen to one of its own."""
    await stock_up(shop, a_draft())
    await shop.save_price_list()(PriceList(code="vip", ladders={}))
    pot = "CELADON-TEAPOT-S"
    first = PriceEdit(row="new-0", sku=pot, quantity="1", was="", price="100")
    await shop.change_prices()("vip", [first])
    changes = [
        PriceEdit(row=pot, sku=pot, quantity="1", was="100.00", price=str(price))
        for price in range(TASKS)
    ]
    return await asyncio.gather(
        *(shop.change_prices()("vip", [each]) for each in changes), return_exceptions=True
    )


async def test_one_of_concurrent_edits_of_a_price_counts(shop: Shop) -> None:
    results = await edits(shop)
    assert results.count(1) == 1
    assert [str(each) for each in results if each != 1] == [CHANGED_MEANWHILE] * (TASKS - 1)


async def test_without_the_guard_an_edit_overwrites_another_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_lists, "is_still", lambda _change: literal(value=True))
    assert await edits(shop) == [1] * TASKS
