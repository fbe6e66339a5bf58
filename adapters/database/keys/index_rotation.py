"""Blind-index rotation: recompute all blind indexes with a new key, without downtime."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, func, select, update

from adapters.database.data_keys import CONTACT, PHONE, TRACKING
from adapters.database.engine import Database
from adapters.database.sessions.logins import save_login
from adapters.database.tables.carts import carts
from adapters.database.tables.customers import customers
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import orders
from adapters.database.tables.sessions import logins
from adapters.database.tables.staff import staff
from adapters.serialization.encrypted import data_key_in
from core.domain.accounts import AccountKind
from ports.encryption import Encryption, IndexKeys

BATCH_SIZE = 200


Progress = Callable[[int], None]
"""Called after each batch with its size."""


@dataclass(frozen=True, slots=True)
class IndexedColumn:
    """A blind index, its encrypted source column, and how to get the value from the plaintext."""

    index: Column[Any]
    encrypted: Column[Any]
    field: str
    read: Callable[[Any], str] = str

    @property
    def table(self) -> Table:
        table = self.index.table
        assert isinstance(table, Table)
        return table


INDEXED: tuple[IndexedColumn, ...] = (
    IndexedColumn(
        carts.c.contact_index, carts.c.delivery, CONTACT, lambda delivery: str(delivery["contact"])
    ),
    IndexedColumn(orders.c.contact_index, orders.c.contact, CONTACT),
    IndexedColumn(
        orders.c.phone_index, orders.c.address, PHONE, lambda address: str(address["phone"])
    ),
    IndexedColumn(shipments.c.tracking_index, shipments.c.tracking_number, TRACKING),
)


LOGINS = ((customers, AccountKind.CUSTOMER), (staff, AccountKind.STAFF))


@dataclass(frozen=True, slots=True)
class RotateBlindIndexes:
    """Recompute every blind index. Idempotent: an interrupted run continues where it stopped.

    ``further`` are blind indexes in tables of plugins.

    Returns the number of rewritten indexes.

    Raises:
        KeyringMissing: the keyring cannot be changed by this process.
    """

    database: Database
    vault: Encryption
    index_keys: IndexKeys
    further: Sequence[IndexedColumn] = ()

    async def __call__(self, progress: Progress) -> int:
        self.index_keys.add()
        written, before = 0, -1
        while written != before:
            # Other workers may still write indexes with the old key until their lease ends.
            await asyncio.sleep(self.vault.lease_seconds)
            before = written
            written += await self._rotate_stale(progress)
        self.index_keys.drop_old()
        await self._drop_old_logins()
        return written

    async def _rotate_stale(self, progress: Progress) -> int:
        written = 0
        for column in (*INDEXED, *self.further):
            while rows := await self._stale(column):
                await self._write(column, rows)
                progress(len(rows))
                written += len(rows)
        for table, account_kind in LOGINS:
            while owners := await self._without_current_login(table, account_kind):
                for row in owners:
                    await self._write_login(table, account_kind, row)
                progress(len(owners))
                written += len(owners)
        return written

    async def _stale(self, column: IndexedColumn) -> Sequence[Any]:
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(
                select(
                    column.table.c.id,
                    column.index.label("index"),
                    column.encrypted.label("encrypted"),
                )
                .where(func.substr(column.index, 1, 1) != self.index_keys.current)
                .limit(BATCH_SIZE)
            )
            return rows.all()

    async def _write(self, column: IndexedColumn, rows: Sequence[Any]) -> None:
        keys = await self.vault.keys(data_key_in(row.encrypted) for row in rows)
        async with self.database.writes.begin() as connection:
            for row in rows:
                value = keys.decrypt(
                    f"{column.table.name}.{column.encrypted.name}", row.id, row.encrypted
                )
                index = (
                    None if value is None else self.vault.index(column.field, column.read(value))
                )
                await connection.execute(
                    update(column.table)
                    .where(column.table.c.id == row.id, column.index == row.index)
                    .values({column.index.name: index})
                )

    async def _without_current_login(
        self, table: Table, account_kind: AccountKind
    ) -> Sequence[Any]:
        """Accounts without a login that is indexed with the current key."""
        current_owners = select(logins.c.owner_id).where(
            logins.c.account_kind == str(account_kind),
            func.substr(logins.c.login_index, 1, 1) == self.index_keys.current,
        )
        owners = select(table.c.id, table.c.login).where(table.c.id.not_in(current_owners))
        if table is customers:
            owners = owners.where(customers.c.login_state == "active")
        async with self.database.reads.connect() as connection:
            return (await connection.execute(owners.limit(BATCH_SIZE))).all()

    async def _write_login(self, table: Table, account_kind: AccountKind, row: Any) -> None:
        keys = await self.vault.keys([data_key_in(row.login)])
        login = keys.decrypt(f"{table.name}.login", row.id, row.login)
        async with self.database.writes.begin() as connection:
            await save_login(connection, self.vault, account_kind, row.id, login)

    async def _drop_old_logins(self) -> None:
        async with self.database.writes.begin() as connection:
            await connection.execute(
                logins.delete().where(
                    func.substr(logins.c.login_index, 1, 1) != self.index_keys.current
                )
            )
