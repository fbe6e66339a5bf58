"""The repository of transfers. Each change of an account is one statement with its check."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from adapters.clock.system import new_id
from adapters.database.ledger import statements
from adapters.database.ledger.lots import SqlLots
from adapters.database.ledger.records import SqlTransferRecords
from adapters.database.ledger.rows import account_from
from core.domain.errors import NotFound
from core.domain.ledger.accounts import (
    InsufficientBalance,
    LedgerAccount,
    LedgerAccountId,
    OwnerKind,
)
from core.domain.ledger.lots import Lot, LotId, free_units
from core.domain.ledger.transfers import Line, Transfer, TransferId, TransferState

Accounts = Mapping[LedgerAccountId, LedgerAccount]


class SqlTransfers:
    """`ports.ledger.Transfers` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._records = SqlTransferRecords(connection)
        self._lots = SqlLots(connection)

    async def get(self, transfer_id: TransferId) -> Transfer:
        return await self._records.get(transfer_id)

    async def hold(self, transfer: Transfer, until: datetime) -> Transfer:
        held = replace(transfer, state=TransferState.HELD, hold_until=until)
        accounts = await self._accounts(held.lines)
        if first := await self._records.insert(held):
            return first
        for line in _in_lock_order(held.lines, accounts):
            if line.amount < 0:
                await self._spend(statements.HOLD, held, accounts[line.account_id], line)
        return held

    async def post(self, transfer_id: TransferId, now: datetime) -> None:
        held = await self._records.end_transfer_hold(transfer_id, "post", now)
        if held is None:
            return
        accounts = await self._accounts(held.lines)
        for line in _in_lock_order(held.lines, accounts):
            if line.amount < 0:
                await self._change(statements.POST_HELD, line, now)
            else:
                await self._receive(accounts[line.account_id], line, now)

    async def void(self, transfer_id: TransferId, now: datetime) -> None:
        held = await self._records.end_transfer_hold(transfer_id, "void", now)
        if held is None:
            return
        accounts = await self._accounts(held.lines)
        for line in _in_lock_order(held.lines, accounts):
            if line.amount < 0:
                balance = await self._change(statements.VOID, line, now)
                if accounts[line.account_id].has_lots:
                    free = free_units(balance, -line.amount)
                    await self._lots.put_back(held.id, line.account_id, free, now)

    async def transfer(self, transfer: Transfer, *, overdraw: bool = False) -> Transfer:
        posted = replace(transfer, state=TransferState.POSTED, hold_until=None)
        accounts = await self._accounts(posted.lines)
        if first := await self._records.insert(posted):
            return first
        if posted.reverses is not None:
            await self._records.reserve_reversal(posted, posted.reverses)
        for line in _in_lock_order(posted.lines, accounts):
            account = accounts[line.account_id]
            if line.amount > 0:
                await self._receive(account, line, posted.at, posted.reverses)
            elif overdraw or posted.reverses is not None:
                await self._overdraw(posted, account, line)
            else:
                await self._spend(statements.SPEND, posted, account, line)
        return posted

    async def _accounts(self, lines: Sequence[Line]) -> Accounts:
        """The accounts; their kind, unit and owner kind never change. Raises `NotFound`."""
        ids = [line.account_id for line in lines]
        rows = await self._connection.execute(statements.ACCOUNTS, {"of_accounts": ids})
        accounts = {account.id: account for account in map(account_from, rows)}
        for line in lines:
            account = accounts.get(line.account_id)
            if account is None or account.unit != line.unit:
                raise NotFound("ledger account", line.account_id)
        return accounts

    async def _spend(
        self,
        statement: ReturningUpdate[Any],
        transfer: Transfer,
        account: LedgerAccount,
        line: Line,
    ) -> None:
        """Raises `InsufficientBalance`."""
        units = -line.amount
        values = {"of_account": account.id, "count": units, "now": transfer.at}
        if (await self._connection.execute(statement, values)).first() is None:
            left = await self._connection.scalar(statements.AVAILABLE, {"of_account": account.id})
            raise InsufficientBalance(account.id, int(left or 0))
        if account.has_lots:
            taken = await self._lots.spend(transfer.id, account.id, units, transfer.at)
            if taken < units:
                raise InsufficientBalance(account.id, taken)

    async def _overdraw(self, transfer: Transfer, account: LedgerAccount, line: Line) -> None:
        await self._change(statements.OVERDRAW, line, transfer.at)
        if account.has_lots:
            await self._lots.spend(transfer.id, account.id, -line.amount, None)

    async def _receive(
        self,
        account: LedgerAccount,
        line: Line,
        now: datetime,
        reverses: TransferId | None = None,
    ) -> None:
        """Units that do not fill a debt go back to the lots of ``reverses``, or are a new lot."""
        balance = await self._change(statements.RECEIVE, line, now)
        free = free_units(balance, line.amount)
        if not account.has_lots:
            return
        if reverses is not None:
            free -= await self._lots.put_back(reverses, account.id, free, now)
        if free:
            await self._lots.add(
                Lot(
                    id=LotId(new_id()),
                    account_id=account.id,
                    source=line.source,
                    remaining=free,
                    expires_at=line.expires_at,
                )
            )

    async def _change(self, statement: ReturningUpdate[Any], line: Line, now: datetime) -> int:
        """Returns the balance after the change."""
        values = {"of_account": line.account_id, "count": abs(line.amount), "now": now}
        return int((await self._connection.execute(statement, values)).scalar_one())


def _in_lock_order(lines: Sequence[Line], accounts: Accounts) -> list[Line]:
    """All transactions change accounts in this order, those of the shop last: all use them."""

    def rank(line: Line) -> tuple[bool, LedgerAccountId]:
        return accounts[line.account_id].owner.kind is OwnerKind.SHOP, line.account_id

    return sorted(lines, key=rank)
