"""Adds staff and logs them in."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.tokens import hash_token
from core.domain.customers import check_password
from core.domain.errors import BadCredentials
from core.domain.events import StaffActionRecorded
from core.domain.identifiers import StaffId
from core.domain.staff import Role, Staff
from ports.clock import Clock, NewId, NewToken
from ports.security import Passwords
from ports.sessions import AccountKind, AccountQueries, Session
from ports.unit_of_work import UnitsOfWork

STAFF_SESSION_LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class LogInStaff:
    """Open a session in the back office. Returns its token.

    Raises:
        BadCredentials: after the same time whether the log-in exists or not.
    """

    units: UnitsOfWork
    account_queries: AccountQueries
    passwords: Passwords
    now: Clock
    new_token: NewToken

    async def __call__(self, login: str, password: str) -> str:
        credentials = await self.account_queries.staff_credentials(login)
        # Without an account, an empty hash is verified: both cases take the same time.
        password_hash = credentials[1] if credentials else ""
        if not await self.passwords.verify(password, password_hash) or credentials is None:
            raise BadCredentials
        staff_id, _ = credentials
        token = self.new_token()
        async with self.units() as unit:
            await unit.sessions.add(
                Session(
                    token_hash=hash_token(token),
                    account_kind=AccountKind.STAFF,
                    account_id=staff_id,
                    expires_at=self.now() + STAFF_SESSION_LIFETIME,
                )
            )
            actor = f"staff:{staff_id}"
            unit.add_event(
                StaffActionRecorded(actor=actor, action="log in", reference="", at=self.now())
            )
            await unit.commit()
        return token


@dataclass(frozen=True, slots=True)
class AddStaff:
    """Create a log-in for the back office."""

    units: UnitsOfWork
    passwords: Passwords
    new_id: NewId

    async def __call__(
        self, login: str, password: str, name: str, role: Role = Role.MANAGER
    ) -> StaffId:
        check_password(password)
        member = Staff(
            id=StaffId(self.new_id()),
            login=login,
            password_hash=await self.passwords.hash(password),
            name=name,
            role=role,
        )
        async with self.units() as unit:
            await unit.staff.save(member)
            await unit.commit()
        return member.id
