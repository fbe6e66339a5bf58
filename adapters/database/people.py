"""Repositories of people and of who is logged in."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.persons import LOGIN
from adapters.database.statements import (
    insert_into,
    is_unique_violation,
    replace_children,
    save_versioned,
)
from adapters.database.tables import addresses, customers, logins, sessions, staff
from core.domain.address import Address
from core.domain.customer import AddressBookEntry, Customer, Duty, Staff
from core.domain.errors import AlreadyExists, NotFound
from core.domain.events import Event
from core.domain.identifiers import AddressId, CustomerId, StaffId
from ports.encryption import Encryption
from ports.storage.people import Role, Session

OF_OWNER = select(logins.c.login_index).where(logins.c.owner_id == bindparam("owner"))


LOGIN_PLACE, NAME_PLACE = "customers.login", "customers.name"
STAFF_LOGIN_PLACE, STAFF_NAME_PLACE = "staff.login", "staff.name"
ADDRESS_PLACE = "addresses.address"


class SqlCustomers:
    def __init__(self, connection: AsyncConnection, events: list[Event], vault: Encryption) -> None:
        self._connection = connection
        self._events = events
        self._vault = vault

    async def get(self, customer_id: CustomerId) -> Customer:
        customer = await self._find(customers.c.id == customer_id)
        if customer is None:
            raise NotFound("customer", customer_id)
        return customer

    async def find(self, login: str) -> Customer | None:
        owner = await owner_of(self._connection, self._vault, Role.CUSTOMER, login)
        return await self._find(customers.c.id == owner) if owner else None

    async def save(self, customer: Customer) -> None:
        person = customer.person = customer.person or await self._vault.new_person()
        keys = await self._vault.keys([person])
        customer.version = await save_versioned(
            self._connection,
            customers,
            {
                "id": customer.id,
                "person": person,
                "login": keys.seal(person, LOGIN_PLACE, customer.id, customer.login),
                "password_hash": customer.password_hash,
                "name": keys.seal(person, NAME_PLACE, customer.id, customer.name),
                "language": customer.language,
                "registered_at": customer.registered_at,
                "login_proven": customer.login_proven,
                "frozen": customer.frozen,
                "restricted": customer.restricted,
            },
            version=customer.version,
            kind="customer",
            key=customer.id,
        )
        await keep_login(self._connection, self._vault, Role.CUSTOMER, customer.id, customer.login)
        await replace_children(
            self._connection,
            addresses,
            addresses.c.customer_id == customer.id,
            [
                {
                    "id": entry.id,
                    "customer_id": customer.id,
                    "position": position,
                    "address": keys.seal(person, ADDRESS_PLACE, entry.id, asdict(entry.address)),
                }
                for position, entry in enumerate(customer.addresses)
            ],
        )
        self._events += customer.events
        customer.events.clear()

    async def _find(self, condition: Any) -> Customer | None:
        row = (await self._connection.execute(select(customers).where(condition))).first()
        if row is None:
            return None
        entries = await self._connection.execute(
            select(addresses)
            .where(addresses.c.customer_id == row.id)
            .order_by(addresses.c.position)
        )
        keys = await self._vault.keys([row.person])
        return Customer(
            id=CustomerId(row.id),
            login=keys.open(LOGIN_PLACE, row.id, row.login),
            password_hash=row.password_hash,
            name=keys.open(NAME_PLACE, row.id, row.name),
            language=row.language,
            registered_at=row.registered_at,
            addresses=tuple(
                AddressBookEntry(
                    id=AddressId(entry.id),
                    address=Address(**keys.open(ADDRESS_PLACE, entry.id, entry.address)),
                )
                for entry in entries
            ),
            person=row.person,
            login_proven=row.login_proven,
            frozen=row.frozen,
            restricted=row.restricted,
            version=row.version,
        )


class SqlStaffMembers:
    def __init__(self, connection: AsyncConnection, vault: Encryption) -> None:
        self._connection = connection
        self._vault = vault

    async def get(self, staff_id: StaffId) -> Staff:
        member = await self._find(staff.c.id == staff_id)
        if member is None:
            raise NotFound("staff member", staff_id)
        return member

    async def find(self, login: str) -> Staff | None:
        owner = await owner_of(self._connection, self._vault, Role.STAFF, login)
        return await self._find(staff.c.id == owner) if owner else None

    async def save(self, staff_member: Staff) -> None:
        person = staff_member.person = staff_member.person or await self._vault.new_person()
        keys = await self._vault.keys([person])
        staff_member.version = await save_versioned(
            self._connection,
            staff,
            {
                "id": staff_member.id,
                "person": person,
                "login": keys.seal(person, STAFF_LOGIN_PLACE, staff_member.id, staff_member.login),
                "password_hash": staff_member.password_hash,
                "name": keys.seal(person, STAFF_NAME_PLACE, staff_member.id, staff_member.name),
                "duty": str(staff_member.duty),
            },
            version=staff_member.version,
            kind="staff member",
            key=staff_member.id,
        )
        await keep_login(
            self._connection, self._vault, Role.STAFF, staff_member.id, staff_member.login
        )

    async def _find(self, condition: Any) -> Staff | None:
        row = (await self._connection.execute(select(staff).where(condition))).first()
        if row is None:
            return None
        keys = await self._vault.keys([row.person])
        return Staff(
            id=StaffId(row.id),
            login=keys.open(STAFF_LOGIN_PLACE, row.id, row.login),
            password_hash=row.password_hash,
            name=keys.open(STAFF_NAME_PLACE, row.id, row.name),
            duty=Duty(row.duty),
            person=row.person,
            version=row.version,
        )


async def owner_of(
    connection: AsyncConnection, vault: Encryption, role: Role, login: str
) -> UUID | None:
    """Who has this login."""
    found: UUID | None = await connection.scalar(
        select(logins.c.owner_id).where(
            logins.c.role == str(role), logins.c.login_index.in_(vault.indexes(LOGIN, login))
        )
    )
    return found


async def keep_login(
    connection: AsyncConnection, vault: Encryption, role: Role, owner_id: UUID, login: str
) -> None:
    """Have it under every index key, so that it is unique while they change.

    Raises:
        AlreadyExists: somebody else has it.
    """
    wanted = vault.indexes(LOGIN, login)
    known = set(await connection.scalars(OF_OWNER, {"owner": owner_id}))
    if known == set(wanted):
        return
    await connection.execute(delete(logins).where(logins.c.owner_id == owner_id))
    rows = [{"role": str(role), "login_index": each, "owner_id": owner_id} for each in wanted]
    try:
        await connection.execute(insert_into(logins), rows)
    except IntegrityError as error:
        if is_unique_violation(error):
            raise AlreadyExists("login", login) from error
        raise


class SqlSessions:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        await self._connection.execute(
            insert(sessions).values(
                token_hash=session.token_hash,
                role=str(session.role),
                person_id=session.person_id,
                expires_at=session.expires_at,
            )
        )

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        row = (
            await self._connection.execute(
                select(sessions).where(
                    sessions.c.token_hash == token_hash, sessions.c.expires_at > now
                )
            )
        ).first()
        if row is None:
            return None
        return Session(
            token_hash=row.token_hash,
            role=Role(row.role),
            person_id=row.person_id,
            expires_at=row.expires_at,
        )

    async def remove(self, token_hash: str) -> None:
        await self._connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    async def purge(self, now: datetime) -> int:
        gone = await self._connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
        return gone.rowcount
