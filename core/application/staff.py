"""Adds, manages and logs in staff."""

from collections.abc import Callable
from dataclasses import dataclass

from core.application.accounts.log_in import OpenedSession, OpenSession
from core.application.accounts.passwords import CheckPassword, HashNewPassword
from core.application.retries import retried, retrying
from core.application.roles import CheckGrant
from core.domain.accounts import LOCAL, Account, AccountKind, BadCredentials, Caller
from core.domain.events import StaffActionRecorded
from core.domain.identifiers import StaffId
from core.domain.staff import (
    MANAGER,
    OPERATOR,
    Grantor,
    LastManager,
    RoleCode,
    Staff,
)
from ports.accounts import AccountUnitsOfWork
from ports.clock import Clock, NewId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class LogInStaff:
    """Open a session in the back office.

    Raises:
        BadCredentials: after the same time whether the log-in exists or not.
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    check_password: CheckPassword
    open_session: OpenSession
    now: Clock

    @retried
    async def __call__(self, login: str, password: str, caller: Caller = LOCAL) -> OpenedSession:
        found = await self.check_password.by_login(AccountKind.STAFF, login, password, caller)
        if found.blocked:
            raise BadCredentials
        async with self.units() as unit:
            opened = await self.open_session(unit, found, caller)
            if opened.confirmed:
                actor = str(found.account)
                unit.add_event(
                    StaffActionRecorded(actor=actor, action="log in", reference="", at=self.now())
                )
            await unit.commit()
        return opened


@dataclass(frozen=True, slots=True)
class AddStaff:
    """Create a log-in for the back office.

    Raises:
        AlreadyExists: the log-in is taken.
        Invalid: the password is too weak.
        NotFound: there is no such role.
        PermissionNotHeld: the role has more permissions than the grantor.
    """

    units: UnitsOfWork
    hash_new_password: HashNewPassword
    check_grant: CheckGrant
    new_id: NewId
    now: Clock

    async def __call__(
        self,
        login: str,
        password: str,
        name: str,
        role: RoleCode = MANAGER,
        grantor: Grantor = OPERATOR,
    ) -> StaffId:
        member = Staff(
            id=StaffId(self.new_id()),
            login=login,
            password_hash=await self.hash_new_password(password, [login, name]),
            name=name,
            role=role,
        )
        await self._save(member, grantor)
        return member.id

    @retried
    async def _save(self, member: Staff, grantor: Grantor) -> None:
        async with self.units() as unit:
            await unit.roles.lock()
            role = await unit.roles.get(member.role)
            await self.check_grant(unit, grantor, role.permissions)
            await unit.staff.save(member)
            unit.add_event(
                StaffActionRecorded(
                    actor=str(grantor),
                    action=f"add {member.role}",
                    reference=str(member.id),
                    at=self.now(),
                )
            )
            await unit.commit()


@dataclass(frozen=True, slots=True)
class ManageStaff:
    """Disable staff, enable them again, or change their role. ``grantor`` is who does it.

    Each change ends the sessions of the staff member.

    Raises:
        LastManager: no staff member would be left who can manage staff.
        NotFound: there is no such staff member, or no such role.
        PermissionNotHeld: the role has more permissions than the grantor.
    """

    units: UnitsOfWork
    check_grant: CheckGrant
    now: Clock

    async def disable(self, staff_id: StaffId, grantor: Grantor) -> None:
        def disable(member: Staff) -> None:
            member.disabled = True

        await self._change(staff_id, disable, "disable staff", grantor)

    async def enable(self, staff_id: StaffId, grantor: Grantor) -> None:
        def enable(member: Staff) -> None:
            member.disabled = False

        await self._change(staff_id, enable, "enable staff", grantor)

    async def set_role(self, staff_id: StaffId, role: RoleCode, grantor: Grantor) -> None:
        def set_role(member: Staff) -> None:
            member.role = role

        await self._change(staff_id, set_role, f"make {role}", grantor)

    async def _change(
        self, staff_id: StaffId, change: Callable[[Staff], None], action: str, grantor: Grantor
    ) -> None:
        async def attempt() -> None:
            async with self.units() as unit:
                # The lock makes two managers who demote each other take turns.
                await unit.roles.lock()
                managed = await unit.roles.count_managers()
                member = await unit.staff.get(staff_id)
                change(member)
                if not member.disabled:
                    role = await unit.roles.get(member.role)
                    await self.check_grant(unit, grantor, role.permissions)
                await unit.staff.save(member)
                if managed and not await unit.roles.count_managers():
                    raise LastManager
                await unit.sessions.end_all(Account(AccountKind.STAFF, staff_id))
                unit.add_event(
                    StaffActionRecorded(
                        actor=str(grantor), action=action, reference=str(staff_id), at=self.now()
                    )
                )
                await unit.commit()

        await retrying(attempt)
