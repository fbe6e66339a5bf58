"""Revision 0016: staff keep their roles, which are rows now."""

from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from adapters.database.migration import check, upgrade
from adapters.database.tables.staff import roles
from core.domain.identifiers import StaffId
from core.domain.staff import AUDITOR, CLERK, MANAGER
from entrepot.assembly.shop import Shop
from tests.upgrades.old_rows import insert

pytestmark = [pytest.mark.anyio, pytest.mark.own_database]


async def test_staff_keep_their_roles(shop: Shop) -> None:
    async with shop.database().writes.begin() as connection:
        for number, role in enumerate((MANAGER, CLERK, AUDITOR), start=1):
            await insert(
                connection,
                "staff",
                id=UUID(int=number),
                login=b"x",
                password_hash="x",
                name=b"x",
                role=str(role),
                disabled=False,
                version=1,
            )
    assert await upgrade(shop.database())
    await check(shop.database())
    async with shop.units()() as unit:
        assert await unit.roles.count_managers() == 1
        for number, permission in ((1, "staff.manage"), (2, "orders.refund"), (3, "audit.read")):
            assert permission in await unit.roles.permissions_of(StaffId(UUID(int=number)))
    async with shop.database().writes.begin() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(delete(roles).where(roles.c.code == CLERK))
        await connection.rollback()
