"""Guards of accounts against races: without each of them, the same race does damage.

PostgreSQL only: SQLite has one writer at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, update

from adapters.database.accounts import credentials, guesses, second_factors
from adapters.database.staff import roles as sql_roles
from adapters.database.tables.accounts import second_factors as factors_table
from adapters.database.unit_of_work import SqlUnitOfWork
from core.application.carts.ownership import CartOwner
from core.domain.accounts import LOCAL, BadCredentials, Caller
from core.domain.errors import DomainError
from core.domain.identifiers import StaffId
from core.domain.staff import CLERK, MANAGER, OPERATOR, Role, RoleCode
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.accounts import (
    LOGIN,
    PASSWORD,
    a_member,
    a_staff_member,
    code_at,
    with_second_factor,
)
from tests.conftest import ON_POSTGRESQL

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]

LEAD = frozenset({"staff.manage"})
TASKS = 8
PAUSE_SECONDS = 0.1


class CommitTogether:
    """Units wait before their commit until no other unit arrives."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._arrived = 0
        commit = SqlUnitOfWork.commit

        async def later(unit: SqlUnitOfWork) -> None:
            await self._wait()
            await commit(unit)

        patch.setattr(SqlUnitOfWork, "commit", later)

    async def _wait(self) -> None:
        self._arrived += 1
        before = 0
        while self._arrived != before:
            before = self._arrived
            await asyncio.sleep(PAUSE_SECONDS)


async def succeeded(attempts: list[Awaitable[Any]]) -> int:
    results = await asyncio.gather(*attempts, return_exceptions=True)
    unexpected = [
        each
        for each in results
        if isinstance(each, BaseException) and not isinstance(each, DomainError)
    ]
    assert unexpected == []
    return sum(not isinstance(each, DomainError) for each in results)


async def log_ins_with_one_code(shop: Shop) -> Callable[[], Awaitable[int]]:
    """Concurrent second steps with the same code. Returns the number that succeed."""
    secret, _ = await with_second_factor(shop, await a_member(shop))
    opened = [await shop.log_in()(LOGIN, PASSWORD, CartOwner()) for _ in range(TASKS)]
    code = code_at(secret, shop.now()())
    confirm = shop.confirm_member_log_in()

    def attempts() -> Awaitable[int]:
        return succeeded(
            [
                confirm(each.token, code, CartOwner(), Caller(address=f"192.0.2.{number}"))
                for number, each in enumerate(opened)
            ]
        )

    return attempts


async def test_concurrent_log_ins_use_a_code_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = await log_ins_with_one_code(shop)
    CommitTogether(monkeypatch)
    assert await attempts() == 1


async def test_without_the_guard_a_code_works_many_times(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = await log_ins_with_one_code(shop)
    without = (
        update(factors_table)
        .where(factors_table.c.id == bindparam("key"))
        .values(last_step=bindparam("step"))
    )
    monkeypatch.setattr(second_factors, "USE_STEP", without)
    CommitTogether(monkeypatch)
    assert await attempts() == TASKS


async def demote_each_other(shop: Shop) -> int:
    """Two managers demote each other at once. Returns the number of managers that are left."""
    managers = [
        StaffId((await a_staff_member(shop, f"{name}@example.com")).id) for name in ("a", "b")
    ]
    manage = shop.manage_staff()
    await succeeded([manage.set_role(each, CLERK, OPERATOR) for each in managers])
    return sum(each.role == MANAGER for each in await shop.staff_queries().list())


def without_lock(patch: pytest.MonkeyPatch) -> None:
    statement = sql_roles.LOCK._clone()
    statement._for_update_arg = None
    patch.setattr(sql_roles, "LOCK", statement)


async def test_two_managers_who_demote_each_other_leave_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    CommitTogether(monkeypatch)
    assert await demote_each_other(shop) == 1


async def test_without_the_lock_no_manager_is_left(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch)
    CommitTogether(monkeypatch)
    assert await demote_each_other(shop) == 0


async def disable_the_manager_while_a_role_changes(shop: Shop) -> int:
    """The other manager has a role of its own, which loses the permission. Returns who is left."""
    boss = StaffId((await a_staff_member(shop, "boss@example.com")).id)
    lead = Role(code=RoleCode("lead"), name=Text({"en": "Lead"}), permissions=LEAD)
    await shop.save_role()(lead, OPERATOR)
    await a_staff_member(shop, "lead@example.com", lead.code)
    weaker = replace(lead, permissions=frozenset())
    manage, save = shop.manage_staff(), shop.save_role()
    await succeeded([manage.disable(boss, OPERATOR), save(weaker, OPERATOR)])
    async with shop.units()() as unit:
        return await unit.roles.count_managers()


async def test_a_role_that_changes_meanwhile_leaves_a_manager(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    CommitTogether(monkeypatch)
    assert await disable_the_manager_while_a_role_changes(shop) == 1


async def test_without_the_lock_a_changed_role_leaves_none(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch)
    CommitTogether(monkeypatch)
    assert await disable_the_manager_while_a_role_changes(shop) == 0


async def log_in_while_the_password_changes(shop: Shop, patch: pytest.MonkeyPatch) -> int:
    """A thief logs in while the owner changes the password. Returns the sessions that are left."""
    account = await a_member(shop)
    thief = await shop.credentials().by_login(account.kind, LOGIN)
    assert thief is not None
    CommitTogether(patch)

    async def log_in() -> None:
        async with shop.account_units()() as unit:
            await shop.open_session()(unit, thief, LOCAL)
            await unit.commit()

    async def change() -> None:
        await shop.change_password()(account, PASSWORD, "another horse", uuid4(), LOCAL)

    await succeeded([log_in(), change()])
    return len(await shop.list_sessions()(account))


async def test_no_session_of_the_old_password_survives_its_change(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await log_in_while_the_password_changes(shop, monkeypatch) == 0


async def test_without_the_lock_a_session_of_the_old_password_survives(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "LOCKED", credentials.OF_ACCOUNT)
    account = await a_member(shop)
    thief = await shop.credentials().by_login(account.kind, LOGIN)
    assert thief is not None
    async with shop.account_units()() as unit:
        await shop.open_session()(unit, thief, LOCAL)
        await shop.change_password()(account, PASSWORD, "another horse", uuid4(), LOCAL)
        await unit.commit()
    assert len(await shop.list_sessions()(account)) == 1


async def guesses_at_once(shop: Shop) -> int:
    """Concurrent guesses at one account from one address. Returns how many were compared."""
    await a_member(shop)
    results = await asyncio.gather(
        *(
            shop.log_in()(LOGIN, "x", CartOwner(), Caller(address="203.0.113.9"))
            for _ in range(TASKS)
        ),
        return_exceptions=True,
    )
    return sum(isinstance(each, BadCredentials) for each in results)


async def test_concurrent_guesses_do_not_pass_the_limit_together(shop: Shop) -> None:
    assert await guesses_at_once(shop) == 5


async def test_without_the_lock_concurrent_guesses_pass_together(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = guesses.LOCK._clone()
    statement._for_update_arg = None
    monkeypatch.setattr(guesses, "LOCK", statement)
    CommitTogether(monkeypatch)
    assert await guesses_at_once(shop) == TASKS
