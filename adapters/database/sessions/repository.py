"""The repository of sessions."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables.sessions import sessions
from ports.sessions import AccountKind, Session


class SqlSessions:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        await self._connection.execute(
            insert(sessions).values(
                token_hash=session.token_hash,
                account_kind=str(session.account_kind),
                account_id=session.account_id,
                expires_at=session.expires_at,
            )
        )

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        row = (
            await self._connection.execute(
                select(sessions).where(
                    sessions.c.token_hash == token_hash, sessions.c.expires_at > now
                )
            )
        ).first()
        if row is None:
            return None
        return Session(
            token_hash=row.token_hash,
            account_kind=AccountKind(row.account_kind),
            account_id=row.account_id,
            expires_at=row.expires_at,
        )

    async def remove(self, token_hash: str) -> None:
        await self._connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    async def purge(self, now: datetime) -> int:
        deleted = await self._connection.execute(
            delete(sessions).where(sessions.c.expires_at <= now)
        )
        return deleted.rowcount
