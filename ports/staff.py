"""The repository of staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.identifiers import StaffId
from core.domain.staff import Role, Staff


class StaffMembers(Protocol):
    async def get(self, staff_id: StaffId) -> Staff:
        """Raises `NotFound`."""

    async def find(self, login: str) -> Staff | None: ...

    async def save(self, staff: Staff) -> None:
        """Raises `AlreadyExists` (login) or `StaleVersion`."""

    async def lock_managers(self) -> frozenset[StaffId]:
        """The managers who can log in, with row locks until this unit ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffView:
    """``second_factor``: the log-in needs a code too."""

    id: StaffId
    login: str
    name: str
    role: Role
    disabled: bool
    second_factor: bool


class StaffQueries(Protocol):
    async def list(self) -> Sequence[StaffView]:
        """All staff, disabled ones last, by name."""

    async def find(self, login: str) -> StaffId | None: ...
