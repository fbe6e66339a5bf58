"""Sessions, and the accounts behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.domain.customers import Customer
from core.domain.identifiers import CustomerId
from core.domain.staff import Role


class AccountKind(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in. Only the SHA-256 of its token is kept."""

    token_hash: str
    account_kind: AccountKind
    account_id: UUID
    expires_at: datetime


class Sessions(Protocol):
    async def add(self, session: Session) -> None: ...

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        """None once it has expired."""

    async def remove(self, token_hash: str) -> None: ...

    async def purge(self, now: datetime) -> int:
        """Drop what has expired; how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is logged in; a colleague has a ``duty``."""

    account_kind: AccountKind
    account_id: UUID
    name: str
    role: Role | None = None


class AccountQueries(Protocol):
    async def principal(self, token_hash: str, now: datetime) -> Principal | None:
        """None once the log-in has ended."""

    async def customer(self, customer_id: CustomerId) -> Customer:
        """Raises `NotFound`."""

    async def is_restricted(self, customer_id: CustomerId) -> bool:
        """Whether their data is kept, and used for what they ordered alone."""

    async def reachable(self, customer_ids: Sequence[CustomerId]) -> tuple[str, ...]:
        """Log-ins that are proven, of those who can be written to."""

    async def find_customer(self, login: str) -> Customer | None: ...

    async def staff_credentials(self, login: str) -> tuple[UUID, str] | None:
        """A colleague's identifier and kept password."""
