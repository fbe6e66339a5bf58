"""Credentials of members and staff: one select, and the change of a password."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Table,
    bindparam,
    exists,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.sessions.logins import owner_of
from adapters.database.tables.accounts import second_factors
from adapters.database.tables.customers import customers
from adapters.database.tables.staff import staff
from core.domain.accounts import Account, AccountKind
from core.domain.errors import NotFound
from ports.accounts import AccountHolder, Credentials
from ports.encryption import Encryption


def _select(table: Table, blocked: ColumnElement[Any], language: Any, verified: Any) -> Select[Any]:
    factor: FromClause = second_factors
    return select(
        table.c.id,
        table.c.data_key_id,
        table.c.password_hash,
        table.c.login,
        table.c.name,
        language.label("language"),
        verified.label("login_verified"),
        blocked.label("blocked"),
        exists()
        .where(factor.c.id == table.c.id, factor.c.confirmed.is_(True))
        .label("second_factor"),
    ).where(table.c.id == bindparam("key"))


_NOBODY = UUID(int=0)
TABLES: dict[AccountKind, Table] = {AccountKind.CUSTOMER: customers, AccountKind.STAFF: staff}
OF_ACCOUNT = {
    AccountKind.CUSTOMER: _select(
        customers, customers.c.frozen, customers.c.language, customers.c.login_verified
    ),
    AccountKind.STAFF: _select(staff, staff.c.disabled, literal(""), literal(True)),
}
# FOR SHARE: log-ins do not wait for each other, but for a change of the account's row.
LOCKED = {
    kind: query.with_for_update(read=True, of=TABLES[kind]) for kind, query in OF_ACCOUNT.items()
}
REPLACE_PASSWORD = {
    kind: update(table)
    .where(table.c.id == bindparam("key"), table.c.password_hash == bindparam("old_hash"))
    .values(password_hash=bindparam("new_hash"), version=table.c.version + 1)
    for kind, table in TABLES.items()
}


class SqlAccounts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, account: Account) -> Credentials:
        return _credentials(account.kind, await _row(self._connection, LOCKED, account))

    async def replace_password(self, account: Account, old_hash: str, new_hash: str) -> bool:
        changed = await self._connection.execute(
            REPLACE_PASSWORD[account.kind],
            {"key": account.id, "old_hash": old_hash, "new_hash": new_hash},
        )
        return changed.rowcount == 1


@dataclass(frozen=True, slots=True)
class SqlCredentialQueries:
    database: Database
    vault: Encryption

    async def by_login(self, kind: AccountKind, login: str) -> Credentials | None:
        async with self.database.reads.connect() as connection:
            owner = await owner_of(connection, self.vault, kind, login)
            # An unknown log-in costs the same statements as a known one.
            row = (await connection.execute(OF_ACCOUNT[kind], {"key": owner or _NOBODY})).first()
        return None if row is None else _credentials(kind, row)

    async def of(self, account: Account) -> Credentials:
        async with self.database.reads.connect() as connection:
            return _credentials(account.kind, await _row(connection, OF_ACCOUNT, account))

    async def holder(self, account: Account) -> AccountHolder:
        async with self.database.reads.connect() as connection:
            row = await _row(connection, OF_ACCOUNT, account)
        keys = await self.vault.keys([row.data_key_id])
        table = TABLES[account.kind].name
        return AccountHolder(
            credentials=_credentials(account.kind, row),
            login=keys.decrypt(f"{table}.login", row.id, row.login) or "",
            name=keys.decrypt(f"{table}.name", row.id, row.name) or "",
            language=row.language,
        )


async def _row(
    connection: AsyncConnection, queries: Mapping[AccountKind, Select[Any]], account: Account
) -> Row[Any]:
    row: Row[Any] | None = (
        await connection.execute(queries[account.kind], {"key": account.id})
    ).first()
    if row is None:
        raise NotFound("account", account.id)
    return row


def _credentials(kind: AccountKind, row: Row[Any]) -> Credentials:
    return Credentials(
        account=Account(kind, row.id),
        password_hash=row.password_hash,
        login_verified=bool(row.login_verified),
        blocked=bool(row.blocked),
        second_factor=bool(row.second_factor),
    )
