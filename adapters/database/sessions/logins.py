"""Log-in names, unique by their blind indexes."""

from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.data_keys import LOGIN
from adapters.database.statements import insert_into, is_unique_violation
from adapters.database.tables.sessions import logins
from core.domain.accounts import AccountKind
from core.domain.errors import AlreadyExists
from ports.encryption import Encryption

OF_OWNER = select(logins.c.login_index).where(logins.c.owner_id == bindparam("owner"))


async def owner_of(
    connection: AsyncConnection, vault: Encryption, account_kind: AccountKind, login: str
) -> UUID | None:
    """The id of the account with this log-in."""
    owner_id: UUID | None = await connection.scalar(
        select(logins.c.owner_id).where(
            logins.c.account_kind == str(account_kind),
            logins.c.login_index.in_(vault.indexes(LOGIN, login)),
        )
    )
    return owner_id


async def remove_login(connection: AsyncConnection, owner_id: UUID) -> None:
    await connection.execute(delete(logins).where(logins.c.owner_id == owner_id))


async def save_login(
    connection: AsyncConnection,
    vault: Encryption,
    account_kind: AccountKind,
    owner_id: UUID,
    login: str,
) -> None:
    """Store the log-in under every index key, so that it stays unique during a rotation.

    Idempotent.

    Raises:
        AlreadyExists: another account has it.
    """
    indexes = vault.indexes(LOGIN, login)
    stored = set(await connection.scalars(OF_OWNER, {"owner": owner_id}))
    if stored == set(indexes):
        return
    await remove_login(connection, owner_id)
    rows = [
        {"account_kind": str(account_kind), "login_index": each, "owner_id": owner_id}
        for each in indexes
    ]
    try:
        await connection.execute(insert_into(logins), rows)
    except IntegrityError as error:
        if is_unique_violation(error):
            raise AlreadyExists("login", login) from error
        raise
