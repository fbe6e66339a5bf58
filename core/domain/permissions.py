"""Permissions: what staff may do, one for each act of weight."""

import re
from dataclasses import dataclass

from core.domain.errors import DomainError, Invalid
from core.domain.text import Text, require

CODE = re.compile(r"[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+")
MOST_CODE = 100
MOST_LABEL = 80
MOST_DESCRIPTION = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One thing that staff may do. ``code`` is such as ``orders.refund``.

    ``label`` has at most 80 characters in a language, ``description`` at most 300. The code of a
    plugin's permission begins with the name of the plugin and a point.

    Raises:
        Invalid: the code has a wrong form, or a text is missing or too long.
    """

    code: str
    label: Text
    description: Text

    def __post_init__(self) -> None:
        if len(self.code) > MOST_CODE or not CODE.fullmatch(self.code):
            raise Invalid(
                "code",
                "“{value}” is no permission code. Use one such as “orders.refund”.",
                value=self.code[:MOST_CODE],
            )
        require("label", self.label, most=MOST_LABEL)
        require("description", self.description, most=MOST_DESCRIPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionArea:
    """Permissions that are shown together. ``code`` is the name of the plugin, if it is of one."""

    code: str
    label: Text
    permissions: tuple[Permission, ...]


class PermissionNotHeld(DomainError):
    """Staff can give only permissions that they have. ``permissions`` are the others."""

    code = "permission_not_held"
    template = "You cannot give permissions that you do not have: {permissions}."

    def __init__(self, permissions: frozenset[str]) -> None:
        self.permissions = permissions
        super().__init__(permissions=", ".join(sorted(permissions)))
