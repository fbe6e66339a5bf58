"""Retained records, and erased people in a restored backup."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.database.tables import metadata
from adapters.database.tables.orders import orders
from core.domain.privacy.request import RequestState
from entrepot.assembly.shop import Shop
from tests.erasures import erased, finish_orders
from tests.invariants import violations
from tests.people import MARKED, every_byte
from tests.privacy.lives import decrypted, in_days, rows_of
from tests.privacy.test_ledger_and_claims import people_left

pytestmark = pytest.mark.anyio


@pytest.mark.own_database
async def test_retained_records_are_destroyed_after_their_retention(
    lives: Shop, tmp_path: Path
) -> None:
    await erased(lives)
    before = await decrypted(lives)
    assert [p for p, text in before.items() if MARKED.marks_in(text.encode())]
    assert await lives.end_retention()() == 0
    in_days(lives, 30)
    assert await lives.end_retention()() > 0
    rest = await decrypted(lives)
    open_order = [p for p, text in rest.items() if MARKED.marks_in(text.encode())]
    assert sorted(p.split()[0] for p in open_order) == ["orders.address", "orders.contact"]
    await finish_orders(lives)
    in_days(lives, 200)
    assert await lives.end_retention()() == 1
    after = await decrypted(lives)
    assert [p for p, text in after.items() if MARKED.marks_in(text.encode())] == []
    async for where, content in every_byte(lives, tmp_path):
        assert MARKED.marks_in(content) == [], where
    assert await violations(lives.database()) == []


async def test_a_restored_backup_does_not_restore_erased_people(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    tables = [table for table in metadata.sorted_tables if table.name != "tombstone_replays"]
    backup = {}
    async with lives.database().reads.connect() as connection:
        for table in tables:
            backup[table] = [
                dict(row) for row in (await connection.execute(sa.select(table))).mappings()
            ]
    assert (await erased(lives)).state is RequestState.COMPLETED
    async with lives.database().writes.begin() as connection:
        for table in reversed(tables):
            await connection.execute(sa.delete(table))
        for table in tables:
            if backup[table]:
                await connection.execute(sa.insert(table), backup[table])
        await connection.execute(sa.text("DELETE FROM tombstone_replays"))
    assert await rows_of(lives, customer.id)
    assert await lives.replay_tombstones()() > 4
    async with lives.database().reads.connect() as connection:
        rows = (await connection.execute(sa.select(orders))).all()
    assert len(rows) == 3
    assert len([row for row in rows if row.address is None and row.customer_id is None]) == 2
    assert await people_left(lives) == (1, 1, 1)
    assert await lives.account_queries().find_customer(MARKED.marks["login"]) is None
    assert await violations(lives.database()) == []
    assert await lives.replay_tombstones()() == 0


async def test_without_tombstones_a_backup_restores_erased_people(lives: Shop) -> None:
    """The twin: the key store has no tombstones."""
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    assert await lives.replay_tombstones()() == 0
    assert await rows_of(lives, customer.id)
