"""Sessions, and the accounts behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.accounts import Account, AccountKind
from core.domain.customers import Customer
from core.domain.identifiers import CustomerId
from core.domain.staff import RoleCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One log-in. ``token_hash`` is SHA-256; the token itself is not stored.

    ``confirmed``: the second factor was given or is not needed. Another session gives access to
    nothing but the second factor. ``device`` describes the program that logged in.
    """

    id: UUID
    token_hash: str
    account: Account
    opened_at: datetime
    expires_at: datetime
    confirmed: bool = True
    device: str = ""


class Sessions(Protocol):
    async def add(self, session: Session) -> None: ...

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        """None if the session has expired. It may be unconfirmed."""

    async def confirm(self, session: Session, token_hash: str, expires_at: datetime) -> bool:
        """Confirm a session and give it a new token. True for exactly one caller."""

    async def list(self, account: Account, now: datetime) -> Sequence[Session]:
        """The sessions that are valid and confirmed, the newest first."""

    async def remove(self, token_hash: str) -> None: ...

    async def end(self, account: Account, session_id: UUID) -> bool:
        """False if the account has no such session."""

    async def end_all(self, account: Account, keep: UUID | None = None) -> int:
        """End all sessions but ``keep``, unconfirmed ones too. Returns their number."""

    async def purge(self, now: datetime) -> int:
        """Delete a batch of expired sessions. Returns their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The account that is logged in. Only staff have a ``role`` and ``permissions``."""

    account_kind: AccountKind
    account_id: UUID
    name: str
    session_id: UUID
    role: RoleCode | None = None
    permissions: frozenset[str] = frozenset()

    def can(self, permission: str) -> bool:
        """Whether the role has the permission with this code."""
        return permission in self.permissions

    @property
    def account(self) -> Account:
        return Account(self.account_kind, self.account_id)


class AccountQueries(Protocol):
    async def principal(self, token_hash: str, now: datetime) -> Principal | None:
        """None if the session has ended or is unconfirmed, or the staff member is disabled."""

    async def customer(self, customer_id: CustomerId) -> Customer:
        """Raises `NotFound`."""

    async def is_restricted(self, customer_id: CustomerId) -> bool:
        """True if the data of the customer is used only for existing orders."""

    async def reachable(self, customer_ids: Sequence[CustomerId]) -> tuple[str, ...]:
        """Verified log-ins of customers who are neither frozen nor restricted."""

    async def find_customer(self, login: str) -> Customer | None: ...

    async def is_proved(self, login: str) -> bool:
        """True if an account has this log-in and proved that it owns the address."""
