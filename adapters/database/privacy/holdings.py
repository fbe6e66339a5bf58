"""Which rows are whose: each table with personal data, and how it leads to a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Row,
    Table,
    Uuid,
    and_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.columns import HOLDS
from adapters.database.persons import CONTACT
from adapters.database.tables import (
    addresses,
    carts,
    consents,
    customers,
    data_links,
    disclosures,
    logins,
    notifications,
    order_lines,
    orders,
    outbound,
    payments,
    refunds,
    returns,
    sessions,
    shipments,
)
from adapters.serialization.encrypted import person_in
from core.domain.identifiers import PersonId
from core.domain.privacy.inventory import OnErase, Pii
from core.domain.privacy.records import Subject
from ports.encryption import Encryption

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """A subject as the tables know it."""

    customers: tuple[UUID, ...]
    contact_indexes: tuple[bytes, ...]

    @property
    def orders(self) -> Condition:
        """A member's own, and a guest's with the same contact; not another member's."""
        return or_(
            orders.c.customer_id.in_(self.customers),
            and_(orders.c.customer_id.is_(None), orders.c.contact_index.in_(self.contact_indexes)),
        )

    @property
    def carts(self) -> Condition:
        return or_(
            carts.c.customer_id.in_(self.customers),
            and_(carts.c.customer_id.is_(None), carts.c.contact_index.in_(self.contact_indexes)),
        )

    def of_orders(self, order_id: Column[Any]) -> Condition:
        return order_id.in_(select(orders.c.id).where(self.orders))

    @property
    def notifications(self) -> Condition:
        theirs = (
            select(table.c.reference).where(self.of_orders(table.c.order_id))
            for table in (payments, refunds)
        )
        return or_(*(notifications.c.reference.in_(references) for references in theirs))


@dataclass(frozen=True, slots=True)
class Holding:
    """A table, and the rows of it that are somebody's. ``order_id`` leads to their order.

    ``keeping`` is the policy's code for what is kept of a row, from ``since`` on: when its
    order was placed, if it has one.
    """

    table: Table
    of: Callable[[Scope], Condition]
    order_id: Column[Any] | None = None
    since: Column[Any] | None = None
    keeping: str = "accounting"

    @property
    def section(self) -> str:
        return str(self.table.name)

    @property
    def key(self) -> list[Column[Any]]:
        own = self.table.c.get("id")
        return [own] if own is not None else list(self.table.primary_key.columns)

    def reference(self, row: Row[Any]) -> str:
        parts = (getattr(row, column.name) for column in self.key)
        return ":".join(part.hex() if isinstance(part, bytes) else str(part) for part in parts)

    def at(self, reference: str) -> Condition:
        """The row of a reference."""
        parts = reference.split(":")
        return and_(
            *(column == _read(column, part) for column, part in zip(self.key, parts, strict=True))
        )

    def at_any(self, references: Sequence[str]) -> Condition:
        """The rows of some references."""
        if len(self.key) > 1:
            return or_(*(self.at(each) for each in references))
        (column,) = self.key
        return column.in_([_read(column, each) for each in references])

    def after(self, reference: str) -> Condition:
        """Rows that come later: by the key, column by column."""
        parts = reference.split(":")
        values = [_read(column, part) for column, part in zip(self.key, parts, strict=True)]
        return tuple_(*self.key) > tuple_(*values)

    def columns(self, on_erase: OnErase) -> list[Column[Any]]:
        return [
            column
            for column in self.table.columns
            if isinstance(column.info[HOLDS], Pii) and column.info[HOLDS].on_erase is on_erase
        ]

    @property
    def sealed(self) -> list[Column[Any]]:
        return [
            column
            for column in self.table.columns
            if isinstance(column.info[HOLDS], Pii) and column.info[HOLDS].sealed
        ]


HOLDINGS: tuple[Holding, ...] = (
    Holding(orders, lambda scope: scope.orders, orders.c.id),
    Holding(
        order_lines, lambda scope: scope.of_orders(order_lines.c.order_id), order_lines.c.order_id
    ),
    Holding(shipments, lambda scope: scope.of_orders(shipments.c.order_id), shipments.c.order_id),
    Holding(returns, lambda scope: scope.of_orders(returns.c.order_id), returns.c.order_id),
    Holding(payments, lambda scope: scope.of_orders(payments.c.order_id), payments.c.order_id),
    Holding(refunds, lambda scope: scope.of_orders(refunds.c.order_id), refunds.c.order_id),
    Holding(
        outbound,
        lambda scope: scope.of_orders(outbound.c.order_id),
        outbound.c.order_id,
        keeping="evidence",
    ),
    Holding(notifications, lambda scope: scope.notifications, since=notifications.c.received_at),
    Holding(
        consents,
        lambda scope: consents.c.customer_id.in_(scope.customers),
        since=consents.c.at,
        keeping="evidence",
    ),
    Holding(
        disclosures,
        lambda scope: disclosures.c.customer_id.in_(scope.customers),
        since=disclosures.c.asked_at,
        keeping="evidence",
    ),
    Holding(data_links, lambda scope: data_links.c.customer_id.in_(scope.customers)),
    Holding(carts, lambda scope: scope.carts),
    Holding(sessions, lambda scope: sessions.c.person_id.in_(scope.customers)),
    Holding(logins, lambda scope: logins.c.owner_id.in_(scope.customers)),
    Holding(addresses, lambda scope: addresses.c.customer_id.in_(scope.customers)),
    Holding(customers, lambda scope: customers.c.id.in_(scope.customers)),
)
"""In the order in which they are erased: whatever points to a row goes before it."""

BY_SECTION = {holding.section: holding for holding in HOLDINGS}


def scope_of(subject: Subject, vault: Encryption) -> Scope:
    return Scope(
        customers=tuple(sorted(subject.customers)),
        contact_indexes=tuple(
            index
            for contact in sorted(subject.contacts)
            for index in vault.indexes(CONTACT, contact)
        ),
    )


def _read(column: Column[Any], part: str) -> object:
    if isinstance(column.type, Uuid):
        return UUID(part)
    if isinstance(column.type, LargeBinary):
        return bytes.fromhex(part)
    return int(part) if column.type.python_type is int else part


def people_of(holding: Holding, rows: Sequence[Row[Any]]) -> set[PersonId]:
    found = {
        person_in(value)
        for row in rows
        for column in holding.sealed
        if (value := getattr(row, column.name)) is not None
    }
    if "person" in holding.table.c:
        found |= {PersonId(row.person) for row in rows if row.person is not None}
    return found


async def clear(connection: AsyncConnection, holding: Holding, at: Any) -> int:
    values: dict[str, Any] = {column.name: None for column in holding.columns(OnErase.CLEAR)}
    changed = await connection.execute(
        update(holding.table).where(at).values(with_version(holding, values))
    )
    return changed.rowcount


def with_version(holding: Holding, values: dict[str, Any]) -> dict[str, Any]:
    """Whoever is about to save what they read before must read it again."""
    version = holding.table.c.get("version")
    return values if version is None else {**values, "version": version + 1}
