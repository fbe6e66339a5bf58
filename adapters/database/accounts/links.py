"""The repository of links that reset a password or finish a registration."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import insert_into
from adapters.database.tables.accounts import account_links
from core.domain.accounts import Account, AccountKind
from ports.accounts import AccountLink, LinkPurpose


class SqlAccountLinks:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, link: AccountLink) -> None:
        await self._connection.execute(
            delete(account_links).where(account_links.c.event_id == link.event_id)
        )
        await self._connection.execute(
            insert_into(account_links),
            {
                "token_hash": link.token_hash,
                "event_id": link.event_id,
                "purpose": str(link.purpose),
                "account_kind": str(link.account.kind),
                "account_id": link.account.id,
                "login": link.login,
                "expires_at": link.expires_at,
            },
        )

    async def find(
        self, purpose: LinkPurpose, token_hash: str, now: datetime
    ) -> AccountLink | None:
        row = (
            await self._connection.execute(
                select(account_links).where(
                    account_links.c.token_hash == token_hash,
                    account_links.c.purpose == str(purpose),
                    account_links.c.expires_at > now,
                )
            )
        ).first()
        if row is None:
            return None
        return AccountLink(
            token_hash=row.token_hash,
            event_id=row.event_id,
            purpose=purpose,
            account=Account(AccountKind(row.account_kind), row.account_id),
            login=row.login,
            expires_at=row.expires_at,
        )

    async def count_others(self, link: AccountLink, now: datetime) -> int:
        number = await self._connection.scalar(
            select(func.count())
            .select_from(account_links)
            .where(
                account_links.c.login == link.login,
                account_links.c.purpose == str(link.purpose),
                account_links.c.event_id != link.event_id,
                account_links.c.expires_at > now,
            )
        )
        return int(number or 0)

    async def use(self, token_hash: str, now: datetime) -> bool:
        used = await self._connection.execute(
            delete(account_links).where(
                account_links.c.token_hash == token_hash, account_links.c.expires_at > now
            )
        )
        return used.rowcount == 1

    async def remove_all(self, account: Account) -> None:
        await self._connection.execute(
            delete(account_links).where(
                account_links.c.account_kind == str(account.kind),
                account_links.c.account_id == account.id,
            )
        )

    async def purge(self, now: datetime) -> int:
        deleted = await self._connection.execute(
            delete(account_links).where(account_links.c.expires_at <= now)
        )
        return deleted.rowcount
