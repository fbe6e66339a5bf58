"""A person in what others wrote, and in answers that were kept for a day."""

import re
import unicodedata
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Table, delete, select, update

from adapters.database.columns import HOLDS
from adapters.database.engine import Database
from adapters.database.idempotency import BODY, row_of
from adapters.database.tables import idempotency_keys, metadata
from adapters.keys.vault import Vault, person_in
from core.domain.privacy.inventory import Category, Field, Pii, Store
from core.domain.privacy.records import Decision, Outcome, Page, Record, Residue, Subject

AT_ONCE = 200
COVER = "▇▇▇"
NATIONAL = 11


@dataclass(frozen=True, slots=True)
class Mentions:
    """Free text of anybody: a contact of the person in it is covered, the rest stays.

    What one person wrote about another is not exported to the other.
    """

    database: Database
    vault: Vault

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
        number = places.index(place) if place else 0
        column = free_texts()[number]
        found, after = await self._page(column, last, pattern)
        if after:
            return Page(items=found, cursor=f"{places[number]}/{after}")
        following = f"{places[number + 1]}/" if number + 1 < len(places) else ""
        return Page(items=found, cursor=following)

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:
        pattern = pattern_of(subject)
        if pattern is None:
            return ()
        for decision in decisions:
            place, _, key = decision.reference.partition("/")
            column = next(each for each in free_texts() if str(each) == place)
            await self._redact(column, UUID(key), pattern)
        return [each.reference for each in decisions]

    async def verify(self, subject: Subject) -> Sequence[Residue]:
        left: dict[str, int] = {}
        cursor = ""
        while True:
            page = await self.plan(subject, cursor)
            for decision in page.items:
                place = decision.reference.partition("/")[0]
                left[place] = left.get(place, 0) + 1
            if not page.cursor:
                return [Residue(place=place, count=count) for place, count in left.items()]
            cursor = page.cursor

    async def _page(
        self, column: Column[Any], last: str, pattern: re.Pattern[str]
    ) -> tuple[tuple[Decision, ...], str]:
        table = table_of(column)
        page = (
            select(table.c.id, column.label("sealed"))
            .where(column.is_not(None))
            .order_by(table.c.id)
            .limit(AT_ONCE)
        )
        if last:
            page = page.where(table.c.id > UUID(last))
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(page)).all()
        keys = await self.vault.keys(person_in(row.sealed) for row in rows)
        found = tuple(
            Decision(
                reference=f"{column}/{row.id}",
                outcome=Outcome.REDACT,
                fields=(str(column.name),),
                reason="mentioned by somebody else",
            )
            for row in rows
            if _mentions(keys.open(str(column), row.id, row.sealed), pattern)
        )
        return found, str(rows[-1].id) if len(rows) == AT_ONCE else ""

    async def _redact(self, column: Column[Any], row_id: UUID, pattern: re.Pattern[str]) -> None:
        table = table_of(column)
        async with self.database.writes.begin() as connection:
            row = (
                await connection.execute(
                    select(column.label("sealed"))
                    .where(table.c.id == row_id, column.is_not(None))
                    .with_for_update()
                )
            ).first()
            if row is None:
                return
            person = person_in(row.sealed)
            keys = await self.vault.keys([person])
            text = keys.open(str(column), row_id, row.sealed)
            if text is None or not _mentions(text, pattern):
                return
            covered = keys.seal(person, str(column), row_id, redacted(text, pattern))
            await connection.execute(
                update(table).where(table.c.id == row_id).values({column.name: covered})
            )


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """Answers kept by idempotency key: whoever is in one of them, it goes."""

    database: Database
    vault: Vault

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
        keys = await self.vault.keys(person_in(row.body) for row in rows)
        found = tuple(
            Decision(reference=f"answers/{_reference(row)}", outcome=Outcome.ERASE)
            for row in rows
            if _mentions(_text(keys.open(BODY, row_of(row.scope, row.key), row.body)), pattern)
        )
        more = len(rows) == AT_ONCE
        return Page(items=found, cursor=_reference(rows[-1]) if more else "")

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

    async def verify(self, subject: Subject) -> Sequence[Residue]:
        count, cursor = 0, ""
        while True:
            page = await self.plan(subject, cursor)
            count += len(page.items)
            if not page.cursor:
                return [Residue(place="idempotency_keys.body", count=count)] if count else []
            cursor = page.cursor

    async def _rows(self, cursor: str) -> Sequence[Row[Any]]:
        table = idempotency_keys
        page = (
            select(table)
            .where(table.c.body.is_not(None))
            .order_by(table.c.scope, table.c.key)
            .limit(AT_ONCE)
        )
        if cursor:
            scope, _, key = cursor.partition(":")
            later = (table.c.scope == scope) & (table.c.key > key)
            page = page.where((table.c.scope > scope) | later)
        async with self.database.reads.connect() as connection:
            return (await connection.execute(page)).all()


def pattern_of(subject: Subject) -> re.Pattern[str] | None:
    """What the person's contacts look like in a text: any case, any width, phones with gaps."""
    found = [_spelling(contact) for contact in sorted(subject.contacts)]
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def redacted(text: str, pattern: re.Pattern[str]) -> str:
    """The text with every contact covered.

    >>> redacted("Ask ＭＥＩ@example.com", re.compile("mei@example", re.IGNORECASE))
    'Ask ▇▇▇.com'
    """
    narrow, origin = _narrow(text)
    parts, done = [], 0
    for match in pattern.finditer(narrow):
        parts += [text[done : origin[match.start()]], COVER]
        done = origin[match.end()]
    return "".join((*parts, text[done:]))


def free_texts() -> list[Column[Any]]:
    """Columns in which people write what they like."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(holds := column.info[HOLDS], Pii)
        and holds.sealed
        and holds.category is Category.FREE_TEXT
    ]


def table_of(column: Column[Any]) -> Table:
    table = column.table
    assert isinstance(table, Table)
    return table


def _spelling(contact: str) -> str:
    if "@" in contact:
        return rf"(?<![\w.+-]){re.escape(contact)}(?![\w-])"
    digits = contact.removeprefix("+")
    national = digits[-NATIONAL:] if digits.startswith("86") else digits
    return r"(?<!\d)(?:\+?86)?" + r"[\s-]?".join(national) + r"(?!\d)"


def _narrow(text: str) -> tuple[str, list[int]]:
    """The text in its compatible form, and where each of its characters came from."""
    letters: list[str] = []
    origin: list[int] = []
    for index, letter in enumerate(text):
        for each in unicodedata.normalize("NFKC", letter):
            letters.append(each)
            origin.append(index)
    return "".join(letters), [*origin, len(text)]


def _mentions(text: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(text, str) and pattern.search(_narrow(text)[0]) is not None


def _text(kept: object) -> str | None:
    return b64decode(kept).decode(errors="replace") if isinstance(kept, str) else None


def _reference(row: Row[Any]) -> str:
    return f"{row.scope}:{row.key}"
