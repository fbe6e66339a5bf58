"""SQL of lots. The caller has changed the account of the lots before, which locks its row."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.ledger.rows import lot_from
from adapters.database.ledger.statements import (
    LOTS,
    RETURN_TO_LOT,
    RETURN_USE,
    SPENT_LOTS,
    TAKE_FROM_LOT,
)
from adapters.database.statements import insert_into
from adapters.database.tables.ledger import ledger_lot_uses, ledger_lots
from core.domain.errors import StaleVersion
from core.domain.ledger.accounts import LedgerAccountId
from core.domain.ledger.lots import VALID_AGAIN, Lot, LotId, LotPart, put_back, spend
from core.domain.ledger.transfers import TransferId


class SqlLots:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def spend(
        self,
        transfer_id: TransferId,
        account_id: LedgerAccountId,
        units: int,
        valid_at: datetime | None,
    ) -> int:
        """Take units from the lots that are valid, or from all if ``valid_at`` is None.

        Returns the taken units: fewer if the lots have fewer.
        """
        rows = await self._connection.execute(LOTS, {"of_account": account_id})
        lots = [lot for lot in map(lot_from, rows) if valid_at is None or lot.is_valid(valid_at)]
        parts = spend(lots, units)
        for part in parts:
            taken = await self._connection.execute(
                TAKE_FROM_LOT, {"of_lot": part.lot.id, "count": part.units}
            )
            if taken.rowcount != 1:
                raise StaleVersion("lot", part.lot.id)
        if parts:
            await self._connection.execute(
                insert_into(ledger_lot_uses),
                [
                    {
                        "transfer_id": transfer_id,
                        "account_id": account_id,
                        "lot_id": part.lot.id,
                        "units": part.units,
                        "returned": 0,
                    }
                    for part in parts
                ],
            )
        return sum(part.units for part in parts)

    async def put_back(
        self, transfer_id: TransferId, account_id: LedgerAccountId, units: int, now: datetime
    ) -> int:
        """Return units to the lots that the transfer took them from.

        Returns their number: fewer if the transfer took some that it had no lots for.
        """
        key = {"of_transfer": transfer_id, "of_account": account_id}
        spent = (await self._connection.execute(SPENT_LOTS, key)).all()
        parts = put_back([LotPart(lot_from(row), row.spent) for row in spent], units)
        for part in parts:
            values = {"of_lot": part.lot.id, "count": part.units}
            returned = await self._connection.execute(RETURN_USE, {**key, **values})
            if returned.rowcount != 1:
                raise StaleVersion("lot", part.lot.id)
            if part.lot.is_valid(now):
                await self._connection.execute(RETURN_TO_LOT, values)
            else:
                await self.add(
                    replace(
                        part.lot,
                        id=LotId(new_id()),
                        remaining=part.units,
                        expires_at=now + VALID_AGAIN,
                    )
                )
        return sum(part.units for part in parts)

    async def add(self, lot: Lot) -> None:
        await self._connection.execute(
            insert_into(ledger_lots),
            {
                "id": lot.id,
                "account_id": lot.account_id,
                "source": lot.source,
                "units": lot.remaining,
                "remaining": lot.remaining,
                "expires_at": lot.expires_at,
            },
        )
