"""Adds, manages and logs in staff."""

from collections.abc import Callable
from dataclasses import dataclass

from core.application.accounts.log_in import OpenedSession, OpenSession
from core.application.accounts.passwords import CheckPassword, HashNewPassword
from core.application.retries import retried, retrying
from core.domain.accounts import LOCAL, Account, AccountKind, BadCredentials, Caller, LastManager
from core.domain.events import StaffActionRecorded
from core.domain.identifiers import StaffId
from core.domain.staff import Role, Staff
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
        Invalid: the password is too weak.
        AlreadyExists: the log-in is taken.
    """

    units: UnitsOfWork
    hash_new_password: HashNewPassword
    new_id: NewId

    @retried
    async def __call__(
        self, login: str, password: str, name: str, role: Role = Role.MANAGER
    ) -> StaffId:
        member = Staff(
            id=StaffId(self.new_id()),
            login=login,
            password_hash=await self.hash_new_password(password, [login, name]),
            name=name,
            role=role,
        )
        async with self.units() as unit:
            await unit.staff.save(member)
            await unit.commit()
        return member.id


@dataclass(frozen=True, slots=True)
class ManageStaff:
    """Disable staff, enable them again, or change their role. ``actor`` is who does it.

    Each change ends the sessions of the staff member.

    Raises:
        NotFound: there is no such staff member.
        LastManager: nobody would be left who can manage staff.
    """

    units: UnitsOfWork
    now: Clock

    async def disable(self, staff_id: StaffId, actor: str) -> None:
        def disable(member: Staff) -> None:
            member.disabled = True

        await self._change(staff_id, disable, "disable staff", actor)

    async def enable(self, staff_id: StaffId, actor: str) -> None:
        def enable(member: Staff) -> None:
            member.disabled = False

        await self._change(staff_id, enable, "enable staff", actor)

    async def set_role(self, staff_id: StaffId, role: Role, actor: str) -> None:
        def set_role(member: Staff) -> None:
            member.role = role

        await self._change(staff_id, set_role, f"make {role}", actor)

    async def _change(
        self, staff_id: StaffId, change: Callable[[Staff], None], action: str, actor: str
    ) -> None:
        async def attempt() -> None:
            async with self.units() as unit:
                # The row locks make two managers who demote each other take turns.
                managers = await unit.staff.lock_managers()
                member = await unit.staff.get(staff_id)
                change(member)
                if not member.is_manager and managers == {member.id}:
                    raise LastManager
                await unit.staff.save(member)
                await unit.sessions.end_all(Account(AccountKind.STAFF, staff_id))
                unit.add_event(
                    StaffActionRecorded(
                        actor=actor, action=action, reference=str(staff_id), at=self.now()
                    )
                )
                await unit.commit()

        await retrying(attempt)
