"""Roles: what staff may give, what the audit log keeps, and who must stay."""

import pytest
from dependency_injector import providers
from sqlalchemy import event

from core.application.roles import SaveRole
from core.application.tokens import hash_token
from core.domain.errors import AlreadyExists, Invalid, NotFound, StaleVersion
from core.domain.identifiers import StaffId
from core.domain.known_permissions import KnownPermissions
from core.domain.permission_areas import SHOP_PERMISSIONS
from core.domain.permissions import Permission, PermissionArea, PermissionNotHeld
from core.domain.staff import (
    AUDITOR,
    CLERK,
    MANAGER,
    OPERATOR,
    BuiltInRole,
    Grantor,
    LastManager,
    Role,
    RoleCode,
    RoleInUse,
)
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.accounts import PASSWORD, a_staff_member
from tests.conftest import ON_POSTGRESQL
from tests.threads import in_threads

pytestmark = pytest.mark.anyio

SUPPORT = RoleCode("support")
WITH_PLUGIN = KnownPermissions(
    of_shop=SHOP_PERMISSIONS,
    of_plugins=(
        PermissionArea(
            code="loyalty",
            label=Text({"en": "Loyalty"}),
            permissions=(
                Permission(
                    code="loyalty.grant",
                    label=Text({"en": "Give points"}),
                    description=Text({"en": "Give points to a member."}),
                ),
            ),
        ),
    ),
)


def a_role(*permissions: str, code: RoleCode = SUPPORT) -> Role:
    return Role(code=code, name=Text({"en": code}), permissions=frozenset(permissions))


async def with_role(shop: Shop, *permissions: str, code: str = "lead") -> Grantor:
    """A staff member with a role of exactly these permissions."""
    role = RoleCode(code)
    await shop.save_role()(a_role(*permissions, code=role), OPERATOR)
    account = await a_staff_member(shop, f"{code}@example.com", role)
    return Grantor(StaffId(account.id))


async def actions(shop: Shop) -> list[tuple[str, str, str]]:
    """``(actor, action, reference)`` of the audit log, without numbers of staff."""
    await shop.relay_events().drain()
    return [
        (entry["payload"]["actor"], entry["payload"]["action"], entry["payload"]["reference"])
        async for entry in shop.audit_logs().entries("audit")
        if entry["kind"] == "StaffActionRecorded" and "role" in entry["payload"]["action"]
    ]


async def test_a_role_is_created_changed_and_deleted(shop: Shop) -> None:
    save, queries = shop.save_role(), shop.role_queries()
    assert await save(a_role("orders.read"), OPERATOR, version=0) == 1
    with pytest.raises(AlreadyExists):
        await save(a_role("orders.read"), OPERATOR, version=0)
    assert await save(a_role("orders.read"), OPERATOR) == 1
    assert await save(a_role("orders.ship", "returns.read"), OPERATOR, version=1) == 2
    with pytest.raises(StaleVersion):
        await save(a_role("orders.read"), OPERATOR, version=1)
    with pytest.raises(Invalid, match=r"orders\.burn"):
        await save(a_role("orders.burn"), OPERATOR)
    assert (await queries.get(SUPPORT)).role.permissions == {"orders.ship", "returns.read"}
    await shop.delete_role()(SUPPORT, OPERATOR)
    assert [each.role.code for each in await queries.list()] == [AUDITOR, CLERK, MANAGER]
    assert await actions(shop) == [
        ("command line", "create role", "support +orders.read"),
        ("command line", "change role", "support +orders.ship +returns.read -orders.read"),
        ("command line", "delete role", "support -orders.ship -returns.read"),
    ]


async def test_staff_give_only_permissions_that_they_have(shop: Shop) -> None:
    lead = await with_role(shop, "staff.manage", "orders.read", "orders.ship")
    save, manage = shop.save_role(), shop.manage_staff()
    await save(a_role("orders.read"), lead)
    with pytest.raises(PermissionNotHeld, match=r"orders\.refund"):
        await save(a_role("orders.read", "orders.refund"), lead)
    # What a role has already can stay in it.
    await save(a_role("orders.refund", code=RoleCode("cashier")), OPERATOR)
    await save(a_role("orders.refund", "orders.read", code=RoleCode("cashier")), lead)
    member = StaffId((await a_staff_member(shop, "new@example.com", SUPPORT)).id)
    assert lead.staff_id is not None
    for role in (MANAGER, RoleCode("cashier")):
        with pytest.raises(PermissionNotHeld):
            await manage.set_role(member, role, lead)
        with pytest.raises(PermissionNotHeld):
            await manage.set_role(lead.staff_id, role, lead)
        with pytest.raises(PermissionNotHeld):
            await shop.add_staff()("other@example.com", PASSWORD, "x", role, lead)
    boss = StaffId((await a_staff_member(shop, "boss@example.com")).id)
    await manage.disable(boss, lead)
    with pytest.raises(PermissionNotHeld):
        await manage.enable(boss, lead)
    with pytest.raises(NotFound):
        await manage.set_role(member, RoleCode("nothing"), lead)


