"""The repository of staff."""

from typing import Protocol

from core.domain.identifiers import StaffId
from core.domain.staff import Staff


class StaffMembers(Protocol):
    async def get(self, staff_id: StaffId) -> Staff:
        """Raises `NotFound`."""

    async def find(self, login: str) -> Staff | None: ...

    async def save(self, staff: Staff) -> None:
        """Raises `AlreadyExists` (login) or `StaleVersion`."""
