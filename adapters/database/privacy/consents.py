"""The ledger of consents, in a hash chain that stays valid when a person is erased."""

import hashlib
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.audit.chain import CONSENT_CHAIN
from adapters.database.engine import Database
from adapters.database.tables.privacy import consents
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Channel, Consent

PAGE_SIZE = 1_000


SALT_BYTES = 16


class SqlConsents:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, customer_id: CustomerId, entries: Sequence[Consent]) -> None:
        await CONSENT_CHAIN.acquire_lock(self._connection)
        await CONSENT_CHAIN.append(self._connection, [_row(customer_id, each) for each in entries])

    async def latest(self, customer_id: CustomerId) -> Mapping[str, Consent]:
        rows = await self._connection.execute(
            latest_consents().where(consents.c.customer_id == customer_id)
        )
        return {row.purpose: _consent(row) for row in rows}


class SqlConsentQueries:
    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def latest(self, customer_id: CustomerId) -> Mapping[str, Consent]:
        async with self._reads.connect() as connection:
            return await SqlConsents(connection).latest(customer_id)

    async def agreed(self, purpose: str) -> AsyncIterator[Sequence[tuple[CustomerId, Consent]]]:
        last = 0
        while True:
            page = (
                latest_consents()
                .where(consents.c.purpose == purpose, consents.c.given.is_(True))
                .where(consents.c.number > last)
                .order_by(consents.c.number)
                .limit(PAGE_SIZE)
            )
            async with self._reads.connect() as connection:
                rows = (await connection.execute(page)).all()
            yield [(CustomerId(row.customer_id), _consent(row)) for row in rows]
            if len(rows) < PAGE_SIZE:
                return
            last = rows[-1].number


def latest_consents() -> Select[Any]:
    """The latest entry of each customer for each purpose; erased customers are left out."""
    later = consents.alias()
    return select(consents).where(
        consents.c.customer_id.is_not(None),
        ~exists().where(
            later.c.customer_id == consents.c.customer_id,
            later.c.purpose == consents.c.purpose,
            later.c.number > consents.c.number,
        ),
    )


def _row(customer_id: CustomerId, consent: Consent) -> dict[str, Any]:
    salt = secrets.token_urlsafe(SALT_BYTES)
    return {
        "at": consent.at,
        "customer_id": customer_id,
        "salt": salt,
        "subject_hash": hashlib.sha256(f"{salt}{customer_id}".encode()).hexdigest(),
        "purpose": consent.purpose,
        "given": consent.given,
        "notice_version": consent.notice_version,
        "text_hash": consent.text_hash,
        "language": consent.language,
        "channel": str(consent.channel),
    }


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        purpose=row.purpose,
        given=row.given,
        at=row.at,
        notice_version=row.notice_version,
        text_hash=row.text_hash,
        language=row.language,
        channel=Channel(row.channel),
    )
