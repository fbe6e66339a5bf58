"""The repository of roles."""

from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import is_unique_violation
from adapters.database.tables.staff import roles, staff
from core.domain.errors import AlreadyExists, NotFound, StaleVersion
from core.domain.identifiers import StaffId
from core.domain.staff import MANAGER, Role, RoleCode
from core.domain.text import Text

LOCK = select(roles.c.code).where(roles.c.code == str(MANAGER)).with_for_update()
"""The manager role cannot be deleted, so its row is the lock of all changes."""

ABLE = staff.c.disabled.is_(False)
COUNT_MANAGERS = (
    select(func.count())
    .select_from(staff.join(roles, roles.c.code == staff.c.role))
    .where(ABLE, roles.c.manages_staff.is_(True))
)


class SqlRoles:
    """`ports.staff.Roles` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        await self._connection.execute(LOCK)

    async def get(self, code: RoleCode) -> Role:
        role = await self.find(code)
        if role is None:
            raise NotFound("role", code)
        return role

    async def find(self, code: RoleCode) -> Role | None:
        rows = await self._connection.execute(select(roles).where(roles.c.code == code))
        row = rows.first()
        return role_from(row) if row else None

    async def save(self, role: Role) -> int:
        values = {
            "code": role.code,
            "name": dict(role.name.by_language),
            "permissions": sorted(role.permissions),
            "manages_staff": role.manages_staff,
            "built_in": role.built_in,
            "version": role.version + 1,
        }
        if role.version == 0:
            try:
                await self._connection.execute(insert(roles), values)
            except IntegrityError as error:
                if is_unique_violation(error):
                    raise AlreadyExists("role", role.code) from error
                raise
            return 1
        changed = await self._connection.execute(
            update(roles)
            .where(roles.c.code == role.code, roles.c.version == role.version)
            .values(values)
        )
        if changed.rowcount == 0:
            raise StaleVersion("role", role.code)
        return role.version + 1

    async def delete(self, code: RoleCode) -> None:
        await self._connection.execute(delete(roles).where(roles.c.code == code))

    async def permissions_of(self, staff_id: StaffId) -> frozenset[str]:
        held = await self._connection.scalar(
            select(roles.c.permissions)
            .join(staff, staff.c.role == roles.c.code)
            .where(staff.c.id == staff_id, ABLE)
        )
        return frozenset(held or ())

    async def count_managers(self) -> int:
        return int(await self._connection.scalar(COUNT_MANAGERS) or 0)

    async def count_staff(self, code: RoleCode) -> int:
        counted = select(func.count()).where(staff.c.role == code)
        return int(await self._connection.scalar(counted) or 0)


def role_from(row: Any) -> Role:
    return Role(
        code=RoleCode(row.code),
        name=Text(row.name),
        permissions=frozenset(row.permissions),
        built_in=row.built_in,
        version=row.version,
    )
