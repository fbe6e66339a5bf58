"""The personal-data map: each table with personal data, and how it leads to a person."""

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

from adapters.database.claims.persons import person_index
from adapters.database.columns import CLASSIFICATION
from adapters.database.data_keys import CONTACT
from adapters.database.tables.accounts import (
    account_links,
    guesses,
    recovery_codes,
    second_factors,
)
from adapters.database.tables.carts import carts
from adapters.database.tables.claims import claims, quota_uses
from adapters.database.tables.coupons import coupons
from adapters.database.tables.customers import addresses, customers
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.ledger import ledger_accounts, ledger_lines
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.payments import notifications, payments, refunds
from adapters.database.tables.privacy import consents, data_links, disclosures, recipient_log
from adapters.database.tables.returns import returns
from adapters.database.tables.sessions import logins, sessions
from adapters.serialization.encrypted import data_key_in
from core.domain.claims import person_of
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import OnErase, Pii
from core.domain.privacy.records import Subject
from ports.encryption import Encryption

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """A data subject as values of columns: customer ids and blind indexes of contacts.

    ``persons`` are the keyed hashes of both in coupons and in the uses of limited offers.
    """

    customers: tuple[UUID, ...]
    contact_indexes: tuple[bytes, ...]
    persons: tuple[bytes, ...]

    @property
    def orders(self) -> Condition:
        """Orders of the member, and guest orders with the same contact."""
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
    def payments(self) -> Condition:
        """The orders of a purchase are of one person."""
        return payments.c.purchase_id.in_(select(orders.c.purchase_id).where(self.orders))

    @property
    def notifications(self) -> Condition:
        references = (
            select(payments.c.reference).where(self.payments),
            select(refunds.c.reference).where(self.of_orders(refunds.c.order_id)),
        )
        return or_(*(notifications.c.reference.in_(selected) for selected in references))


@dataclass(frozen=True, slots=True)
class PersonalDataTable:
    """A table with personal data; ``of`` selects the rows of a person.

    ``order_id`` is the column that leads to an order: to the value of its column ``order_key``.
    ``keeping`` is the policy's code for retained rows. Retention starts at ``since``, or when
    the order was placed.
    """

    table: Table
    of: Callable[[Scope], Condition]
    order_id: Column[Any] | None = None
    since: Column[Any] | None = None
    keeping: str = "accounting"
    order_key: Column[Any] = orders.c.id

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
        """Selects the row of ``reference``."""
        parts = reference.split(":")
        return and_(
            *(
                column == _key_value(column, part)
                for column, part in zip(self.key, parts, strict=True)
            )
        )

    def at_any(self, references: Sequence[str]) -> Condition:
        """Selects the rows of ``references``."""
        if len(self.key) > 1:
            return or_(*(self.at(each) for each in references))
        (column,) = self.key
        return column.in_([_key_value(column, each) for each in references])

    def after(self, reference: str) -> Condition:
        """Selects rows after ``reference`` in key order, for pagination."""
        parts = reference.split(":")
        values = [_key_value(column, part) for column, part in zip(self.key, parts, strict=True)]
        return tuple_(*self.key) > tuple_(*values)

    def columns(self, on_erase: OnErase) -> list[Column[Any]]:
        return [
            column
            for column in self.table.columns
            if isinstance(column.info[CLASSIFICATION], Pii)
            and column.info[CLASSIFICATION].on_erase is on_erase
        ]

    @property
    def encrypted(self) -> list[Column[Any]]:
        return [
            column
            for column in self.table.columns
            if isinstance(column.info[CLASSIFICATION], Pii)
            and column.info[CLASSIFICATION].encrypted
        ]