async def test_a_disabled_grantor_gives_nothing(shop: Shop) -> None:
    lead = await with_role(shop, "staff.manage", "orders.read")
    await shop.save_role()(a_role("orders.read"), lead)
    assert lead.staff_id is not None
    await a_staff_member(shop, "boss@example.com")
    await shop.manage_staff().disable(lead.staff_id, OPERATOR)
    with pytest.raises(PermissionNotHeld):
        await shop.save_role()(a_role("orders.read", code=RoleCode("other")), lead)


async def test_permissions_of_plugins_are_given_by_who_manages_plugins(shop: Shop) -> None:
    shop.known_permissions.override(providers.Object(WITH_PLUGIN))
    manager = Grantor(StaffId((await a_staff_member(shop, "boss@example.com")).id))
    lead = await with_role(shop, "staff.manage")
    save: SaveRole = shop.save_role()
    held = {code for each in await shop.role_queries().list() for code in each.role.permissions}
    assert "loyalty.grant" not in held
    with pytest.raises(PermissionNotHeld):
        await save(a_role("loyalty.grant"), lead)
    await save(a_role("loyalty.grant"), manager)
    shop.known_permissions.override(providers.Object(KnownPermissions(of_shop=WITH_PLUGIN.of_shop)))
    # The plugin is gone: its permission stays in the role until it is taken away.
    assert "loyalty.grant" in (await shop.role_queries().get(SUPPORT)).role.permissions


async def test_the_manager_role_always_manages_staff(shop: Shop) -> None:
    manager = (await shop.role_queries().get(MANAGER)).role
    with pytest.raises(Invalid):
        a_role(*manager.permissions - {"staff.manage"}, code=MANAGER)
    with pytest.raises(BuiltInRole):
        await shop.delete_role()(MANAGER, OPERATOR)


async def test_the_last_person_who_manages_staff_stays(shop: Shop) -> None:
    boss = StaffId((await a_staff_member(shop, "boss@example.com")).id)
    lead = await with_role(shop, "staff.manage")
    await shop.manage_staff().disable(boss, OPERATOR)
    with pytest.raises(LastManager):
        await shop.save_role()(a_role("orders.read", code=RoleCode("lead")), OPERATOR)
    with pytest.raises(RoleInUse):
        await shop.delete_role()(RoleCode("lead"), OPERATOR)
    await shop.manage_staff().enable(boss, OPERATOR)
    await shop.save_role()(a_role("orders.read", code=RoleCode("lead")), OPERATOR)
    assert lead.staff_id is not None
    with pytest.raises(LastManager):
        await shop.manage_staff().set_role(boss, CLERK, OPERATOR)


async def test_the_permissions_are_read_with_the_session_in_one_statement(shop: Shop) -> None:
    await with_role(shop, "orders.read", "orders.ship")
    opened = await shop.log_in_staff()("lead@example.com", PASSWORD)
    statements: list[str] = []
    event.listen(
        shop.database().reads.sync_engine,
        "before_cursor_execute",
        lambda *arguments: statements.append(arguments[2]),
    )
    principal = await shop.account_queries().principal(hash_token(opened.token), shop.now()())
    assert principal is not None
    assert principal.permissions == {"orders.read", "orders.ship"}
    assert len([each for each in statements if "sessions" in each or "roles" in each]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_managers_who_are_demoted_in_threads_leave_one(shop: Shop) -> None:
    """Each of them is made a clerk at the same time, by five threads at once."""
    managers = [
        StaffId((await a_staff_member(shop, f"m{number}@example.com")).id) for number in range(10)
    ]

    async def demote(mine: Shop, number: int) -> None:
        await mine.manage_staff().set_role(managers[number % 10], CLERK, OPERATOR)

    # One of the ten stays, whichever it is; it is asked five times.
    assert await in_threads(shop, demote) == 45
    left = [each for each in await shop.staff_queries().list() if each.role == MANAGER]
    assert len(left) == 1
