"""Opens sessions for members and staff, in one step or in two with a second factor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from core.application.accounts.guessing import LimitGuesses
from core.application.tokens import hash_token
from core.domain.accounts import AccountKind, BadCredentials, Caller
from ports.accounts import AccountUnitOfWork, Credentials
from ports.clock import Clock, NewId, NewToken
from ports.sessions import Session

LIFETIMES = {AccountKind.CUSTOMER: timedelta(days=30), AccountKind.STAFF: timedelta(hours=12)}
UNCONFIRMED_LIFETIME = timedelta(minutes=10)
"""How long the second factor may take after the password."""

StaffNeedSecondFactor = NewType("StaffNeedSecondFactor", int)
"""1 if staff cannot use the back office without a second factor, else 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """``confirmed``: the session can be used; otherwise it waits for the second factor.

    ``device`` makes the device known: send it with the next log-in.
    """

    token: str
    confirmed: bool
    device: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Add a session to a unit of work, after the password was compared.

    Raises:
        BadCredentials: since then, the password was changed or the account blocked.
    """

    limit_guesses: LimitGuesses
    staff_need_second_factor: StaffNeedSecondFactor
    now: Clock
    new_id: NewId
    new_token: NewToken

    async def __call__(
        self, unit: AccountUnitOfWork, credentials: Credentials, caller: Caller
    ) -> OpenedSession:
        # The row lock makes a concurrent change of the password wait, and then end this session.
        current = await unit.accounts.lock(credentials.account)
        if current.blocked or current.password_hash != credentials.password_hash:
            raise BadCredentials
        account, token, now = current.account, self.new_token(), self.now()
        confirmed = not self._needs_second_factor(current)
        await unit.sessions.add(
            Session(
                id=self.new_id(),
                token_hash=hash_token(token),
                account=account,
                opened_at=now,
                expires_at=expiry(account.kind, now) if confirmed else now + UNCONFIRMED_LIFETIME,
                confirmed=confirmed,
                device=caller.device,
            )
        )
        device = self.limit_guesses.device_token(account) if confirmed else ""
        return OpenedSession(token=token, confirmed=confirmed, device=device)

    def _needs_second_factor(self, current: Credentials) -> bool:
        required = current.account.kind is AccountKind.STAFF and self.staff_need_second_factor
        return current.second_factor or bool(required)


def expiry(kind: AccountKind, now: datetime) -> datetime:
    return now + LIFETIMES[kind]
