"""The owners of rows: locked while a row is written, with the data key that encrypts the row."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.plugin_tables.declaration import OWNER, Owner
from adapters.database.tables.customers import customers
from adapters.database.tables.orders import orders
from core.domain.errors import NotFound
from core.domain.identifiers import DataKeyId
from ports.plugin_shop.tables import StatementRefused

# FOR SHARE waits for an erasure that is under way, and an erasure waits for it.
CUSTOMERS = (
    select(customers.c.id, customers.c.data_key_id)
    .where(~customers.c.frozen)
    .with_for_update(read=True)
)
ORDERS = select(orders.c.id, orders.c.data_key_id).with_for_update(read=True)

DataKeyOf = Mapping[tuple[Owner, UUID], DataKeyId | None]


def owner_columns(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if OWNER in each.info]


async def lock_owners(
    connection: AsyncConnection, table: Table, rows: Iterable[Mapping[str, Any]]
) -> DataKeyOf:
    """Lock the owners of ``rows``, and return their data keys.

    A member whose erasure began has none: a row of a plugin would be written after the plan.

    Raises:
        NotFound: a member or an order does not exist, or is being erased.
        StatementRefused: an owner is no UUID.
    """
    found: dict[tuple[Owner, UUID], DataKeyId | None] = {}
    written = list(rows)
    for column in owner_columns(table):
        owner = column.info[OWNER]
        wanted = sorted({_id(column, each) for each in written if each.get(column.name)})
        if not wanted:
            continue
        statement = CUSTOMERS if owner is Owner.CUSTOMER else ORDERS
        (key, _) = statement.selected_columns
        selected = await connection.execute(statement.where(key.in_(wanted)).order_by(key))
        known = {(owner, row.id): row.data_key_id for row in selected}
        for each in wanted:
            if (owner, each) not in known:
                raise NotFound(str(owner), each)
        found |= known
    return found


def data_key_of(table: Table, row: Mapping[str, Any], keys: DataKeyOf) -> DataKeyId:
    """The data key of the first owner of a row that has one.

    Raises:
        StatementRefused: the row names no person, so that nothing could erase its values.
    """
    for column in owner_columns(table):
        value = row.get(column.name)
        data_key_id = keys.get((column.info[OWNER], value)) if value is not None else None
        if data_key_id is not None:
            return data_key_id
    names = ", ".join(each.name for each in owner_columns(table))
    raise StatementRefused(f"an encrypted value needs a person: set {names}")


def _id(column: Column[Any], row: Mapping[str, Any]) -> UUID:
    value = row[column.name]
    if not isinstance(value, UUID):
        raise StatementRefused(f"“{column.name}” is no UUID")
    return value
