"""Queries about accounts of customers and staff."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, or_, select

from adapters.database.customers.repository import LOGIN_PLACE, NAME_PLACE, SqlCustomers
from adapters.database.engine import Database
from adapters.database.staff.repository import STAFF_NAME_PLACE
from adapters.database.tables.customers import customers
from adapters.database.tables.sessions import sessions
from adapters.database.tables.staff import roles, staff
from core.domain.accounts import AccountKind
from core.domain.customers import Customer
from core.domain.identifiers import CustomerId
from core.domain.staff import RoleCode
from ports.encryption import Encryption
from ports.sessions import Principal


class SqlAccountQueries:
    def __init__(self, database: Database, vault: Encryption) -> None:
        self._reads = database.reads
        self._vault = vault

    async def principal(self, token_hash: str, now: datetime) -> Principal | None:
        is_staff = sessions.c.account_kind == "staff"
        name = case((is_staff, staff.c.name), else_=customers.c.name)
        data_key_id = case((is_staff, staff.c.data_key_id), else_=customers.c.data_key_id)
        async with self._reads.connect() as connection:
            row = (
                await connection.execute(
                    select(
                        sessions.c.account_kind,
                        sessions.c.account_id,
                        name.label("name"),
                        data_key_id.label("data_key_id"),
                        sessions.c.id.label("session_id"),
                        staff.c.role,
                        roles.c.permissions,
                    )
                    .outerjoin(staff, staff.c.id == sessions.c.account_id)
                    .outerjoin(roles, roles.c.code == staff.c.role)
                    .outerjoin(customers, customers.c.id == sessions.c.account_id)
                    .where(
                        sessions.c.token_hash == token_hash,
                        sessions.c.expires_at > now,
                        sessions.c.confirmed.is_(True),
                        or_(staff.c.id.is_(None), staff.c.disabled.is_(False)),
                    )
                )
            ).first()
        if row is None or row.name is None:
            return None
        keys = await self._vault.keys([row.data_key_id])
        account_kind = AccountKind(row.account_kind)
        place = STAFF_NAME_PLACE if account_kind is AccountKind.STAFF else NAME_PLACE
        full_name = keys.decrypt(place, row.account_id, row.name)
        if full_name is None:
            return None
        return Principal(
            account_kind=account_kind,
            account_id=row.account_id,
            name=full_name,
            session_id=row.session_id,
            role=RoleCode(row.role) if row.role else None,
            permissions=frozenset(row.permissions or ()),
        )

    async def customer(self, customer_id: CustomerId) -> Customer:
        async with self._reads.connect() as connection:
            return await SqlCustomers(connection, [], self._vault).get(customer_id)

    async def is_restricted(self, customer_id: CustomerId) -> bool:
        query = select(customers.c.restricted).where(customers.c.id == customer_id)
        async with self._reads.connect() as connection:
            return bool(await connection.scalar(query))

    async def reachable(self, customer_ids: Sequence[CustomerId]) -> tuple[str, ...]:
        query = select(customers.c.id, customers.c.data_key_id, customers.c.login).where(
            customers.c.id.in_(customer_ids),
            customers.c.login_verified.is_(True),
            customers.c.frozen.is_(False),
            customers.c.restricted.is_(False),
        )
        async with self._reads.connect() as connection:
            rows = (await connection.execute(query.order_by(customers.c.id))).all()
        keys = await self._vault.keys(row.data_key_id for row in rows)
        addresses = (keys.decrypt(LOGIN_PLACE, row.id, row.login) for row in rows)
        return tuple(login for login in addresses if login)

    async def find_customer(self, login: str) -> Customer | None:
        async with self._reads.connect() as connection:
            return await SqlCustomers(connection, [], self._vault).find(login)

    async def is_proved(self, login: str) -> bool:
        customer = await self.find_customer(login)
        return customer is not None and customer.login_verified
