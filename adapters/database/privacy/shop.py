"""The shop's own records about people: exported, planned, erased and looked for by their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Row,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.columns import HOLDS
from adapters.database.engine import Database
from adapters.database.people import LOGIN_PLACE
from adapters.database.privacy.burial import destroyed_people
from adapters.database.privacy.corrections import correct, restrict
from adapters.database.privacy.facts import facts_of
from adapters.database.privacy.holdings import (
    BY_SECTION,
    HOLDINGS,
    Holding,
    clear,
    people_of,
    scope_of,
    with_version,
)
from adapters.database.privacy.residues import residues_of
from adapters.database.tables import (
    customers,
    logins,
    metadata,
    orders,
)
from core.application.privacy.outcomes import Outcomes
from core.application.privacy.stores import STORES
from core.domain.identifiers import PersonId
from core.domain.privacy.inventory import Field, OnErase, Pii, Store
from core.domain.privacy.records import Decision, Outcome, Page, Record, Residue, Subject
from ports.encryption import DataKeys, Encryption
from ports.keys import Destructions

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ShopRecords:
    """A `ports.privacy.RecordKeeper` for every table of the core."""

    database: Database
    vault: Encryption
    destructions: Destructions
    outcomes: Outcomes

    code = "shop"

    def inventory(self) -> Sequence[Field | Store]:
        return (*fields(), *STORES)

    async def resolve(self, subject: Subject) -> Subject:
        """Members with one of the contacts as login, and logins of members that are proven."""
        scope = scope_of(subject, self.vault)
        columns = (customers.c.id, customers.c.person, customers.c.login, customers.c.login_proven)
        async with self.database.reads.connect() as connection:
            rows = (
                await connection.execute(
                    select(*columns).where(
                        or_(customers.c.id.in_(scope.customers), _has_login(subject, self.vault))
                    )
                )
            ).all()
        keys = await self.vault.keys(row.person for row in rows)
        found = {row.id: keys.open(LOGIN_PLACE, row.id, row.login) for row in rows}
        proven = {found[row.id] for row in rows if row.login_proven and found[row.id]}
        return subject | Subject(customers=frozenset(found), contacts=frozenset(proven))

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        holding, rows, after = await self._page(subject, cursor)
        keys = await self.vault.keys(people_of(holding, rows))
        return Page(items=tuple(_record(holding, row, keys) for row in rows), cursor=after)

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        holding, rows, after = await self._page(subject, cursor)
        facts = await facts_of(self.database, holding, rows)
        return Page(items=tuple(self.outcomes.decide(each) for each in facts), cursor=after)

    async def erase(
        self,
        subject: Subject,  # noqa: ARG002 -- each decision names its row
        decisions: Sequence[Decision],
    ) -> Sequence[str]:
        async with self.database.writes.begin() as connection:
            for (section, outcome), some in groupby(decisions, _kind):
                await self._carry_out(connection, BY_SECTION[section], outcome, list(some))
        return [each.reference for each in decisions]

    async def verify(self, subject: Subject) -> Sequence[Residue]:
        """Every column that leads to a person is asked, whatever the holdings say."""
        scope, people = scope_of(subject, self.vault), await destroyed_people(self.destructions)
        return await residues_of(self.database, scope, people)

    async def rectify(self, subject: Subject, corrections: Mapping[str, str]) -> None:
        await correct(self.database, self.vault, subject, corrections)

    async def restrict(self, subject: Subject, *, restricted: bool) -> None:
        await restrict(self.database, subject, restricted=restricted)

    async def end_retention(self, references: Sequence[str]) -> Mapping[str, datetime]:
        """Addresses of orders that are over: cleared, and their keys destroyed."""
        stay: dict[str, datetime] = {}
        people: set[PersonId] = set()
        for section, some in groupby(sorted(references), _section):
            holding = BY_SECTION[section]
            async with self.database.reads.connect() as connection:
                found = [
                    (reference, (await connection.execute(_at(holding, reference))).first())
                    for reference in some
                ]
            rows = [(reference, row) for reference, row in found if row is not None]
            facts = await facts_of(self.database, holding, [row for _, row in rows])
            for (reference, row), each in zip(rows, facts, strict=True):
                decision = self.outcomes.decide(each)
                if decision.outcome is Outcome.RETAIN and decision.fields and decision.until:
                    stay[reference] = decision.until
                    continue
                people |= people_of(holding, [row])
                await self.erase(Subject(), [decision])
        still = {person for each in stay for person in await self._people_at(each)}
        await self.vault.destroy(people - still, self.outcomes.now())
        return stay

    async def _people_at(self, reference: str) -> set[PersonId]:
        holding = BY_SECTION[_section(reference)]
        async with self.database.reads.connect() as connection:
            row = (await connection.execute(_at(holding, reference))).first()
        return set() if row is None else people_of(holding, [row])

    async def _page(self, subject: Subject, cursor: str) -> tuple[Holding, Sequence[Row[Any]], str]:
        """Rows of one table, and where to go on."""
        section, _, last = cursor.partition("/")
        number = [each.section for each in HOLDINGS].index(section) if section else 0
        holding, scope = HOLDINGS[number], scope_of(subject, self.vault)
        page = select(holding.table).where(holding.of(scope)).order_by(*holding.key).limit(AT_ONCE)
        if last:
            page = page.where(holding.after(last))
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(page)).all()
        if len(rows) == AT_ONCE:
            return holding, rows, f"{section or holding.section}/{holding.reference(rows[-1])}"
        following = HOLDINGS[number + 1].section + "/" if number + 1 < len(HOLDINGS) else ""
        return holding, rows, following

    async def _carry_out(
        self,
        connection: AsyncConnection,
        holding: Holding,
        outcome: Outcome,
        decisions: Sequence[Decision],
    ) -> None:
        keys = [each.reference.partition("/")[2] for each in decisions]
        if outcome is Outcome.ERASE:
            await connection.execute(delete(holding.table).where(holding.at_any(keys)))
        elif outcome is Outcome.PSEUDONYMISE:
            await clear(connection, holding, holding.at_any(keys))
        else:
            for key, decision in zip(keys, decisions, strict=True):
                if decision.fields:
                    await self._retain(connection, holding, holding.at(key))

    async def _retain(self, connection: AsyncConnection, holding: Holding, at: Any) -> None:
        """Seal again what is needed, under a key that leads to nobody; cut everything else off."""
        row = (await connection.execute(select(holding.table).where(at))).first()
        if row is None:
            return
        person = await self._new_owner(connection, holding, row)
        keys = await self.vault.keys([*people_of(holding, [row]), person])
        values: dict[str, Any] = {column.name: None for column in holding.columns(OnErase.CLEAR)}
        for column in holding.sealed:
            place = f"{holding.section}.{column.name}"
            value = keys.open(place, row.id, getattr(row, column.name))
            if value is not None:
                values[column.name] = keys.seal(person, place, row.id, value)
        if "person" in holding.table.c:
            values["person"] = person
        await connection.execute(
            update(holding.table).where(at).values(with_version(holding, values))
        )

    async def _new_owner(
        self, connection: AsyncConnection, holding: Holding, row: Row[Any]
    ) -> PersonId:
        """An order gets somebody new; what belongs to it follows it."""
        if holding.table is orders or holding.order_id is None:
            return await self.vault.new_person()
        order_id = getattr(row, holding.order_id.name)
        known = await connection.scalar(select(orders.c.person).where(orders.c.id == order_id))
        return PersonId(known) if known else await self.vault.new_person()


def fields() -> tuple[Field, ...]:
    """Every column of the core."""
    return tuple(
        Field(place=str(column), holds=column.info[HOLDS])
        for table in metadata.sorted_tables
        for column in table.columns
    )


def _record(holding: Holding, row: Row[Any], keys: DataKeys) -> Record:
    shown = {}
    for column in holding.table.columns:
        holds = column.info[HOLDS]
        if isinstance(holds, Pii) and not holds.export:
            continue
        value = getattr(row, column.name)
        if isinstance(holds, Pii) and holds.sealed:
            value = keys.open(f"{holding.section}.{column.name}", row.id, value)
        shown[str(column.name)] = value
    return Record(section=holding.section, reference=holding.reference(row), fields=shown)


def _at(holding: Holding, reference: str) -> Any:
    return select(holding.table).where(holding.at(reference.partition("/")[2]))


def _has_login(subject: Subject, vault: Encryption) -> Any:
    indexes = [index for each in sorted(subject.contacts) for index in vault.indexes("login", each)]
    return customers.c.id.in_(
        select(logins.c.owner_id).where(
            logins.c.role == "customer", logins.c.login_index.in_(indexes)
        )
    )


def _section(reference: str) -> str:
    return reference.partition("/")[0]


def _kind(decision: Decision) -> tuple[str, Outcome]:
    return _section(decision.reference), decision.outcome
