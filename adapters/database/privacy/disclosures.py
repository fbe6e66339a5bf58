"""The repository of disclosure requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import insert_into
from adapters.database.tables.privacy import disclosures
from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId, DisclosureId
from core.domain.privacy.disclosure import Disclosure


class SqlDisclosures:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, disclosure: Disclosure) -> None:
        values = {name: getattr(disclosure, name) for name in disclosures.c.keys()}  # noqa: SIM118
        try:
            await self._connection.execute(insert_into(disclosures), values)
        except IntegrityError as error:
            raise NotFound("member", disclosure.customer_id) from error

    async def get(self, disclosure_id: DisclosureId) -> Disclosure:
        row = (
            await self._connection.execute(
                select(disclosures).where(disclosures.c.id == disclosure_id)
            )
        ).first()
        if row is None:
            raise NotFound("disclosure", disclosure_id)
        return _disclosure(row)

    async def list(self, limit: int) -> tuple[Disclosure, ...]:
        rows = await self._connection.execute(
            select(disclosures).order_by(disclosures.c.requested_at.desc()).limit(limit)
        )
        return tuple(_disclosure(row) for row in rows)

    async def approve(self, disclosure_id: DisclosureId, by: str, expires_at: datetime) -> bool:
        approved = await self._connection.execute(
            update(disclosures)
            .where(
                disclosures.c.id == disclosure_id,
                disclosures.c.approved_by.is_(None),
                disclosures.c.requested_by != by,
            )
            .values(approved_by=by, expires_at=expires_at)
        )
        return approved.rowcount == 1


def _disclosure(row: Row[Any]) -> Disclosure:
    return Disclosure(
        id=DisclosureId(row.id),
        customer_id=CustomerId(row.customer_id) if row.customer_id else None,
        reason=row.reason,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        approved_by=row.approved_by,
        expires_at=row.expires_at,
    )
