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
    """One log-in. ``token_hash`` is SHA-256; the token itself is not stored."""

    token_hash: str
    account_kind: AccountKind
    account_id: UUID
    expires_at: datetime


class Sessions(Protocol):
    async def add(self, session: Session) -> None: ...

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        """None if the session has expired."""

    async def remove(self, token_hash: str) -> None: ...

    async def purge(self, now: datetime) -> int:
        """Delete expired sessions. Returns their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The account that is logged in. Only staff have a ``role``."""

    account_kind: AccountKind
    account_id: UUID
    name: str
    role: Role | None = None


class AccountQueries(Protocol):
    async def principal(self, token_hash: str, now: datetime) -> Principal | None:
        """None if the session has ended."""

    async def customer(self, customer_id: CustomerId) -> Customer:
        """Raises `NotFound`."""

    async def is_restricted(self, customer_id: CustomerId) -> bool:
        """True if the data of the customer is used only for existing orders."""

    async def reachable(self, customer_ids: Sequence[CustomerId]) -> tuple[str, ...]:
        """Verified log-ins of customers who are neither frozen nor restricted."""

    async def find_customer(self, login: str) -> Customer | None: ...

    async def staff_credentials(self, login: str) -> tuple[UUID, str] | None:
        """The id and password hash of a staff member; None if the log-in is unknown."""
