"""Free-text redaction: contacts of a person in texts that other people wrote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select, update

from adapters.database.columns import CLASSIFICATION
from adapters.database.engine import Database
from adapters.database.tables import metadata
from adapters.serialization.encrypted import data_key_in
from core.domain.privacy.inventory import Category, Field, Pii, Store
from core.domain.privacy.records import Decision, ErasureFinding, Outcome, Page, Record, Subject
from core.domain.privacy.redaction import contains_contact, pattern_of, redacted
from ports.encryption import Encryption

PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class FreeTextRedaction:
    """Redacts contacts of the subject in free-text columns; the rest of the text stays.

    Exports leave these texts out: they are personal data of their authors.
    """

    database: Database
    vault: Encryption

    code = "mentions"

    def inventory(self) -> Sequence[Field | Store]:
        return ()

    async def resolve(self, subject: Subject) -> Subject:
        return subject

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:  # noqa: ARG002
        return Page(items=())

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        pattern = pattern_of(subject)
        places = [str(column) for column in free_texts()]
        if pattern is None or not places:
            return Page(items=())
        place, _, last = cursor.partition("/")
        position = places.index(place) if place else 0
        column = free_texts()[position]
        decisions, after = await self._page(column, last, pattern)
        if after:
            return Page(items=decisions, cursor=f"{places[position]}/{after}")
        following = f"{places[position + 1]}/" if position + 1 < len(places) else ""
        return Page(items=decisions, cursor=following)

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        pattern = pattern_of(subject)
        if pattern is None:
            return ()
        for decision in decisions:
            place, _, key = decision.reference.partition("/")
            column = next(each for each in free_texts() if str(each) == place)
            await self._redact(column, UUID(key), pattern)
        return [each.reference for each in decisions]

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        counts: dict[str, int] = {}
        cursor = ""
        while True:
            page = await self.plan(subject, cursor)
            for decision in page.items:
                place = decision.reference.partition("/")[0]
                counts[place] = counts.get(place, 0) + 1
            if not page.cursor:
                return [ErasureFinding(place=place, count=count) for place, count in counts.items()]
            cursor = page.cursor

    async def _page(
        self, column: Column[Any], last: str, pattern: re.Pattern[str]
    ) -> tuple[tuple[Decision, ...], str]:
        table = table_of(column)
        page = (
            select(table.c.id, column.label("encrypted"))
            .where(column.is_not(None))
            .order_by(table.c.id)
            .limit(PAGE_SIZE)
        )
        if last:
            page = page.where(table.c.id > UUID(last))
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(page)).all()
        keys = await self.vault.keys(data_key_in(row.encrypted) for row in rows)
        decisions = tuple(
            Decision(
                reference=f"{column}/{row.id}",
                outcome=Outcome.REDACT,
                fields=(str(column.name),),
                reason="mentioned by another person",
            )
            for row in rows
            if contains_contact(keys.decrypt(str(column), row.id, row.encrypted), pattern)
        )
        return decisions, str(rows[-1].id) if len(rows) == PAGE_SIZE else ""

    async def _redact(self, column: Column[Any], row_id: UUID, pattern: re.Pattern[str]) -> None:
        table = table_of(column)
        async with self.database.writes.begin() as connection:
            row = (
                await connection.execute(
                    select(column.label("encrypted"))
                    .where(table.c.id == row_id, column.is_not(None))
                    .with_for_update()
                )
            ).first()
            if row is None:
                return
            data_key_id = data_key_in(row.encrypted)
            keys = await self.vault.keys([data_key_id])
            text = keys.decrypt(str(column), row_id, row.encrypted)
            if text is None or not contains_contact(text, pattern):
                return
            new_value = keys.encrypt(data_key_id, str(column), row_id, redacted(text, pattern))
            await connection.execute(
                update(table).where(table.c.id == row_id).values({column.name: new_value})
            )


def free_texts() -> list[Column[Any]]:
    """Encrypted columns that are classified as free text."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(classification := column.info[CLASSIFICATION], Pii)
        and classification.encrypted
        and classification.category is Category.FREE_TEXT
    ]


def table_of(column: Column[Any]) -> Table:
    table = column.table
    assert isinstance(table, Table)
    return table