PERSONAL_DATA_TABLES: tuple[PersonalDataTable, ...] = (
    PersonalDataTable(orders, lambda scope: scope.orders, orders.c.id),
    PersonalDataTable(
        order_lines, lambda scope: scope.of_orders(order_lines.c.order_id), order_lines.c.order_id
    ),
    PersonalDataTable(
        shipments, lambda scope: scope.of_orders(shipments.c.order_id), shipments.c.order_id
    ),
    PersonalDataTable(
        returns, lambda scope: scope.of_orders(returns.c.order_id), returns.c.order_id
    ),
    PersonalDataTable(
        payments,
        lambda scope: scope.payments,
        payments.c.purchase_id,
        order_key=orders.c.purchase_id,
    ),
    PersonalDataTable(
        refunds, lambda scope: scope.of_orders(refunds.c.order_id), refunds.c.order_id
    ),
    PersonalDataTable(
        recipient_log,
        lambda scope: scope.of_orders(recipient_log.c.order_id),
        recipient_log.c.order_id,
        keeping="evidence",
    ),
    PersonalDataTable(
        notifications, lambda scope: scope.notifications, since=notifications.c.received_at
    ),
    PersonalDataTable(claims, lambda scope: scope.of_orders(claims.c.order_id), claims.c.order_id),
    PersonalDataTable(
        quota_uses,
        lambda scope: quota_uses.c.person.in_(scope.persons),
        since=quota_uses.c.begun_at,
    ),
    PersonalDataTable(coupons, lambda scope: coupons.c.owner.in_(scope.persons)),
    PersonalDataTable(
        ledger_lines,
        lambda scope: ledger_lines.c.account_id.in_(
            select(ledger_accounts.c.id).where(ledger_accounts.c.owner_id.in_(scope.customers))
        ),
        since=ledger_lines.c.at,
    ),
    PersonalDataTable(
        ledger_accounts,
        lambda scope: ledger_accounts.c.owner_id.in_(scope.customers),
        since=ledger_accounts.c.changed_at,
    ),
    PersonalDataTable(
        consents,
        lambda scope: consents.c.customer_id.in_(scope.customers),
        since=consents.c.at,
        keeping="evidence",
    ),
    PersonalDataTable(
        disclosures,
        lambda scope: disclosures.c.customer_id.in_(scope.customers),
        since=disclosures.c.requested_at,
        keeping="evidence",
    ),
    PersonalDataTable(data_links, lambda scope: data_links.c.customer_id.in_(scope.customers)),
    PersonalDataTable(carts, lambda scope: scope.carts),
    PersonalDataTable(account_links, lambda scope: account_links.c.account_id.in_(scope.customers)),
    PersonalDataTable(
        recovery_codes, lambda scope: recovery_codes.c.account_id.in_(scope.customers)
    ),
    PersonalDataTable(second_factors, lambda scope: second_factors.c.id.in_(scope.customers)),
    PersonalDataTable(guesses, lambda scope: guesses.c.account_id.in_(scope.customers)),
    PersonalDataTable(sessions, lambda scope: sessions.c.account_id.in_(scope.customers)),
    PersonalDataTable(logins, lambda scope: logins.c.owner_id.in_(scope.customers)),
    PersonalDataTable(addresses, lambda scope: addresses.c.customer_id.in_(scope.customers)),
    PersonalDataTable(customers, lambda scope: customers.c.id.in_(scope.customers)),
)
"""In the order of erasure: rows with a foreign key come before the rows they point to."""


BY_SECTION = {data_table.section: data_table for data_table in PERSONAL_DATA_TABLES}


def scope_of(subject: Subject, vault: Encryption) -> Scope:
    return Scope(
        customers=tuple(sorted(subject.customers)),
        contact_indexes=tuple(
            index
            for contact in sorted(subject.contacts)
            for index in vault.indexes(CONTACT, contact)
        ),
        persons=tuple(
            person_index(vault, person)
            for person in (
                *(person_of(each, "") for each in sorted(subject.customers)),
                *(person_of(None, each) for each in sorted(subject.contacts)),
            )
        ),
    )


def _key_value(column: Column[Any], part: str) -> object:
    if isinstance(column.type, Uuid):
        return UUID(part)
    if isinstance(column.type, LargeBinary):
        return bytes.fromhex(part)
    return int(part) if column.type.python_type is int else part


def data_keys_of(data_table: PersonalDataTable, rows: Sequence[Row[Any]]) -> set[DataKeyId]:
    data_key_ids = {
        data_key_in(value)
        for row in rows
        for column in data_table.encrypted
        if (value := getattr(row, column.name)) is not None
    }
    if "data_key_id" in data_table.table.c:
        data_key_ids |= {DataKeyId(row.data_key_id) for row in rows if row.data_key_id is not None}
    return data_key_ids


async def clear(connection: AsyncConnection, data_table: PersonalDataTable, at: Any) -> int:
    values: dict[str, Any] = {column.name: None for column in data_table.columns(OnErase.CLEAR)}
    changed = await connection.execute(
        update(data_table.table).where(at).values(with_version(data_table, values))
    )
    return changed.rowcount


def with_version(data_table: PersonalDataTable, values: dict[str, Any]) -> dict[str, Any]:
    """Increase the version too: a concurrent save of an earlier read raises `StaleVersion`."""
    version = data_table.table.c.get("version")
    return values if version is None else {**values, "version": version + 1}
