"""Roles and permissions: list them, and save or delete a role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.params import FromPath, JSONBody

from adapters.web.access.requirements import needs
from adapters.web.api.body import Body, Texts, Version
from adapters.web.dependencies import Given
from core.application.roles import DeleteRole, SaveRole
from core.domain.known_permissions import KnownPermissions
from core.domain.shop_permissions import STAFF_MANAGE
from core.domain.staff import Grantor, Role, RoleCode
from ports.staff import RoleQueries

TAGS = ["Back office"]
PermissionCode = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class RoleBody(Body, frozen=True, kw_only=True):
    """The complete role. ``permissions`` are codes, such as ``orders.refund``."""

    name: Texts
    permissions: Annotated[list[PermissionCode], msgspec.Meta(max_length=1_000)]
    version: Version | None = None

    def role(self, code: str) -> Role:
        return Role(
            code=RoleCode(code), name=self.name.text(), permissions=frozenset(self.permissions)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """``staff``: how many staff members have the role, disabled ones too."""

    code: str
    name: Mapping[str, str]
    permissions: Sequence[str]
    built_in: bool
    version: int
    staff: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionView:
    """``plugin`` is empty for a permission of the shop."""

    code: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    plugin: str


@dataclass(frozen=True, slots=True)
class SavedRole:
    version: int


@get("/roles", operation_id="listRoles", summary="List roles", tags=TAGS, opt=needs(STAFF_MANAGE))
async def list_roles(role_queries: Given[RoleQueries]) -> Sequence[RoleView]:
    return [
        RoleView(
            code=each.role.code,
            name=each.role.name.by_language,
            permissions=sorted(each.role.permissions),
            built_in=each.role.built_in,
            version=each.role.version,
            staff=each.staff,
        )
        for each in await role_queries.list()
    ]


@get(
    "/permissions",
    operation_id="listPermissions",
    summary="List all permissions",
    tags=TAGS,
    opt=needs(STAFF_MANAGE),
    sync_to_thread=False,
)
def list_permissions(known_permissions: Given[KnownPermissions]) -> Sequence[PermissionView]:
    """Those of the shop, then those of plugins."""
    areas = [("", each) for each in known_permissions.of_shop]
    areas += [(each.code, each) for each in known_permissions.of_plugins]
    return [
        PermissionView(
            code=each.code,
            label=each.label.by_language,
            description=each.description.by_language,
            plugin=plugin,
        )
        for plugin, area in areas
        for each in area.permissions
    ]


@put(
    "/roles/{code:str}",
    operation_id="saveRole",
    summary="Create or change a role",
    tags=TAGS,
    status_code=200,
    opt=needs(STAFF_MANAGE),
)
async def save_role(
    code: FromPath[str],
    data: JSONBody[RoleBody],
    grantor: Given[Grantor],
    save_role: Given[SaveRole],
) -> SavedRole:
    """You can add only permissions that you have.

    With ``plugins.manage`` you can also add permissions of plugins. The change counts from the
    next request of its staff on.
    """
    return SavedRole(await save_role(data.role(code), grantor, version=data.version))


@delete(
    "/roles/{code:str}",
    operation_id="deleteRole",
    summary="Delete a role",
    tags=TAGS,
    opt=needs(STAFF_MANAGE),
)
async def delete_role(
    code: FromPath[str], grantor: Given[Grantor], delete_role: Given[DeleteRole]
) -> None:
    """Built-in roles, and roles that staff have, cannot be deleted."""
    await delete_role(RoleCode(code), grantor)


handlers = [list_roles, list_permissions, save_role, delete_role]
