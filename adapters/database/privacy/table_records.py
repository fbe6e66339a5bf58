"""Exports and erases the rows of a person, in tables that a personal-data map describes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.columns import CLASSIFICATION
from adapters.database.engine import Database
from adapters.database.privacy.facts import facts_of
from adapters.database.privacy.personal_data_tables import (
    PersonalDataTable,
    clear,
    data_keys_of,
    scope_of,
    with_version,
)
from adapters.database.tables.orders import orders
from core.application.privacy.outcomes import Outcomes
from core.application.retries import retrying
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import OnErase, Pii
from core.domain.privacy.records import Decision, Outcome, Page, Record, Subject
from ports.encryption import DataKeys, Encryption

PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class TableRecords:
    """The rows of ``tables``, in this order. A table has a section of its own name."""

    database: Database
    vault: Encryption
    outcomes: Outcomes
    tables: Sequence[PersonalDataTable]

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        data_table, rows, after = await self._page(subject, cursor)
        keys = await self.vault.keys(data_keys_of(data_table, rows))
        return Page(items=tuple(_record(data_table, row, keys) for row in rows), cursor=after)

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        data_table, rows, after = await self._page(subject, cursor)
        facts = await facts_of(self.database, data_table, rows)
        return Page(items=tuple(self.outcomes.decide(each) for each in facts), cursor=after)

    async def erase(self, decisions: Sequence[Decision]) -> Sequence[str]:
        await retrying(lambda: self._erase(decisions))
        return [each.reference for each in decisions]

    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        """Erase records whose retention ended, and destroy their data keys.

        Returns the new end of retention for records that must stay longer.
        """
        extended: dict[str, datetime] = {}
        data_key_ids: set[DataKeyId] = set()
        for section, group in groupby(sorted(references), section_of):
            data_table = self._of(section)
            async with self.database.reads.connect() as connection:
                found = [
                    (reference, (await connection.execute(_at(data_table, reference))).first())
                    for reference in group
                ]
            rows = [(reference, row) for reference, row in found if row is not None]
            facts = await facts_of(self.database, data_table, [row for _, row in rows])
            for (reference, row), each in zip(rows, facts, strict=True):
                decision = self.outcomes.decide(each)
                if decision.outcome is Outcome.RETAIN and decision.fields and decision.until:
                    extended[reference] = decision.until
                    continue
                data_key_ids |= data_keys_of(data_table, [row])
                await self.erase([decision])
        still_used = await self._data_keys_at(extended)
        await self.vault.destroy(data_key_ids - still_used, self.outcomes.now())
        return extended

    def _of(self, section: str) -> PersonalDataTable:
        return next(each for each in self.tables if each.section == section)

    async def _erase(self, decisions: Sequence[Decision]) -> None:
        async with self.database.writes.begin() as connection:
            for (section, outcome), group in groupby(decisions, _section_and_outcome):
                await self._carry_out(connection, self._of(section), outcome, list(group))

    async def _data_keys_at(self, references: Iterable[str]) -> set[DataKeyId]:
        found: set[DataKeyId] = set()
        for reference in references:
            data_table = self._of(section_of(reference))
            async with self.database.reads.connect() as connection:
                row = (await connection.execute(_at(data_table, reference))).first()
            found |= set() if row is None else data_keys_of(data_table, [row])
        return found

    async def _page(
        self, subject: Subject, cursor: str
    ) -> tuple[PersonalDataTable, Sequence[Row[Any]], str]:
        """A page of rows of one table, and the cursor of the next page."""
        section, _, last = cursor.partition("/")
        position = [each.section for each in self.tables].index(section) if section else 0
        data_table, scope = self.tables[position], scope_of(subject, self.vault)
        page = (
            select(data_table.table)
            .where(data_table.of(scope))
            .order_by(*data_table.key)
            .limit(PAGE_SIZE)
        )
        if last:
            page = page.where(data_table.after(last))
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(page)).all()
        if len(rows) == PAGE_SIZE:
            return data_table, rows, f"{data_table.section}/{data_table.reference(rows[-1])}"
        is_last = position + 1 == len(self.tables)
        return data_table, rows, "" if is_last else f"{self.tables[position + 1].section}/"

    async def _carry_out(
        self,
        connection: AsyncConnection,
        data_table: PersonalDataTable,
        outcome: Outcome,
        decisions: Sequence[Decision],
    ) -> None:
        keys = [each.reference.partition("/")[2] for each in decisions]
        if outcome is Outcome.ERASE:
            await connection.execute(delete(data_table.table).where(data_table.at_any(keys)))
        elif outcome is Outcome.PSEUDONYMISE:
            await clear(connection, data_table, data_table.at_any(keys))
        else:
            for key, decision in zip(keys, decisions, strict=True):
                if decision.fields:
                    await self._retain(connection, data_table, data_table.at(key))

    async def _retain(
        self, connection: AsyncConnection, data_table: PersonalDataTable, at: Any
    ) -> None:
        """Encrypt retained values with a key that leads to no person; clear the other columns."""
        row = (await connection.execute(select(data_table.table).where(at))).first()
        if row is None:
            return
        data_key_id = await self._retention_key(connection, data_table, row)
        keys = await self.vault.keys([*data_keys_of(data_table, [row]), data_key_id])
        values: dict[str, Any] = {column.name: None for column in data_table.columns(OnErase.CLEAR)}
        for column in data_table.encrypted:
            place = f"{data_table.section}.{column.name}"
            value = keys.decrypt(place, row.id, getattr(row, column.name))
            if value is not None:
                values[column.name] = keys.encrypt(data_key_id, place, row.id, value)
        if "data_key_id" in data_table.table.c:
            values["data_key_id"] = data_key_id
        await connection.execute(
            update(data_table.table).where(at).values(with_version(data_table, values))
        )

    async def _retention_key(
        self, connection: AsyncConnection, data_table: PersonalDataTable, row: Row[Any]
    ) -> DataKeyId:
        """A new data key for an order; the rows of the order share its key."""
        if data_table.table is orders or data_table.order_id is None:
            return await self.vault.new_data_key()
        order_id = getattr(row, data_table.order_id.name)
        data_key_id = await connection.scalar(
            select(orders.c.data_key_id).where(data_table.order_key == order_id).limit(1)
        )
        return DataKeyId(data_key_id) if data_key_id else await self.vault.new_data_key()


def _record(data_table: PersonalDataTable, row: Row[Any], keys: DataKeys) -> Record:
    exported = {}
    for column in data_table.table.columns:
        classification = column.info[CLASSIFICATION]
        if isinstance(classification, Pii) and not classification.export:
            continue
        value = getattr(row, column.name)
        if isinstance(classification, Pii) and classification.encrypted:
            value = keys.decrypt(f"{data_table.section}.{column.name}", row.id, value)
        exported[str(column.name)] = value
    return Record(section=data_table.section, reference=data_table.reference(row), fields=exported)


def _at(data_table: PersonalDataTable, reference: str) -> Any:
    return select(data_table.table).where(data_table.at(reference.partition("/")[2]))


def section_of(reference: str) -> str:
    return reference.partition("/")[0]


def _section_and_outcome(decision: Decision) -> tuple[str, Outcome]:
    return section_of(decision.reference), decision.outcome
