"""The repository of ledger accounts."""

from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.ledger.rows import account_from, lot_from, transfer_from
from adapters.database.ledger.statements import LINES, LOTS
from adapters.database.statements import upsert
from adapters.database.tables.ledger import ledger_accounts, ledger_lines, ledger_transfers
from core.domain.errors import NotFound
from core.domain.ledger.accounts import LedgerAccount, LedgerAccountId, Owner
from core.domain.ledger.lots import Lot
from core.domain.ledger.transfers import Transfer
from ports.clock import Clock

BY_ID = select(ledger_accounts).where(ledger_accounts.c.id == bindparam("of_account"))

OF_OWNER = (
    select(ledger_accounts)
    .where(
        ledger_accounts.c.owner_kind == bindparam("of_kind"),
        ledger_accounts.c.owner_id == bindparam("of_owner"),
    )
    .order_by(ledger_accounts.c.id)
)

OPENED = OF_OWNER.where(
    ledger_accounts.c.unit == bindparam("in_unit"), ledger_accounts.c.kind == bindparam("as_kind")
)

TRANSFERS_OF = (
    select(ledger_transfers)
    .join(ledger_lines, ledger_lines.c.transfer_id == ledger_transfers.c.id)
    .where(ledger_lines.c.account_id == bindparam("of_account"))
    .order_by(ledger_transfers.c.at.desc(), ledger_transfers.c.id.desc())
    .limit(bindparam("most"))
)


class SqlLedgerAccounts:
    def __init__(self, connection: AsyncConnection, now: Clock) -> None:
        self._connection = connection
        self._now = now

    async def open(self, account: LedgerAccount) -> LedgerAccount:
        await self._connection.execute(
            upsert(self._connection, ledger_accounts)
            .values(
                id=account.id,
                owner_kind=str(account.owner.kind),
                owner_id=account.owner.id,
                unit=account.unit,
                kind=str(account.kind),
                credit_limit=account.credit_limit,
                posted=0,
                held=0,
                overdrawn=0,
                changed_at=self._now(),
            )
            .on_conflict_do_nothing(index_elements=["owner_id", "owner_kind", "unit", "kind"])
        )
        values = {"in_unit": account.unit, "as_kind": str(account.kind)}
        (opened,) = await self._read(OPENED, {**_owner(account.owner), **values})
        return opened

    async def get(self, account_id: LedgerAccountId) -> LedgerAccount:
        for account in await self._read(BY_ID, {"of_account": account_id}):
            return account
        raise NotFound("ledger account", account_id)

    async def of(self, owner: Owner) -> tuple[LedgerAccount, ...]:
        return await self._read(OF_OWNER, _owner(owner))

    async def lots(self, account_id: LedgerAccountId) -> tuple[Lot, ...]:
        rows = await self._connection.execute(LOTS, {"of_account": account_id})
        return tuple(map(lot_from, rows))

    async def transfers(self, account_id: LedgerAccountId, limit: int) -> tuple[Transfer, ...]:
        found = (
            await self._connection.execute(TRANSFERS_OF, {"of_account": account_id, "most": limit})
        ).all()
        ids = [row.id for row in found]
        lines = (await self._connection.execute(LINES, {"of_transfers": ids})).all()
        return tuple(transfer_from(row, lines) for row in found)

    async def _read(
        self, statement: Select[Any], values: dict[str, Any]
    ) -> tuple[LedgerAccount, ...]:
        return tuple(map(account_from, await self._connection.execute(statement, values)))


def _owner(owner: Owner) -> dict[str, Any]:
    return {"of_kind": str(owner.kind), "of_owner": owner.id}
