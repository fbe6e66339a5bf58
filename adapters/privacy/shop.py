"""The shop's own records about people: exported, planned, erased and looked for by their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    LargeBinary,
    Row,
    Uuid,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.columns import HOLDS
from adapters.database.engine import Database
from adapters.database.people import LOGIN_PLACE
from adapters.database.statements import upsert
from adapters.database.tables import (
    customers,
    logins,
    metadata,
    orders,
    refunds,
    returns,
    sessions,
    shipments,
    tombstone_replays,
)
from adapters.keys.vault import HEAD, Keys, Vault, person_in
from adapters.privacy.holdings import BY_SECTION, HOLDINGS, Holding, Scope, scope_of
from adapters.privacy.stores import STORES
from core.domain.identifiers import PersonId
from core.domain.privacy.inventory import Category, Field, OnErase, Pii, Store
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Decision, Outcome, Page, Record, Residue, Subject
from ports.clock import Clock

AT_ONCE = 200
OPEN_RETURNS = ("requested", "approved", "received", "inspected")
OPEN_REFUNDS = ("requested", "pending")


@dataclass(frozen=True, slots=True)
class ShopRecords:
    """A `ports.privacy.RecordKeeper` for every table of the core."""

    database: Database
    vault: Vault
    policy: Policy
    now: Clock

    code = "shop"

    def inventory(self) -> Sequence[Field | Store]:
        return (*fields(), *STORES)

    async def resolve(self, subject: Subject) -> Subject:
        """Members with one of the contacts as login, and the logins of members."""
        scope = scope_of(subject, self.vault)
        async with self.database.reads.connect() as connection:
            rows = (
                await connection.execute(
                    select(customers.c.id, customers.c.person, customers.c.login).where(
                        or_(customers.c.id.in_(scope.customers), _has_login(subject, self.vault))
                    )
                )
            ).all()
        keys = await self.vault.keys(row.person for row in rows)
        found = (keys.open(LOGIN_PLACE, row.id, row.login) for row in rows)
        return subject | Subject(
            customers=frozenset(row.id for row in rows),
            contacts=frozenset(login for login in found if login),
        )

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        holding, rows, after = await self._page(subject, cursor)
        keys = await self.vault.keys(_people_of(holding, rows))
        return Page(items=tuple(_record(holding, row, keys) for row in rows), cursor=after)

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        holding, rows, after = await self._page(subject, cursor)
        known = await self._orders_of(holding, rows)
        return Page(items=tuple(self._decide(holding, row, known) for row in rows), cursor=after)

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
        scope = scope_of(subject, self.vault)
        people = await self._destroyed()
        found = []
        async with self.database.reads.connect() as connection:
            for table in metadata.sorted_tables:
                for column in table.columns:
                    holds = column.info[HOLDS]
                    if not isinstance(holds, Pii):
                        continue
                    for values in _values(column, holds, scope, people):
                        count = await connection.scalar(
                            select(func.count()).select_from(table).where(values)
                        )
                        if count:
                            found.append(Residue(place=str(column), count=count))
        return found

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
            known = await self._orders_of(holding, [row for _, row in rows])
            for reference, row in rows:
                decision = self._decide(holding, row, known)
                if decision.outcome is Outcome.RETAIN and decision.fields and decision.until:
                    stay[reference] = decision.until
                    continue
                people |= _people_of(holding, [row])
                await self.erase(Subject(), [decision])
        still = {person for each in stay for person in await self._people_at(each)}
        await self.vault.destroy(people - still, self.now())
        return stay

    async def bury(self) -> int:
        """Take out rows whose person's key was destroyed: a backup from before was restored.

        How many rows there were. What was retained then cannot be read any more either.
        """
        epoch, table = await self.vault.store.epoch(), tombstone_replays
        async with self.database.reads.connect() as connection:
            if await connection.scalar(select(table.c.epoch)) == epoch:
                return 0
        people, buried = await self._destroyed(), 0
        async with self.database.writes.begin() as connection:
            for start in range(0, len(people), AT_ONCE):
                buried += await _bury(connection, people[start : start + AT_ONCE])
            await connection.execute(
                upsert(connection, table)
                .values(id=1, epoch=epoch)
                .on_conflict_do_update(index_elements=["id"], set_={"epoch": epoch})
            )
        return buried

    async def _people_at(self, reference: str) -> set[PersonId]:
        holding = BY_SECTION[_section(reference)]
        async with self.database.reads.connect() as connection:
            row = (await connection.execute(_at(holding, reference))).first()
        return set() if row is None else _people_of(holding, [row])

    async def _destroyed(self) -> list[PersonId]:
        people: list[PersonId] = []
        last = UUID(int=0)
        while some := await self.vault.store.destroyed(last, 5_000):
            people += some
            last = some[-1]
        return people

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

    async def _orders_of(
        self, holding: Holding, rows: Sequence[Row[Any]]
    ) -> dict[UUID, tuple[datetime, Decision | None]]:
        """When each order was placed, and why its address is still needed."""
        if holding.order_id is None:
            return {}
        ids = {getattr(row, holding.order_id.name) for row in rows}
        returning = exists().where(
            returns.c.order_id == orders.c.id, returns.c.state.in_(OPEN_RETURNS)
        )
        refunding = exists().where(
            refunds.c.order_id == orders.c.id, refunds.c.state.in_(OPEN_REFUNDS)
        )
        async with self.database.reads.connect() as connection:
            found = await connection.execute(
                select(
                    orders,
                    returning.label("comes_back"),
                    refunding.label("goes_back"),
                ).where(orders.c.id.in_(ids))
            )
            return {row.id: (row.placed_at, self._still_needed(row)) for row in found}

    def _still_needed(self, row: Row[Any]) -> Decision | None:
        now = self.now()
        if row.person is None:
            return None
        if row.state in {"placed", "paid"} or row.comes_back or row.goes_back:
            until, article = self.policy.keep_until("open_order", now)
            return Decision(
                reference="", outcome=Outcome.RETAIN, reason="open", article=article, until=until
            )
        ended = max(datetime.fromisoformat(move["at"]) for move in row.history)
        until, article = self.policy.keep_until("returns", ended)
        if row.state == "completed" and until > now:
            return Decision(
                reference="", outcome=Outcome.RETAIN, reason="returns", article=article, until=until
            )
        return None

    def _decide(
        self,
        holding: Holding,
        row: Row[Any],
        known: dict[UUID, tuple[datetime, Decision | None]],
    ) -> Decision:
        reference = f"{holding.section}/{holding.reference(row)}"
        people = tuple(sorted(_people_of(holding, [row])))
        if holding.columns(OnErase.DELETE):
            return Decision(reference=reference, outcome=Outcome.ERASE, people=people)
        clear = [
            str(column.name)
            for column in holding.columns(OnErase.CLEAR)
            if getattr(row, column.name) is not None
        ]
        order_id = getattr(row, holding.order_id.name) if holding.order_id is not None else None
        since, still = known[order_id] if order_id else (row.received_at, None)
        if still is not None and clear:
            return Decision(
                reference=reference,
                outcome=Outcome.RETAIN,
                fields=tuple(clear),
                reason=still.reason,
                article=still.article,
                until=still.until,
                people=people,
            )
        until, article = self.policy.keep_until("accounting", since)
        return Decision(
            reference=reference,
            outcome=Outcome.PSEUDONYMISE if clear else Outcome.RETAIN,
            fields=tuple(clear),
            reason="accounting",
            article=article,
            until=until,
            people=people,
        )

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
            await _clear(connection, holding, holding.at_any(keys))
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
        keys = await self.vault.keys([*_people_of(holding, [row]), person])
        values: dict[str, Any] = {column.name: None for column in holding.columns(OnErase.CLEAR)}
        for column in holding.sealed:
            place = f"{holding.section}.{column.name}"
            value = keys.open(place, row.id, getattr(row, column.name))
            if value is not None:
                values[column.name] = keys.seal(person, place, row.id, value)
        if "person" in holding.table.c:
            values["person"] = person
        await connection.execute(
            update(holding.table).where(at).values(_with_version(holding, values))
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


async def _clear(connection: AsyncConnection, holding: Holding, at: Any) -> int:
    values: dict[str, Any] = {column.name: None for column in holding.columns(OnErase.CLEAR)}
    changed = await connection.execute(
        update(holding.table).where(at).values(_with_version(holding, values))
    )
    return changed.rowcount


def _with_version(holding: Holding, values: dict[str, Any]) -> dict[str, Any]:
    """Whoever is about to save what they read before must read it again."""
    version = holding.table.c.get("version")
    return values if version is None else {**values, "version": version + 1}


def _record(holding: Holding, row: Row[Any], keys: Keys) -> Record:
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


def _people_of(holding: Holding, rows: Sequence[Row[Any]]) -> set[PersonId]:
    found = {
        person_in(value)
        for row in rows
        for column in holding.sealed
        if (value := getattr(row, column.name)) is not None
    }
    if "person" in holding.table.c:
        found |= {PersonId(row.person) for row in rows if row.person is not None}
    return found


def _at(holding: Holding, reference: str) -> Any:
    return select(holding.table).where(holding.at(reference.partition("/")[2]))


async def _bury(connection: AsyncConnection, people: Sequence[PersonId]) -> int:
    """Rows of these people, and what belongs to them, in the order of the holdings."""
    theirs = select(customers.c.id).where(customers.c.person.in_(people))
    of_orders = select(orders.c.id).where(orders.c.person.in_(people))
    await connection.execute(
        update(orders).where(orders.c.customer_id.in_(theirs)).values(customer_id=None)
    )
    await connection.execute(delete(sessions).where(sessions.c.person_id.in_(theirs)))
    await connection.execute(delete(logins).where(logins.c.owner_id.in_(theirs)))
    for table in (shipments, returns):
        holding = BY_SECTION[table.name]
        await _clear(connection, holding, table.c.order_id.in_(of_orders))
    buried = 0
    for holding in HOLDINGS:
        if "person" not in holding.table.c:
            continue
        at = holding.table.c.person.in_(people)
        if holding.columns(OnErase.DELETE):
            buried += (await connection.execute(delete(holding.table).where(at))).rowcount
        else:
            buried += await _clear(connection, holding, at)
    return buried


def _has_login(subject: Subject, vault: Vault) -> Any:
    indexes = [index for each in sorted(subject.contacts) for index in vault.indexes("login", each)]
    return customers.c.id.in_(
        select(logins.c.owner_id).where(
            logins.c.role == "customer", logins.c.login_index.in_(indexes)
        )
    )


def _values(column: Column[Any], holds: Pii, scope: Scope, people: Sequence[PersonId]) -> list[Any]:
    """The conditions under which a column still has something of the person."""
    some = [people[start : start + 500] for start in range(0, len(people), 500)]
    if holds.sealed:
        head = func.substr(column, 2, HEAD - 1)
        return [head.in_([literal(each.bytes) for each in part]) for part in some]
    if holds.category is not Category.LINK:
        return []
    if isinstance(column.type, LargeBinary):
        guest = column.table.c.get("customer_id")
        found = column.in_(scope.contact_indexes)
        return [found & guest.is_(None) if guest is not None else found]
    if isinstance(column.type, Uuid):
        return [column.in_(scope.customers), *(column.in_(part) for part in some)]
    return []


def _section(reference: str) -> str:
    return reference.partition("/")[0]


def _kind(decision: Decision) -> tuple[str, Outcome]:
    return _section(decision.reference), decision.outcome
