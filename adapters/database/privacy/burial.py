"""Rows of people whose keys were destroyed: a backup from before must not bring them back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.privacy.holdings import BY_SECTION, HOLDINGS, clear
from adapters.database.statements import upsert
from adapters.database.tables import (
    consents,
    customers,
    logins,
    orders,
    returns,
    sessions,
    shipments,
    tombstone_replays,
)
from core.domain.identifiers import PersonId
from core.domain.privacy.inventory import OnErase
from ports.keys import Destructions

AT_ONCE = 200


async def bury(database: Database, destructions: Destructions) -> int:
    """Take out rows whose person's key was destroyed: a backup from before was restored.

    How many rows there were. What was retained then cannot be read any more either.
    """
    epoch, table = await destructions.epoch(), tombstone_replays
    async with database.reads.connect() as connection:
        if await connection.scalar(select(table.c.epoch)) == epoch:
            return 0
    people, buried = await destroyed_people(destructions), 0
    async with database.writes.begin() as connection:
        for start in range(0, len(people), AT_ONCE):
            buried += await _bury(connection, people[start : start + AT_ONCE])
        await connection.execute(
            upsert(connection, table)
            .values(id=1, epoch=epoch)
            .on_conflict_do_update(index_elements=["id"], set_={"epoch": epoch})
        )
    return buried


async def destroyed_people(destructions: Destructions) -> list[PersonId]:
    people: list[PersonId] = []
    last = UUID(int=0)
    while some := await destructions.destroyed(last, 5_000):
        people += some
        last = some[-1]
    return people


async def _bury(connection: AsyncConnection, people: Sequence[PersonId]) -> int:
    """Rows of these people, and what belongs to them, in the order of the holdings."""
    theirs = select(customers.c.id).where(customers.c.person.in_(people))
    of_orders = select(orders.c.id).where(orders.c.person.in_(people))
    await connection.execute(
        update(orders).where(orders.c.customer_id.in_(theirs)).values(customer_id=None)
    )
    of_theirs = consents.c.customer_id.in_(theirs)
    await connection.execute(update(consents).where(of_theirs).values(customer_id=None, salt=None))
    await connection.execute(delete(sessions).where(sessions.c.person_id.in_(theirs)))
    await connection.execute(delete(logins).where(logins.c.owner_id.in_(theirs)))
    for table in (shipments, returns):
        holding = BY_SECTION[table.name]
        await clear(connection, holding, table.c.order_id.in_(of_orders))
    buried = 0
    for holding in HOLDINGS:
        if "person" not in holding.table.c:
            continue
        at = holding.table.c.person.in_(people)
        if holding.columns(OnErase.DELETE):
            buried += (await connection.execute(delete(holding.table).where(at))).rowcount
        else:
            buried += await clear(connection, holding, at)
    return buried
