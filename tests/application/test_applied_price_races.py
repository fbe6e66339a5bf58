"""Workers that compile at the same time leave one open record, and the guards that keep it so."""

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import bindparam, select, text, update

from adapters.database.pricing import applied_prices as repository
from adapters.database.pricing import compilations
from adapters.database.tables.applied_prices import applied_prices
from core.application.pricing import applied_prices as use_case
from entrepot.assembly.shop import Shop
from tests.application.test_guards import concurrently
from tests.applied_prices import promote
from tests.conftest import ON_POSTGRESQL
from tests.factories import a_draft, stock_up

pytestmark = pytest.mark.anyio
on_postgresql = pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)

PRODUCTS = 6
"""Small batches, so that workers meet."""


async def compile_at_once(shop: Shop) -> dict[tuple[str, str], int]:
    """A promotion begins, and twelve workers compile it. Returns the open records by SKU."""
    await stock_up(shop, *(a_draft(f"pot-{number}") for number in range(PRODUCTS)))
    await promote(shop)
    await concurrently(lambda _: shop.apply_prices()())
    return await open_records(shop)


async def open_records(shop: Shop) -> dict[tuple[str, str], int]:
    statement = select(applied_prices.c.sku, applied_prices.c.audience).where(
        applied_prices.c.ends_at.is_(None)
    )
    async with shop.database().reads.connect() as connection:
        rows = await connection.execute(statement)
        return dict(Counter((row.sku, row.audience) for row in rows))


async def records(shop: Shop) -> list[tuple[int, datetime, datetime | None]]:
    statement = select(applied_prices).where(applied_prices.c.sku == "POT-0-S")
    async with shop.database().reads.connect() as connection:
        rows = await connection.execute(statement.order_by(applied_prices.c.starts_at))
        return [(row.minor, row.starts_at, row.ends_at) for row in rows]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_case, "BATCH_SIZE", 2)


async def test_workers_at_once_leave_one_record(shop: Shop) -> None:
    assert set((await compile_at_once(shop)).values()) == {1}
    assert len(await records(shop)) == 2


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove ``FOR UPDATE SKIP LOCKED``: workers compile the same products."""
    claim = compilations.CLAIM._clone()
    claim._for_update_arg = None
    monkeypatch.setattr(compilations, "CLAIM", claim)


@on_postgresql
async def test_the_key_of_open_records_is_enough(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    assert set((await compile_at_once(shop)).values()) == {1}
    assert len(await records(shop)) == 2


@on_postgresql
@pytest.mark.own_database
async def test_without_the_guards_a_variant_has_several_prices(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    lax = (
        update(applied_prices)
        .where(applied_prices.c.id == bindparam("of_id"))
        .values(ends_at=bindparam("at"))
    )
    monkeypatch.setattr(repository, "END", lax)
    async with shop.database().writes.begin() as connection:
        await connection.execute(text("DROP INDEX uq_applied_prices_open"))
    assert max((await compile_at_once(shop)).values()) > 1
