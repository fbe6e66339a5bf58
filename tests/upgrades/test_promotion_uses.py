"""Revision 0012: orders that were placed before have the same use of promotions as new ones."""

from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from adapters.database.migration import MIGRATIONS, check, upgrade
from adapters.database.tables.pricing import promotion_uses
from core.domain.pricing.quote import Grant, GrantKind
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import NOW
from entrepot.testing.storage.samples import an_order

pytestmark = [pytest.mark.anyio, pytest.mark.own_database]
REVISION = "0012"


async def uses(shop: Shop) -> list[Any]:
    rows = select(promotion_uses).order_by(promotion_uses.c.order_id, promotion_uses.c.promotion)
    async with shop.database().reads.connect() as connection:
        return list((await connection.execute(rows)).all())


async def save_orders(shop: Shop) -> None:
    async with shop.units()() as unit:
        for number in range(4):
            order = an_order(number=f"100000000000000{number}", key=str(number))
            if number == 2:
                order.cancel(NOW, "shop")
            if number == 3:
                order.grants = (Grant(promotion="points", kind=GrantKind.POINTS, amount=5),)
            await unit.orders.save(order)
        await unit.commit()


def _run(connection: Connection, script: Any) -> None:
    """Run this revision alone: the later ones have run."""
    with Operations.context(MigrationContext.configure(connection)):
        script.module.upgrade()


async def test_orders_have_the_use_that_new_ones_have(shop: Shop) -> None:
    await upgrade(shop.database())
    await save_orders(shop)
    before = await uses(shop)
    assert {each.promotion for each in before} >= {"GIFT", "points"}
    script = ScriptDirectory(str(MIGRATIONS)).get_revision(REVISION)
    async with shop.database().writes.begin() as connection:
        await connection.execute(text("DROP TABLE promotion_uses"))
        for index in ("ix_claims_key", "ix_coupon_batches_promotion"):
            await connection.execute(text(f"DROP INDEX {index}"))
        await connection.run_sync(_run, script)
    assert await uses(shop) == before
    await check(shop.database())
