"""Staff: list and add them, change their roles, disable and enable them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.contacts.normalisation import normal_contact
from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.accounts.password_changes import RequestPasswordReset
from core.application.staff import AddStaff, ManageStaff
from core.domain.accounts import Account, AccountKind
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import StaffId
from core.domain.shop_permissions import STAFF_MANAGE
from core.domain.staff import Grantor, RoleCode
from ports.staff import RoleQueries, StaffQueries

TEMPLATE = "staff.html"
MOST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    context: Given[AdminContext]
    staff_queries: Given[StaffQueries]
    role_queries: Given[RoleQueries]

    async def variables(self) -> Mapping[str, Any]:
        return {
            "rows": await self.staff_queries.list(),
            "roles": [each.role for each in await self.role_queries.list()],
            "own": self.context.staff.account_id,
            "values": {},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActions:
    """The actions on a staff member, by their name in the URL."""

    manage_staff: Given[ManageStaff]
    request_password_reset: Given[RequestPasswordReset]

    async def __call__(
        self, action: str, staff_id: StaffId, form: SubmittedForm, grantor: Grantor
    ) -> None:
        match action:
            case "role":
                await self.manage_staff.set_role(staff_id, RoleCode(form.text("role")), grantor)
            case "disable":
                await self.manage_staff.disable(staff_id, grantor)
            case "enable":
                await self.manage_staff.enable(staff_id, grantor)
            case "password-link":
                await self.request_password_reset.by_another(Account(AccountKind.STAFF, staff_id))
            case _:
                raise NotFound("page", action)


@get("/staff", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def list_staff(context: Given[AdminContext], staff_page: Given[StaffPage]) -> Response[bytes]:
    return context.page(TEMPLATE, **await staff_page.variables())


@post("/staff", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def add(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    staff_page: Given[StaffPage],
    add_staff: Given[AddStaff],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, staff_page.variables, values=form.values):
        await add_staff(
            normal_contact(form.text("login")),
            form.password(),
            name_of(form),
            RoleCode(form.text("role")),
            context.grantor,
        )
    return context.redirect("/staff?done=added")


@post("/staff/{staff_id:uuid}/{move:str}", include_in_schema=False, opt=needs(STAFF_MANAGE))
async def act(
    staff_id: FromPath[UUID],
    move: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    staff_page: Given[StaffPage],
    staff_actions: Given[StaffActions],
) -> Response[Any]:
    """``role``, ``disable``, ``enable`` or ``password-link``."""
    async with context.form_page(TEMPLATE, staff_page.variables):
        await staff_actions(move, StaffId(staff_id), form, context.grantor)
    return context.redirect(f"/staff?done={move}")


def name_of(form: SubmittedForm) -> str:
    """Raises `Invalid`."""
    name = form.text("name")
    if not 1 <= len(name) <= MOST_NAME:
        raise Invalid("name", "Enter a name of 1 to {most} characters.", most=MOST_NAME)
    return name


handlers = [list_staff, add, act]
