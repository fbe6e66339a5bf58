"""A new key for the blind indexes, while the shop serves."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, func, select, update

from adapters.database.data_keys import CONTACT, PHONE, TRACKING
from adapters.database.engine import Database
from adapters.database.sessions.logins import keep_login
from adapters.database.tables.carts import carts
from adapters.database.tables.customers import customers
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import orders
from adapters.database.tables.sessions import logins
from adapters.database.tables.staff import staff
from adapters.serialization.encrypted import data_key_in
from ports.encryption import Encryption, IndexKeys
from ports.sessions import AccountKind

AT_ONCE = 200


Progress = Callable[[int], None]
"""Told how many more were done."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A blind index, and how its value is read out of what is sealed beside it."""

    index: Column[Any]
    encrypted: Column[Any]
    field: str
    read: Callable[[Any], str] = str

    @property
    def table(self) -> Table:
        table = self.index.table
        assert isinstance(table, Table)
        return table


INDEXED: tuple[Indexed, ...] = (
    Indexed(
        carts.c.contact_index, carts.c.delivery, CONTACT, lambda delivery: str(delivery["contact"])
    ),
    Indexed(orders.c.contact_index, orders.c.contact, CONTACT),
    Indexed(orders.c.phone_index, orders.c.address, PHONE, lambda address: str(address["phone"])),
    Indexed(shipments.c.tracking_index, shipments.c.tracking_number, TRACKING),
)


LOGINS = ((customers, AccountKind.CUSTOMER), (staff, AccountKind.STAFF))


@dataclass(frozen=True, slots=True)
class RotateBlindIndexes:
    """Write every blind index anew; how many. A run that was cut off goes on where it was.

    Raises:
        KeyringMissing: the keyring is not ours to change.
    """

    database: Database
    vault: Encryption
    index_keys: IndexKeys

    async def __call__(self, progress: Progress) -> int:
        self.index_keys.add()
        written, before = 0, -1
        while written != before:
            # Whoever computed an index just before the key came may write it just now.
            await asyncio.sleep(self.vault.lease_seconds)
            before = written
            written += await self._everything(progress)
        self.index_keys.drop_old()
        await self._drop_old_logins()
        return written

    async def _everything(self, progress: Progress) -> int:
        written = 0
        for each in INDEXED:
            while rows := await self._stale(each):
                await self._write(each, rows)
                progress(len(rows))
                written += len(rows)
        for table, account_kind in LOGINS:
            while owners := await self._unknown(table, account_kind):
                for row in owners:
                    await self._write_login(table, account_kind, row)
                progress(len(owners))
                written += len(owners)
        return written

    async def _stale(self, each: Indexed) -> Sequence[Any]:
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(
                select(
                    each.table.c.id, each.index.label("index"), each.encrypted.label("encrypted")
                )
                .where(func.substr(each.index, 1, 1) != self.index_keys.current)
                .limit(AT_ONCE)
            )
            return rows.all()

    async def _write(self, each: Indexed, rows: Sequence[Any]) -> None:
        keys = await self.vault.keys(data_key_in(row.encrypted) for row in rows)
        async with self.database.writes.begin() as connection:
            for row in rows:
                value = keys.decrypt(
                    f"{each.table.name}.{each.encrypted.name}", row.id, row.encrypted
                )
                index = None if value is None else self.vault.index(each.field, each.read(value))
                await connection.execute(
                    update(each.table)
                    .where(each.table.c.id == row.id, each.index == row.index)
                    .values({each.index.name: index})
                )

    async def _unknown(self, table: Table, account_kind: AccountKind) -> Sequence[Any]:
        """Owners without a login under the current key."""
        known = select(logins.c.owner_id).where(
            logins.c.account_kind == str(account_kind),
            func.substr(logins.c.login_index, 1, 1) == self.index_keys.current,
        )
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(
                select(table.c.id, table.c.login).where(table.c.id.not_in(known)).limit(AT_ONCE)
            )
            return rows.all()

    async def _write_login(self, table: Table, account_kind: AccountKind, row: Any) -> None:
        keys = await self.vault.keys([data_key_in(row.login)])
        login = keys.decrypt(f"{table.name}.login", row.id, row.login)
        async with self.database.writes.begin() as connection:
            await keep_login(connection, self.vault, account_kind, row.id, login)

    async def _drop_old_logins(self) -> None:
        async with self.database.writes.begin() as connection:
            await connection.execute(
                logins.delete().where(
                    func.substr(logins.c.login_index, 1, 1) != self.index_keys.current
                )
            )
