"""The repository of sessions."""

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import delete_batch, insert_into
from adapters.database.tables.sessions import sessions
from core.domain.accounts import Account, AccountKind
from ports.sessions import Session

CONFIRM = (
    update(sessions)
    .where(sessions.c.id == bindparam("of_id"), sessions.c.confirmed.is_(False))
    .values(confirmed=True)
)


class SqlSessions:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        await self._connection.execute(
            insert_into(sessions),
            {
                "id": session.id,
                "token_hash": session.token_hash,
                "account_kind": str(session.account.kind),
                "account_id": session.account.id,
                "opened_at": session.opened_at,
                "expires_at": session.expires_at,
                "confirmed": session.confirmed,
                "device": session.device,
            },
        )

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        row = (
            await self._connection.execute(
                select(sessions).where(
                    sessions.c.token_hash == token_hash, sessions.c.expires_at > now
                )
            )
        ).first()
        return None if row is None else _session(row)

    async def confirm(self, session: Session, token_hash: str, expires_at: datetime) -> bool:
        confirmed = await self._connection.execute(
            CONFIRM.values(token_hash=token_hash, expires_at=expires_at), {"of_id": session.id}
        )
        return confirmed.rowcount == 1

    async def list(self, account: Account, now: datetime) -> Sequence[Session]:
        rows = await self._connection.execute(
            select(sessions)
            .where(_of(account), sessions.c.confirmed.is_(True), sessions.c.expires_at > now)
            .order_by(sessions.c.opened_at.desc(), sessions.c.id.desc())
        )
        return builtins.list(map(_session, rows))

    async def remove(self, token_hash: str) -> None:
        await self._connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    async def end(self, account: Account, session_id: UUID) -> bool:
        ended = await self._connection.execute(
            delete(sessions).where(_of(account), sessions.c.id == session_id)
        )
        return ended.rowcount == 1

    async def end_all(self, account: Account, keep: UUID | None = None) -> int:
        ended = delete(sessions).where(_of(account))
        if keep is not None:
            ended = ended.where(sessions.c.id != keep)
        return (await self._connection.execute(ended)).rowcount

    async def purge(self, now: datetime) -> int:
        return await delete_batch(self._connection, sessions, sessions.c.expires_at <= now)


def _of(account: Account) -> ColumnElement[bool]:
    return and_(sessions.c.account_kind == str(account.kind), sessions.c.account_id == account.id)


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        token_hash=row.token_hash,
        account=Account(AccountKind(row.account_kind), row.account_id),
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        confirmed=row.confirmed,
        device=row.device,
    )
