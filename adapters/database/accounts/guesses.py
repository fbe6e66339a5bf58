"""The repository of guessing limits, shared by all workers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.tables.accounts import guesses
from core.domain.guesses import GuessCount

LOCK = (
    select(guesses)
    .where(guesses.c.key.in_(bindparam("keys", expanding=True)))
    # In the order of the keys, so that two attempts never wait for each other in a circle.
    .order_by(guesses.c.key)
    .with_for_update()
)
SAVE = update(guesses).where(guesses.c.key == bindparam("of_key"))


class SqlGuesses:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(
        self, accounts: Mapping[bytes, UUID | None], now: datetime
    ) -> Sequence[GuessCount]:
        rows = [
            {"key": key, "account_id": account_id, "failures": 0, "open_at": now}
            for key, account_id in sorted(accounts.items())
        ]
        await self._connection.execute(
            upsert(self._connection, guesses).values(rows).on_conflict_do_nothing()
        )
        found = {
            row.key: GuessCount(
                key=row.key,
                failures=row.failures,
                open_at=row.open_at,
                succeeded_at=row.succeeded_at,
            )
            for row in await self._connection.execute(LOCK, {"keys": list(accounts)})
        }
        return [found[key] for key in accounts]

    async def save(self, counts: Sequence[GuessCount]) -> None:
        await self._connection.execute(
            SAVE,
            [
                {
                    "of_key": each.key,
                    "failures": each.failures,
                    "open_at": each.open_at,
                    "succeeded_at": each.succeeded_at,
                }
                for each in counts
            ],
        )

    async def purge(self, before: datetime, succeeded_before: datetime) -> int:
        deleted = await self._connection.execute(
            delete(guesses).where(
                guesses.c.open_at < before,
                or_(guesses.c.succeeded_at.is_(None), guesses.c.succeeded_at < succeeded_before),
            )
        )
        return deleted.rowcount
