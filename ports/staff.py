"""The repositories of staff and of their roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.identifiers import StaffId
from core.domain.staff import Role, RoleCode, Staff


class StaffMembers(Protocol):
    async def get(self, staff_id: StaffId) -> Staff:
        """Raises `NotFound`."""

    async def find(self, login: str) -> Staff | None: ...

    async def save(self, staff: Staff) -> None:
        """Raises `AlreadyExists` (login) or `StaleVersion`."""


class Roles(Protocol):
    async def lock(self) -> None:
        """Block concurrent callers until this unit ends. Call it before any other method."""

    async def get(self, code: RoleCode) -> Role:
        """Raises `NotFound`."""

    async def find(self, code: RoleCode) -> Role | None: ...

    async def save(self, role: Role) -> int:
        """Returns the new version. Raises `AlreadyExists` or `StaleVersion`."""

    async def delete(self, code: RoleCode) -> None: ...

    async def permissions_of(self, staff_id: StaffId) -> frozenset[str]:
        """The permissions of a staff member; empty if disabled or unknown."""

    async def count_managers(self) -> int:
        """The staff who can log in and manage staff."""

    async def count_staff(self, code: RoleCode) -> int:
        """The staff who have the role, disabled ones too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffView:
    """``second_factor``: the log-in needs a code too."""

    id: StaffId
    login: str
    name: str
    role: RoleCode
    disabled: bool
    second_factor: bool


class StaffQueries(Protocol):
    async def list(self) -> Sequence[StaffView]:
        """All staff, disabled ones last, by name."""

    async def find(self, login: str) -> StaffId | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSummary:
    """``staff``: how many staff members have the role, disabled ones too."""

    role: Role
    staff: int


class RoleQueries(Protocol):
    async def list(self) -> Sequence[RoleSummary]:
        """All roles: the built-in ones first, then by code."""

    async def get(self, code: str) -> RoleSummary:
        """Raises `NotFound`."""
