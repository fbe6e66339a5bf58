"""Lists and ends the sessions of an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.application.retries import retried
from core.domain.accounts import Account
from core.domain.errors import NotFound
from core.domain.events import CredentialsChanged
from ports.accounts import AccountUnitsOfWork
from ports.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """``device`` is such as “Firefox, Windows”. ``current``: this request uses the session."""

    id: UUID
    device: str
    opened_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class ListSessions:
    """List the sessions in which an account is logged in, the newest first."""

    units: AccountUnitsOfWork
    now: Clock

    async def __call__(
        self, account: Account, current: UUID | None = None
    ) -> Sequence[SessionView]:
        async with self.units() as unit:
            sessions = await unit.sessions.list(account, self.now())
        return tuple(
            SessionView(
                id=each.id,
                device=each.device,
                opened_at=each.opened_at,
                expires_at=each.expires_at,
                current=each.id == current,
            )
            for each in sessions
        )


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End sessions of an account. ``actor`` is who ends them.

    Raises:
        NotFound: the account has no such session.
    """

    units: AccountUnitsOfWork
    now: Clock

    @retried
    async def one(self, account: Account, session_id: UUID, actor: str) -> None:
        async with self.units() as unit:
            if not await unit.sessions.end(account, session_id):
                raise NotFound("session", session_id)
            unit.add_event(self._ended(account, "session ended", actor))
            await unit.commit()

    @retried
    async def all(self, account: Account, actor: str, keep: UUID | None = None) -> int:
        """End all sessions but ``keep``. Returns their number."""
        async with self.units() as unit:
            ended = await unit.sessions.end_all(account, keep)
            unit.add_event(self._ended(account, "sessions ended", actor))
            await unit.commit()
        return ended

    def _ended(self, account: Account, change: str, actor: str) -> CredentialsChanged:
        return CredentialsChanged(account=str(account), change=change, actor=actor, at=self.now())
