"""Queries about staff and their roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select

from adapters.database.engine import Database
from adapters.database.sessions.logins import owner_of
from adapters.database.staff.repository import STAFF_LOGIN_PLACE, STAFF_NAME_PLACE
from adapters.database.staff.roles import role_from
from adapters.database.tables.accounts import second_factors
from adapters.database.tables.staff import roles, staff
from core.domain.accounts import AccountKind
from core.domain.errors import NotFound
from core.domain.identifiers import StaffId
from core.domain.staff import RoleCode
from ports.encryption import Encryption
from ports.staff import RoleSummary, StaffView


@dataclass(frozen=True, slots=True)
class SqlStaffQueries:
    database: Database
    vault: Encryption

    async def list(self) -> Sequence[StaffView]:
        has_factor = exists().where(
            second_factors.c.id == staff.c.id, second_factors.c.confirmed.is_(True)
        )
        async with self.database.reads.connect() as connection:
            rows = (
                await connection.execute(select(staff, has_factor.label("second_factor")))
            ).all()
        keys = await self.vault.keys(row.data_key_id for row in rows)
        views = (
            StaffView(
                id=StaffId(row.id),
                login=keys.decrypt(STAFF_LOGIN_PLACE, row.id, row.login) or "",
                name=keys.decrypt(STAFF_NAME_PLACE, row.id, row.name) or "",
                role=RoleCode(row.role),
                disabled=row.disabled,
                second_factor=row.second_factor,
            )
            for row in rows
        )
        return sorted(views, key=lambda view: (view.disabled, view.name, view.id))

    async def find(self, login: str) -> StaffId | None:
        async with self.database.reads.connect() as connection:
            owner = await owner_of(connection, self.vault, AccountKind.STAFF, login)
        return StaffId(owner) if owner else None


@dataclass(frozen=True, slots=True)
class SqlRoleQueries:
    database: Database

    async def list(self) -> Sequence[RoleSummary]:
        ordered = _with_staff().order_by(roles.c.built_in.desc(), roles.c.code)
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(ordered)).all()
        return [RoleSummary(role=role_from(row), staff=row.staff) for row in rows]

    async def get(self, code: str) -> RoleSummary:
        async with self.database.reads.connect() as connection:
            row = (await connection.execute(_with_staff().where(roles.c.code == code))).first()
        if row is None:
            raise NotFound("role", code)
        return RoleSummary(role=role_from(row), staff=row.staff)


def _with_staff() -> Select[Any]:
    count = select(func.count()).where(staff.c.role == roles.c.code).scalar_subquery()
    return select(roles, count.label("staff"))
