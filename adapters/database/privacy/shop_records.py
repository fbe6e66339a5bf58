"""The personal-data provider of the core: exports and erases rows by the personal-data map."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from adapters.database.columns import CLASSIFICATION
from adapters.database.customers.repository import LOGIN_PLACE
from adapters.database.engine import Database
from adapters.database.privacy.corrections import correct, restrict
from adapters.database.privacy.erasure_verification import erasure_findings
from adapters.database.privacy.personal_data_tables import PERSONAL_DATA_TABLES, scope_of
from adapters.database.privacy.table_records import TableRecords
from adapters.database.tables import metadata
from adapters.database.tables.customers import customers
from adapters.database.tables.sessions import logins
from core.application.fields.inventory import FieldInventory
from core.application.privacy.data_stores import STORES
from core.application.privacy.outcomes import Outcomes
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, ErasureFinding, Page, Record, Subject
from ports.encryption import Encryption


@dataclass(frozen=True, slots=True)
class ShopRecords:
    """A `ports.privacy.PersonalDataProvider` for every table of the core."""

    database: Database
    vault: Encryption
    outcomes: Outcomes
    field_inventory: FieldInventory

    code = "shop"

    def inventory(self) -> Sequence[Field | Store]:
        return (*fields(), *self.field_inventory(), *STORES)

    async def resolve(self, subject: Subject) -> Subject:
        """Add members whose log-in is a contact of the subject, and verified log-ins of members."""
        scope = scope_of(subject, self.vault)
        columns = (
            customers.c.id,
            customers.c.data_key_id,
            customers.c.login,
            customers.c.login_verified,
        )
        async with self.database.reads.connect() as connection:
            rows = (
                await connection.execute(
                    select(*columns).where(
                        or_(customers.c.id.in_(scope.customers), _has_login(subject, self.vault))
                    )
                )
            ).all()
        keys = await self.vault.keys(row.data_key_id for row in rows)
        logins_of = {row.id: keys.decrypt(LOGIN_PLACE, row.id, row.login) for row in rows}
        verified = {login for row in rows if row.login_verified and (login := logins_of[row.id])}
        return subject | Subject(customers=frozenset(logins_of), contacts=frozenset(verified))

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        return await self._rows.export(subject, cursor)

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        return await self._rows.plan(subject, cursor)

    async def erase(
        self,
        subject: Subject,  # noqa: ARG002 -- each decision names its row
        decisions: Sequence[Decision],
    ) -> Sequence[str]:
        return await self._rows.erase(decisions)

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:
        """Search every column with personal data, without the personal-data map."""
        return await erasure_findings(self.database, scope_of(subject, self.vault), ())

    async def verify_keys(self, data_key_ids: Collection[DataKeyId]) -> Sequence[ErasureFinding]:
        nobody = scope_of(Subject(), self.vault)
        return await erasure_findings(self.database, nobody, sorted(data_key_ids))

    async def rectify(self, subject: Subject, corrections: Mapping[str, str]) -> None:
        await correct(self.database, self.vault, subject, corrections)

    async def restrict(self, subject: Subject, *, restricted: bool) -> None:
        await restrict(self.database, subject, restricted=restricted)

    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        return await self._rows.end_retention(references)

    @property
    def _rows(self) -> TableRecords:
        return TableRecords(self.database, self.vault, self.outcomes, PERSONAL_DATA_TABLES)


def fields() -> tuple[Field, ...]:
    """Every column of the core with its classification."""
    return tuple(
        Field(place=str(column), classification=column.info[CLASSIFICATION])
        for table in metadata.sorted_tables
        for column in table.columns
    )


def _has_login(subject: Subject, vault: Encryption) -> Any:
    indexes = [index for each in sorted(subject.contacts) for index in vault.indexes("login", each)]
    return customers.c.id.in_(
        select(logins.c.owner_id).where(
            logins.c.account_kind == "customer", logins.c.login_index.in_(indexes)
        )
    )
