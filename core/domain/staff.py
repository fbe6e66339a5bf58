"""Staff: back-office accounts and their roles."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.identifiers import DataKeyId, StaffId


class Role(StrEnum):
    """The role of a staff member. Auditors see only evidence."""

    MANAGER = "manager"
    CLERK = "clerk"
    AUDITOR = "auditor"


@dataclass(slots=True, eq=False, kw_only=True)
class Staff:
    """A person with access to the back office, unless ``disabled``."""

    id: StaffId
    login: str
    password_hash: str
    name: str
    role: Role = Role.MANAGER
    disabled: bool = False
    data_key_id: DataKeyId | None = None
    version: int = 0

    @property
    def is_manager(self) -> bool:
        return self.role is Role.MANAGER and not self.disabled
