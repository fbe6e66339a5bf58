"""Rows of transfers and their lines: stored once for each key, ended once, reversed once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.ledger.rows import line_rows, transfer_from, transfer_row
from adapters.database.ledger.statements import END_HOLD, LINES, REVERSE_LINE
from adapters.database.statements import insert_into, upsert
from adapters.database.tables.ledger import ledger_lines, ledger_transfers
from core.domain.errors import IllegalTransition, KeyReused, NotFound
from core.domain.ledger.transfers import (
    MOVES,
    ReversalTooLarge,
    Transfer,
    TransferId,
    TransferState,
)

BY_ID = select(ledger_transfers).where(ledger_transfers.c.id == bindparam("of_transfer"))
BY_KEY = select(ledger_transfers).where(ledger_transfers.c.key == bindparam("of_key"))


class SqlTransferRecords:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, transfer_id: TransferId) -> Transfer:
        """Raises `NotFound`."""
        transfer = await self._find(BY_ID, {"of_transfer": transfer_id})
        if transfer is None:
            raise NotFound("transfer", transfer_id)
        return transfer

    async def insert(self, transfer: Transfer) -> Transfer | None:
        """Store the transfer. Returns the first one if its key is stored. Raises `KeyReused`."""
        inserted = await self._connection.execute(
            upsert(self._connection, ledger_transfers)
            .values(transfer_row(transfer))
            .on_conflict_do_nothing()
        )
        if inserted.rowcount == 0:
            first = await self._find(BY_KEY, {"of_key": transfer.key})
            if first is None or not transfer.is_repetition_of(first):
                raise KeyReused
            return first
        await self._connection.execute(insert_into(ledger_lines), line_rows(transfer))
        return None

    async def end_transfer_hold(
        self, transfer_id: TransferId, move: str, now: datetime
    ) -> Transfer | None:
        """Make the move if the transfer is held. None if it was made before.

        Raises:
            IllegalTransition: the other move was made.
            NotFound: the transfer is unknown.
        """
        state = MOVES[TransferState.HELD, move]
        values = {"of_transfer": transfer_id, "new_state": str(state), "now": now}
        ended = await self._connection.execute(END_HOLD, values)
        transfer = await self.get(transfer_id)
        if ended.rowcount == 1:
            return transfer
        if transfer.state is not state:
            raise IllegalTransition("transfer", transfer.state, move)
        return None

    async def reserve_reversal(self, reversal: Transfer, original: TransferId) -> None:
        """Count what each line gives back, in a fixed order.

        Raises:
            NotFound: the original transfer is unknown, or is not posted.
            ReversalTooLarge: a line has less left to give back.
        """
        if (await self.get(original)).state is not TransferState.POSTED:
            raise NotFound("transfer", original)
        for line in sorted(reversal.lines, key=lambda line: line.account_id):
            reserved = await self._connection.execute(
                REVERSE_LINE,
                {
                    "of_transfer": original,
                    "of_account": line.account_id,
                    "count": abs(line.amount),
                    "was_paid": line.amount > 0,
                },
            )
            if reserved.rowcount != 1:
                raise ReversalTooLarge

    async def _find(self, statement: Select[Any], values: Mapping[str, Any]) -> Transfer | None:
        row = (await self._connection.execute(statement, values)).first()
        if row is None:
            return None
        lines = await self._connection.execute(LINES, {"of_transfers": [row.id]})
        return transfer_from(row, lines.all())
