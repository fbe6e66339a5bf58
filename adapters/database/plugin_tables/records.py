"""The personal-data provider of all plugin tables, of removed plugins too.

It works by the declarations of the columns in the catalogue, and runs no code of a plugin.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, MetaData, Table, delete, func, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.plugin_tables.catalogue import SqlPluginCatalogue
from adapters.database.plugin_tables.declaration import INDEX_OF, OWNER, SINCE, Owner
from adapters.database.plugin_tables.owners import owner_columns
from adapters.database.plugin_tables.personal_values import index_columns, place_of
from adapters.database.plugin_tables.rules import classification_of
from adapters.database.privacy.erasure_verification import erasure_findings
from adapters.database.privacy.personal_data_tables import (
    PersonalDataTable,
    Scope,
    clear,
    scope_of,
)
from adapters.database.privacy.table_records import TableRecords, section_of
from core.application.privacy.outcomes import Outcomes
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import Field, OnErase, Store
from core.domain.privacy.records import Decision, ErasureFinding, Page, Record, Subject
from ports.encryption import Encryption

CODE = "plugin_tables"


class PluginTableRecords:
    """A `ports.privacy.PersonalDataProvider` for every table of the catalogue."""

    code = CODE

    def __init__(
        self,
        database: Database,
        vault: Encryption,
        outcomes: Outcomes,
        catalogue: SqlPluginCatalogue,
    ) -> None:
        self._database = database
        self._vault = vault
        self._outcomes = outcomes
        self._catalogue = catalogue
        self._fields: tuple[Field, ...] = ()

    async def refresh(self) -> None:
        """Read the inventory. Call it at the start, and after an upgrade of plugin tables."""
        self._fields = tuple(
            Field(place=str(column), classification=classification_of(column))
            for table in await self._tables()
            for column in table.columns
        )

    def inventory(self) -> Sequence[Field | Store]:
        return self._fields

    async def resolve(self, subject: Subject) -> Subject:
        """The tables of plugins have opaque numbers alone, which lead to no further person."""
        return subject

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        rows = await self._rows()
        return await rows.export(subject, cursor) if rows.tables else Page(items=())

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        rows = await self._rows()
        return await rows.plan(subject, cursor) if rows.tables else Page(items=())

    async def erase(
        self,
        subject: Subject,  # noqa: ARG002 -- each decision names its row
        decisions: Sequence[Decision],
    ) -> Sequence[str]:
        """A table that was uninstalled after the plan has no rows any more."""
        rows = await self._rows()
        sections = {each.section for each in rows.tables}
        here = [each for each in decisions if section_of(each.reference) in sections]
        if here:
            await rows.erase(here)
        return [each.reference for each in decisions]

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        """Search every column with personal data, by its classification alone."""
        tables = await self._tables()
        scope = scope_of(subject, self._vault)
        found = await erasure_findings(self._database, scope, (), tables)
        for column in (each for table in tables for each in index_columns(table)):
            found += await self._with_contact(column, subject)
        return found

    async def verify_keys(self, data_key_ids: Collection[DataKeyId]) -> Sequence[ErasureFinding]:
        scope = scope_of(Subject(), self._vault)
        tables = await self._tables()
        return await erasure_findings(self._database, scope, sorted(data_key_ids), tables)

    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        rows = await self._rows()
        sections = {each.section for each in rows.tables}
        return await rows.end_retention(
            [each for each in references if section_of(each) in sections]
        )

    async def replay(self, connection: AsyncConnection, customers: Any, orders: Any) -> int:
        """Erase the rows of people whose keys were destroyed; see `tombstone_replay`."""
        erased = 0
        for data_table in (await self._rows()).tables:
            of = {Owner.CUSTOMER: customers, Owner.ORDER: orders}
            columns = owner_columns(data_table.table)
            at = or_(*(each.in_(of[each.info[OWNER]]) for each in columns))
            if data_table.columns(OnErase.DELETE):
                erased += (await connection.execute(delete(data_table.table).where(at))).rowcount
            elif data_table.columns(OnErase.CLEAR):
                erased += await clear(connection, data_table, at)
        return erased

    async def _rows(self) -> TableRecords:
        tables = tuple(data_table_of(each) for each in await self._tables() if owner_columns(each))
        return TableRecords(self._database, self._vault, self._outcomes, tables)

    async def _tables(self) -> list[Table]:
        """Those of the catalogue that the database has; first the ones that point to others."""
        catalogue = await self._catalogue.all()
        if not catalogue:
            return []
        async with self._database.reads.connect() as connection:
            names = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
        return [
            table
            for metadata in catalogue.values()
            for table in reversed(_in_order(metadata))
            if table.name in names
        ]

    async def _with_contact(self, column: Column[Any], subject: Subject) -> list[ErasureFinding]:
        field = place_of(column.table.columns[column.info[INDEX_OF]])
        hashes = [
            index for each in sorted(subject.contacts) for index in self._vault.indexes(field, each)
        ]
        if not hashes:
            return []
        async with self._database.reads.connect() as connection:
            counted = select(func.count()).select_from(column.table).where(column.in_(hashes))
            count = await connection.scalar(counted)
        return [ErasureFinding(place=str(column), count=count)] if count else []


def data_table_of(table: Table) -> PersonalDataTable:
    """How a table of a plugin leads to a person: by its owner columns."""
    owners = owner_columns(table)
    orders = [each for each in owners if each.info[OWNER] is Owner.ORDER]
    since = [each for each in table.columns if each.info.get(SINCE)]

    def of(scope: Scope) -> Any:
        return or_(
            *(
                scope.of_orders(each) if each in orders else each.in_(scope.customers)
                for each in owners
            )
        )

    return PersonalDataTable(
        table,
        of,
        order_id=orders[0] if orders else None,
        since=since[0] if since else None,
    )


def _in_order(metadata: MetaData) -> list[Table]:
    """In the order of the catalogue: a table comes after those that it points to."""
    return list(metadata.tables.values())
