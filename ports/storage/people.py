"""Repositories of people and of who is logged in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.domain.customer import Customer, Staff
from core.domain.identifiers import CustomerId, StaffId


class Customers(Protocol):
    async def get(self, customer_id: CustomerId) -> Customer:
        """Raises `NotFound`."""

    async def find(self, login: str) -> Customer | None: ...

    async def save(self, customer: Customer) -> None:
        """Raises `AlreadyExists` (login) or `StaleVersion`."""


class StaffMembers(Protocol):
    async def get(self, staff_id: StaffId) -> Staff:
        """Raises `NotFound`."""

    async def find(self, login: str) -> Staff | None: ...

    async def save(self, staff: Staff) -> None:
        """Raises `AlreadyExists` (login) or `StaleVersion`."""


class Role(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in. Only the SHA-256 of its token is kept."""

    token_hash: str
    role: Role
    person_id: UUID
    expires_at: datetime


class Sessions(Protocol):
    async def add(self, session: Session) -> None: ...

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        """None once it has expired."""

    async def remove(self, token_hash: str) -> None: ...

    async def purge(self, now: datetime) -> int:
        """Drop what has expired; how many."""
