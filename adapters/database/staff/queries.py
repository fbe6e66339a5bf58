"""Queries about staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from adapters.database.engine import Database
from adapters.database.sessions.logins import owner_of
from adapters.database.staff.repository import STAFF_LOGIN_PLACE, STAFF_NAME_PLACE
from adapters.database.tables.accounts import second_factors
from adapters.database.tables.staff import staff
from core.domain.accounts import AccountKind
from core.domain.identifiers import StaffId
from core.domain.staff import Role
from ports.encryption import Encryption
from ports.staff import StaffView


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
                role=Role(row.role),
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
