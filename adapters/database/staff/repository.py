"""The repository of staff."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.sessions.logins import owner_of, save_login
from adapters.database.statements import save_versioned
from adapters.database.tables.staff import staff
from core.domain.accounts import AccountKind
from core.domain.errors import NotFound
from core.domain.identifiers import StaffId
from core.domain.staff import RoleCode, Staff
from ports.encryption import Encryption

STAFF_LOGIN_PLACE, STAFF_NAME_PLACE = "staff.login", "staff.name"


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
        owner = await owner_of(self._connection, self._vault, AccountKind.STAFF, login)
        return await self._find(staff.c.id == owner) if owner else None

    async def save(self, staff_member: Staff) -> None:
        data_key_id = staff_member.data_key_id = (
            staff_member.data_key_id or await self._vault.new_data_key()
        )
        keys = await self._vault.keys([data_key_id])
        staff_member.version = await save_versioned(
            self._connection,
            staff,
            {
                "id": staff_member.id,
                "data_key_id": data_key_id,
                "login": keys.encrypt(
                    data_key_id, STAFF_LOGIN_PLACE, staff_member.id, staff_member.login
                ),
                "password_hash": staff_member.password_hash,
                "name": keys.encrypt(
                    data_key_id, STAFF_NAME_PLACE, staff_member.id, staff_member.name
                ),
                "role": str(staff_member.role),
                "disabled": staff_member.disabled,
            },
            version=staff_member.version,
            kind="staff member",
            key=staff_member.id,
        )
        await save_login(
            self._connection, self._vault, AccountKind.STAFF, staff_member.id, staff_member.login
        )

    async def _find(self, condition: Any) -> Staff | None:
        row = (await self._connection.execute(select(staff).where(condition))).first()
        if row is None:
            return None
        keys = await self._vault.keys([row.data_key_id])
        return Staff(
            id=StaffId(row.id),
            login=keys.decrypt(STAFF_LOGIN_PLACE, row.id, row.login),
            password_hash=row.password_hash,
            name=keys.decrypt(STAFF_NAME_PLACE, row.id, row.name),
            role=RoleCode(row.role),
            disabled=row.disabled,
            data_key_id=row.data_key_id,
            version=row.version,
        )
