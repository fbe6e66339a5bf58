"""Members and colleagues as they are read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select

from adapters.database.engine import Database
from adapters.database.people import (
    LOGIN_PLACE,
    NAME_PLACE,
    STAFF_NAME_PLACE,
    SqlCustomers,
    owner_of,
)
from adapters.database.tables import customers, sessions, staff
from core.domain.customer import Customer, Duty
from core.domain.identifiers import CustomerId
from ports.encryption import Encryption
from ports.storage.ledgers import Visitor
from ports.storage.people import Role


class SqlRegister:
    def __init__(self, database: Database, vault: Encryption) -> None:
        self._reads = database.reads
        self._vault = vault

    async def visitor(self, token_hash: str, now: datetime) -> Visitor | None:
        colleague = sessions.c.role == "staff"
        name = case((colleague, staff.c.name), else_=customers.c.name)
        person = case((colleague, staff.c.person), else_=customers.c.person)
        async with self._reads.connect() as connection:
            row = (
                await connection.execute(
                    select(
                        sessions.c.role,
                        sessions.c.person_id,
                        name.label("name"),
                        person.label("person"),
                        staff.c.duty,
                    )
                    .outerjoin(staff, staff.c.id == sessions.c.person_id)
                    .outerjoin(customers, customers.c.id == sessions.c.person_id)
                    .where(sessions.c.token_hash == token_hash, sessions.c.expires_at > now)
                )
            ).first()
        if row is None or row.name is None:
            return None
        keys, role = await self._vault.keys([row.person]), Role(row.role)
        place = STAFF_NAME_PLACE if role is Role.STAFF else NAME_PLACE
        opened = keys.open(place, row.person_id, row.name)
        if opened is None:
            return None
        duty = Duty(row.duty) if row.duty else None
        return Visitor(role=role, person_id=row.person_id, name=opened, duty=duty)

    async def customer(self, customer_id: CustomerId) -> Customer:
        async with self._reads.connect() as connection:
            return await SqlCustomers(connection, [], self._vault).get(customer_id)

    async def is_restricted(self, customer_id: CustomerId) -> bool:
        query = select(customers.c.restricted).where(customers.c.id == customer_id)
        async with self._reads.connect() as connection:
            return bool(await connection.scalar(query))

    async def reachable(self, customer_ids: Sequence[CustomerId]) -> tuple[str, ...]:
        query = select(customers.c.id, customers.c.person, customers.c.login).where(
            customers.c.id.in_(customer_ids),
            customers.c.login_proven.is_(True),
            customers.c.frozen.is_(False),
            customers.c.restricted.is_(False),
        )
        async with self._reads.connect() as connection:
            rows = (await connection.execute(query.order_by(customers.c.id))).all()
        keys = await self._vault.keys(row.person for row in rows)
        logins_of = (keys.open(LOGIN_PLACE, row.id, row.login) for row in rows)
        return tuple(login for login in logins_of if login)

    async def find_customer(self, login: str) -> Customer | None:
        async with self._reads.connect() as connection:
            return await SqlCustomers(connection, [], self._vault).find(login)

    async def staff_credentials(self, login: str) -> tuple[UUID, str] | None:
        async with self._reads.connect() as connection:
            owner = await owner_of(connection, self._vault, Role.STAFF, login)
            row = (
                await connection.execute(
                    select(staff.c.id, staff.c.password_hash).where(staff.c.id == owner)
                )
            ).first()
        return None if row is None else (row.id, row.password_hash)
