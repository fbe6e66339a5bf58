"""Tombstone replay: erase again after a backup from before the erasure was restored."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.claims.persons import person_index
from adapters.database.engine import Database
from adapters.database.privacy.personal_data_tables import BY_SECTION, PERSONAL_DATA_TABLES, clear
from adapters.database.statements import upsert
from adapters.database.tables.claims import claims, quota_uses
from adapters.database.tables.coupons import coupons
from adapters.database.tables.customers import customers
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.ledger import ledger_accounts
from adapters.database.tables.orders import orders
from adapters.database.tables.privacy import consents, tombstone_replays
from adapters.database.tables.returns import returns
from adapters.database.tables.sessions import logins, sessions
from core.domain.claims import person_of
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import OnErase
from ports.encryption import BlindIndexes
from ports.keys import Destructions

BATCH_SIZE = 200


ReplayFurther = Callable[[AsyncConnection, Any, Any], Awaitable[int]]
"""Erases rows of other tables. Gets selects of the customers and orders of destroyed keys."""


async def nothing_further(_connection: AsyncConnection, _customers: Any, _orders: Any) -> int:
    return 0


async def replay_tombstones(
    database: Database,
    destructions: Destructions,
    vault: BlindIndexes,
    further: ReplayFurther = nothing_further,
) -> int:
    """Erase the rows of the data keys that were destroyed since the epoch of the last replay.

    ``further`` runs before the rows of the shop, which lead to the people, are erased.
    Returns the number of erased rows. Retained values of these rows become unreadable too.
    """
    epoch, table = await destructions.epoch(), tombstone_replays
    async with database.reads.connect() as connection:
        replayed = await connection.scalar(select(table.c.epoch))
    if replayed == epoch:
        return 0
    # An older key store was restored if its epoch is lower: then nothing is known about its keys.
    since = replayed if replayed is not None and replayed < epoch else -1
    data_key_ids = await destroyed_data_keys(destructions, since)
    erased = 0
    async with database.writes.begin() as connection:
        for start in range(0, len(data_key_ids), BATCH_SIZE):
            batch = data_key_ids[start : start + BATCH_SIZE]
            erased += await _delete_coupons(connection, vault, batch)
            erased += await further(connection, _customer_ids(batch), _order_ids(batch))
            erased += await _replay_tombstones(connection, batch)
        await connection.execute(
            upsert(connection, table)
            .values(id=1, epoch=epoch)
            .on_conflict_do_update(index_elements=["id"], set_={"epoch": epoch})
        )
    return erased


async def destroyed_data_keys(destructions: Destructions, since: int) -> list[DataKeyId]:
    data_key_ids: list[DataKeyId] = []
    last = UUID(int=0)
    while page := await destructions.destroyed(last, 5_000, since):
        data_key_ids += page
        last = page[-1]
    return data_key_ids


async def _replay_tombstones(connection: AsyncConnection, data_key_ids: Sequence[DataKeyId]) -> int:
    """Erase the rows of the keys' people, in the order of `PERSONAL_DATA_TABLES`."""
    customer_ids, order_ids = _customer_ids(data_key_ids), _order_ids(data_key_ids)
    await connection.execute(
        update(orders).where(orders.c.customer_id.in_(customer_ids)).values(customer_id=None)
    )
    own_consents = consents.c.customer_id.in_(customer_ids)
    await connection.execute(
        update(consents).where(own_consents).values(customer_id=None, salt=None)
    )
    await _forget_accounts_and_uses(connection, customer_ids, order_ids)
    await connection.execute(delete(sessions).where(sessions.c.account_id.in_(customer_ids)))
    await connection.execute(delete(logins).where(logins.c.owner_id.in_(customer_ids)))
    for table in (shipments, returns):
        data_table = BY_SECTION[table.name]
        await clear(connection, data_table, table.c.order_id.in_(order_ids))
    erased = 0
    for data_table in PERSONAL_DATA_TABLES:
        if "data_key_id" not in data_table.table.c:
            continue
        at = data_table.table.c.data_key_id.in_(data_key_ids)
        if data_table.columns(OnErase.DELETE):
            erased += (await connection.execute(delete(data_table.table).where(at))).rowcount
        else:
            erased += await clear(connection, data_table, at)
    return erased


def _customer_ids(data_key_ids: Sequence[DataKeyId]) -> Any:
    return select(customers.c.id).where(customers.c.data_key_id.in_(data_key_ids))


def _order_ids(data_key_ids: Sequence[DataKeyId]) -> Any:
    return select(orders.c.id).where(orders.c.data_key_id.in_(data_key_ids))


async def _delete_coupons(
    connection: AsyncConnection, vault: BlindIndexes, data_key_ids: Sequence[DataKeyId]
) -> int:
    """Delete the coupons of members, whose rows have a keyed hash of the account."""
    members = await connection.scalars(
        select(customers.c.id).where(customers.c.data_key_id.in_(data_key_ids))
    )
    owners = [person_index(vault, person_of(each, "")) for each in members]
    return (await connection.execute(delete(coupons).where(coupons.c.owner.in_(owners)))).rowcount


async def _forget_accounts_and_uses(
    connection: AsyncConnection, customer_ids: Any, order_ids: Any
) -> None:
    """Ledger accounts and uses of offers lose their person; the entries and counts stay."""
    await connection.execute(
        update(ledger_accounts)
        .where(ledger_accounts.c.owner_id.in_(customer_ids))
        .values(owner_id=None)
    )
    uses = select(claims.c.use_id).where(claims.c.order_id.in_(order_ids))
    await connection.execute(
        update(quota_uses).where(quota_uses.c.id.in_(uses)).values(person=None)
    )
