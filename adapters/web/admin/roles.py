"""Roles: list, create, copy, edit and delete them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.roles import DeleteRole, SaveRole
from core.domain.known_permissions import KnownPermissions
from core.domain.shop_permissions import STAFF_MANAGE
from core.domain.staff import MANAGER, Role, RoleCode
from core.domain.text import LANGUAGES, Text
from ports.staff import RoleQueries, RoleSummary

TEMPLATE = "role.html"
TICK = "permission-"
"""The name of a checkbox is this prefix and the code of a permission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRolePage:
    """The parameter ``copy`` of the address is the code of a role to begin with."""

    context: Given[AdminContext]
    known_permissions: Given[KnownPermissions]
    role_queries: Given[RoleQueries]

    async def variables(self) -> Mapping[str, Any]:
        """Raises `NotFound`."""
        copied = self.context.query("copy")
        values: dict[str, str] = {}
        if copied:
            role = (await self.role_queries.get(copied)).role
            locked = self.known_permissions.not_givable(
                self.context.staff.permissions, role.permissions
            )
            values = ticks_of(role.permissions - locked)
        return {**self.of(None), "values": values}

    def of(self, summary: RoleSummary | None) -> dict[str, Any]:
        """``locked``: permissions that this person cannot give."""
        known = self.known_permissions
        held = summary.role.permissions if summary else frozenset()
        return {
            "role": summary.role if summary else None,
            "staff_count": summary.staff if summary else 0,
            "areas": known.areas,
            "gone": sorted(held - known.codes),
            "locked": known.not_givable(self.context.staff.permissions, known.codes) - held,
            "fixed": STAFF_MANAGE.code if summary and summary.role.code == MANAGER else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePage:
    code: FromPath[str]
    new_role_page: Given[NewRolePage]
    role_queries: Given[RoleQueries]

    async def variables(self) -> Mapping[str, Any]:
        """Raises `NotFound`."""
        summary = await self.role_queries.get(self.code)
        return {**self.new_role_page.of(summary), "values": values_of(summary.role)}


@get("/roles", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def list_roles(
    context: Given[AdminContext],
    role_queries: Given[RoleQueries],
    known_permissions: Given[KnownPermissions],
) -> Response[bytes]:
    rows = await role_queries.list()
    return context.page("roles.html", rows=rows, count=len(known_permissions.codes))


@get("/roles/new", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def new(context: Given[AdminContext], new_role_page: Given[NewRolePage]) -> Response[bytes]:
    return context.page(TEMPLATE, **await new_role_page.variables())


@post("/roles/new", include_in_schema=False, opt=needs(STAFF_MANAGE) | named_by("code"))
async def create(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    new_role_page: Given[NewRolePage],
    save_role: Given[SaveRole],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, new_role_page.variables, values=form.values):
        role = role_of(form, form.text("code"))
        await save_role(role, context.grantor, version=0)
    return context.redirect(f"/roles/{role.code}?done=saved")


@get("/roles/{code:str}", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def show(context: Given[AdminContext], role_page: Given[RolePage]) -> Response[bytes]:
    return context.page(TEMPLATE, **await role_page.variables())


@post("/roles/{code:str}", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def change(
    code: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    role_page: Given[RolePage],
    save_role: Given[SaveRole],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, role_page.variables, values=form.values):
        await save_role(role_of(form, code), context.grantor, version=form.number("version", 0))
    return context.redirect(f"/roles/{code}?done=saved")


@post("/roles/{code:str}/delete", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def delete(
    code: FromPath[str],
    context: Given[AdminContext],
    role_page: Given[RolePage],
    delete_role: Given[DeleteRole],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, role_page.variables):
        await delete_role(RoleCode(code), context.grantor)
    return context.redirect("/roles?done=deleted")


def role_of(form: SubmittedForm, code: str) -> Role:
    """Raises `Invalid`."""
    return Role(
        code=RoleCode(code),
        name=Text({each: form.text(f"name-{each}") for each in LANGUAGES}),
        permissions=frozenset(
            name.removeprefix(TICK) for name in form.values if name.startswith(TICK)
        ),
    )


def values_of(role: Role) -> dict[str, str]:
    return {
        **{f"name-{each}": role.name.by_language.get(each, "") for each in LANGUAGES},
        **ticks_of(role.permissions),
        "version": str(role.version),
    }


def ticks_of(permissions: frozenset[str]) -> dict[str, str]:
    return {f"{TICK}{each}": "1" for each in permissions}


handlers = [list_roles, new, create, show, change, delete]
