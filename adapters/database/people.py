"""Repositories of people and of who is logged in."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import replace_children, save_versioned
from adapters.database.tables import addresses, customers, sessions, staff
from core.domain.address import Address
from core.domain.customer import AddressBookEntry, Customer, Staff
from core.domain.errors import NotFound
from core.domain.events import Event
from core.domain.identifiers import AddressId, CustomerId, StaffId
from ports.storage.people import Role, Session


class SqlCustomers:
    def __init__(self, connection: AsyncConnection, events: list[Event]) -> None:
        self._connection = connection
        self._events = events

    async def get(self, customer_id: CustomerId) -> Customer:
        customer = await self._find(customers.c.id == customer_id)
        if customer is None:
            raise NotFound("customer", customer_id)
        return customer

    async def find(self, login: str) -> Customer | None:
        return await self._find(customers.c.login == login)

    async def save(self, customer: Customer) -> None:
        customer.version = await save_versioned(
            self._connection,
            customers,
            {
                "id": customer.id,
                "login": customer.login,
                "password_hash": customer.password_hash,
                "name": customer.name,
                "language": customer.language,
                "registered_at": customer.registered_at,
            },
            version=customer.version,
            kind="login",
            key=customer.login,
        )
        await replace_children(
            self._connection,
            addresses,
            addresses.c.customer_id == customer.id,
            [
                {
                    "id": entry.id,
                    "customer_id": customer.id,
                    "position": position,
                    "address": asdict(entry.address),
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
        return Customer(
            id=CustomerId(row.id),
            login=row.login,
            password_hash=row.password_hash,
            name=row.name,
            language=row.language,
            registered_at=row.registered_at,
            addresses=tuple(
                AddressBookEntry(id=AddressId(entry.id), address=Address(**entry.address))
                for entry in entries
            ),
            version=row.version,
        )


class SqlStaffMembers:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, staff_id: StaffId) -> Staff:
        member = await self._find(staff.c.id == staff_id)
        if member is None:
            raise NotFound("staff member", staff_id)
        return member

    async def find(self, login: str) -> Staff | None:
        return await self._find(staff.c.login == login)

    async def save(self, staff_member: Staff) -> None:
        staff_member.version = await save_versioned(
            self._connection,
            staff,
            {
                "id": staff_member.id,
                "login": staff_member.login,
                "password_hash": staff_member.password_hash,
                "name": staff_member.name,
            },
            version=staff_member.version,
            kind="login",
            key=staff_member.login,
        )

    async def _find(self, condition: Any) -> Staff | None:
        row = (await self._connection.execute(select(staff).where(condition))).first()
        if row is None:
            return None
        return Staff(
            id=StaffId(row.id),
            login=row.login,
            password_hash=row.password_hash,
            name=row.name,
            version=row.version,
        )


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
