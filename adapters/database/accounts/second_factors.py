"""The repository of second factors and recovery codes."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.accounts.credentials import TABLES
from adapters.database.statements import insert_into, upsert
from adapters.database.tables.accounts import recovery_codes, second_factors
from core.domain.accounts import Account
from core.domain.errors import NotFound
from core.domain.identifiers import DataKeyId
from ports.accounts import SecondFactor
from ports.encryption import Encryption

SECRET_PLACE = "second_factors.secret"  # noqa: S105 -- the name of a column
USE_STEP = (
    update(second_factors)
    .where(
        second_factors.c.id == bindparam("key"),
        second_factors.c.confirmed.is_(True),
        second_factors.c.last_step < bindparam("step"),
    )
    .values(last_step=bindparam("step"))
)
CONFIRM = (
    update(second_factors)
    .where(second_factors.c.id == bindparam("key"), second_factors.c.confirmed.is_(False))
    .values(confirmed=True, last_step=bindparam("step"))
)


class SqlSecondFactors:
    def __init__(self, connection: AsyncConnection, vault: Encryption) -> None:
        self._connection = connection
        self._vault = vault

    async def find(self, account: Account) -> SecondFactor | None:
        data_key_id = await self._data_key_id(account)
        row = (
            await self._connection.execute(
                select(second_factors).where(second_factors.c.id == account.id)
            )
        ).first()
        if row is None:
            return None
        keys = await self._vault.keys([data_key_id])
        secret = keys.decrypt(SECRET_PLACE, account.id, row.secret)
        return (
            None
            if secret is None
            else SecondFactor(secret=bytes.fromhex(secret), confirmed=row.confirmed)
        )

    async def propose(self, account: Account, secret: bytes) -> bool:
        data_key_id = await self._data_key_id(account)
        keys = await self._vault.keys([data_key_id])
        values = {
            "id": account.id,
            "account_kind": str(account.kind),
            "secret": keys.encrypt(data_key_id, SECRET_PLACE, account.id, secret.hex()),
            "confirmed": False,
            "last_step": 0,
        }
        insert = upsert(self._connection, second_factors).values(values)
        stored = await self._connection.execute(
            insert.on_conflict_do_update(
                index_elements=["id"],
                set_={"secret": insert.excluded.secret},
                where=second_factors.c.confirmed.is_(False),
            )
        )
        return bool(stored.rowcount == 1)

    async def confirm(self, account: Account, step: int, code_hashes: Iterable[str]) -> bool:
        confirmed = await self._connection.execute(CONFIRM, {"key": account.id, "step": step})
        if confirmed.rowcount == 1:
            await self.replace_recovery_codes(account, code_hashes)
        return confirmed.rowcount == 1

    async def use_step(self, account: Account, step: int) -> bool:
        used = await self._connection.execute(USE_STEP, {"key": account.id, "step": step})
        return used.rowcount == 1

    async def use_recovery_code(self, account: Account, code_hash: str) -> bool:
        used = await self._connection.execute(
            delete(recovery_codes).where(
                recovery_codes.c.account_id == account.id,
                recovery_codes.c.code_hash == code_hash,
            )
        )
        return used.rowcount == 1

    async def replace_recovery_codes(self, account: Account, code_hashes: Iterable[str]) -> None:
        await self._remove_recovery_codes(account)
        rows = [{"account_id": account.id, "code_hash": each} for each in code_hashes]
        await self._connection.execute(insert_into(recovery_codes), rows)

    async def remove(self, account: Account) -> bool:
        await self._remove_recovery_codes(account)
        removed = await self._connection.execute(
            delete(second_factors).where(second_factors.c.id == account.id)
        )
        return removed.rowcount == 1

    async def _remove_recovery_codes(self, account: Account) -> None:
        await self._connection.execute(
            delete(recovery_codes).where(recovery_codes.c.account_id == account.id)
        )

    async def _data_key_id(self, account: Account) -> DataKeyId:
        table = TABLES[account.kind]
        data_key_id = await self._connection.scalar(
            select(table.c.data_key_id).where(table.c.id == account.id)
        )
        if data_key_id is None:
            raise NotFound("account", account.id)
        return DataKeyId(data_key_id)
