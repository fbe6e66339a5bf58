"""Staff: back-office accounts, and their roles."""

from dataclasses import dataclass
from typing import NewType

from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import DataKeyId, StaffId, check_slug
from core.domain.shop_permissions import STAFF_MANAGE
from core.domain.text import Text, require

RoleCode = NewType("RoleCode", str)

MANAGER, CLERK, AUDITOR = RoleCode("manager"), RoleCode("clerk"), RoleCode("auditor")
"""The built-in roles. Auditors see only evidence."""

NEW = "new"
MOST_ROLE_CODE = 40
MOST_ROLE_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a group of staff may do. ``permissions`` has codes, of removed plugins too.

    A ``built_in`` role stays; its permissions can be changed. ``version`` is 0 before it is saved.

    Raises:
        Invalid: the code or the name has a wrong form, or managers could not manage staff.
    """

    code: RoleCode
    name: Text
    permissions: frozenset[str] = frozenset()
    built_in: bool = False
    version: int = 0

    def __post_init__(self) -> None:
        check_slug("code", self.code)
        if len(self.code) > MOST_ROLE_CODE:
            raise Invalid("code", "Use at most {most} characters.", most=MOST_ROLE_CODE)
        if self.code == NEW:
            raise Invalid("code", "Choose another code: this one is the address of a page.")
        require("name", self.name, most=MOST_ROLE_NAME)
        if self.code == MANAGER and not self.manages_staff:
            raise Invalid("permissions", "The manager role must be able to manage staff.")

    @property
    def manages_staff(self) -> bool:
        return STAFF_MANAGE.code in self.permissions


@dataclass(slots=True, eq=False, kw_only=True)
class Staff:
    """A person with access to the back office, unless ``disabled``."""

    id: StaffId
    login: str
    password_hash: str
    name: str
    role: RoleCode = MANAGER
    disabled: bool = False
    data_key_id: DataKeyId | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Grantor:
    """Who changes staff and roles: a staff member, or the operator if ``staff_id`` is None.

    Staff can give permissions that they have. The operator can give all. As text it is the actor
    of the audit log.

    >>> str(OPERATOR)
    'command line'
    """

    staff_id: StaffId | None

    def __str__(self) -> str:
        return "command line" if self.staff_id is None else f"staff:{self.staff_id}"


OPERATOR = Grantor(None)


class LastManager(DomainError):
    """The shop needs one person who can log in and manage staff."""

    code = "last_manager"
    template = "No other staff member can manage staff. Give this permission to another one first."


class RoleInUse(DomainError):
    """Staff have the role, so it cannot be deleted."""

    code = "role_in_use"
    template = "{count} staff members have this role. Give them another role first."

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(count=count)


class BuiltInRole(DomainError):
    """A built-in role cannot be deleted."""

    code = "built_in_role"
    template = "This role belongs to the shop and cannot be deleted. Copy it instead."
