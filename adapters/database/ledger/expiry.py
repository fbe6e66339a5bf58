"""SQL that finds expired holds and lots."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.ledger.statements import LOCK_ACCOUNT
from adapters.database.tables.ledger import ledger_lots, ledger_transfers
from core.domain.ledger.accounts import LedgerAccountId
from core.domain.ledger.transfers import TransferId

EXPIRED_HOLDS = (
    select(ledger_transfers.c.id)
    .where(ledger_transfers.c.state == "held", ledger_transfers.c.hold_until <= bindparam("now"))
    .order_by(ledger_transfers.c.hold_until)
    .limit(bindparam("most"))
)

_expired = (ledger_lots.c.remaining > 0, ledger_lots.c.expires_at <= bindparam("now"))

WITH_EXPIRED_LOTS = (
    select(ledger_lots.c.account_id).where(*_expired).distinct().limit(bindparam("most"))
)

EXPIRED_UNITS = select(func.coalesce(func.sum(ledger_lots.c.remaining), 0)).where(
    ledger_lots.c.account_id == bindparam("of_account"), *_expired
)


class SqlLedgerExpiry:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def holds(self, now: datetime, limit: int) -> Sequence[TransferId]:
        found = await self._connection.scalars(EXPIRED_HOLDS, {"now": now, "most": limit})
        return [TransferId(each) for each in found]

    async def accounts(self, now: datetime, limit: int) -> Sequence[LedgerAccountId]:
        found = await self._connection.scalars(WITH_EXPIRED_LOTS, {"now": now, "most": limit})
        return [LedgerAccountId(each) for each in found]

    async def lock_expired_units(self, account_id: LedgerAccountId, now: datetime) -> int:
        await self._connection.execute(LOCK_ACCOUNT, {"of_account": account_id})
        expired = {"of_account": account_id, "now": now}
        return int(await self._connection.scalar(EXPIRED_UNITS, expired) or 0)
