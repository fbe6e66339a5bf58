"""Erasure of stored responses that contain a person's contact."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select

from adapters.database.engine import Database
from adapters.database.idempotency.repository import BODY, row_of
from adapters.database.tables.idempotency import idempotency_keys
from adapters.serialization.encrypted import data_key_in
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, ErasureFinding, Outcome, Page, Record, Subject
from core.domain.privacy.redaction import contains_contact, pattern_of
from ports.encryption import Encryption

PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class StoredResponses:
    """Deletes responses, stored by idempotency key, in which a contact of the subject stands."""

    database: Database
    vault: Encryption

    code = "answers"

    def inventory(self) -> Sequence[Field | Store]:
        return ()

    async def resolve(self, subject: Subject) -> Subject:
        return subject

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:  # noqa: ARG002
        return Page(items=())

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        pattern = pattern_of(subject)
        if pattern is None:
            return Page(items=())
        rows = await self._rows(cursor)
        keys = await self.vault.keys(data_key_in(row.body) for row in rows)
        decisions = tuple(
            Decision(reference=f"answers/{_reference(row)}", outcome=Outcome.ERASE)
            for row in rows
            if contains_contact(
                _text(keys.decrypt(BODY, row_of(row.scope, row.key), row.body)), pattern
            )
        )
        more = len(rows) == PAGE_SIZE
        return Page(items=decisions, cursor=_reference(rows[-1]) if more else "")

    async def erase(
        self,
        subject: Subject,  # noqa: ARG002 -- each decision names its row
        decisions: Sequence[Decision],
    ) -> Sequence[str]:
        table = idempotency_keys
        async with self.database.writes.begin() as connection:
            for decision in decisions:
                scope, _, key = decision.reference.partition("/")[2].partition(":")
                await connection.execute(
                    delete(table).where(table.c.scope == scope, table.c.key == key)
                )
        return [each.reference for each in decisions]

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        count, cursor = 0, ""
        while True:
            page = await self.plan(subject, cursor)
            count += len(page.items)
            if not page.cursor:
                return [ErasureFinding(place="idempotency_keys.body", count=count)] if count else []
            cursor = page.cursor

    async def _rows(self, cursor: str) -> Sequence[Row[Any]]:
        table = idempotency_keys
        page = (
            select(table)
            .where(table.c.body.is_not(None))
            .order_by(table.c.scope, table.c.key)
            .limit(PAGE_SIZE)
        )
        if cursor:
            scope, _, key = cursor.partition(":")
            later = (table.c.scope == scope) & (table.c.key > key)
            page = page.where((table.c.scope > scope) | later)
        async with self.database.reads.connect() as connection:
            return (await connection.execute(page)).all()


def _text(body: object) -> str | None:
    return b64decode(body).decode(errors="replace") if isinstance(body, str) else None


def _reference(row: Row[Any]) -> str:
    return f"{row.scope}:{row.key}"
