"""Staff and customers as accounts: managers add, disable and log out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post, put
from litestar.di import Provide
from litestar.params import FromPath, JSONBody

from adapters.contacts.normalisation import normal_contact
from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.api.accounts import operation
from adapters.web.api.body import Body, Code
from adapters.web.api.customers.sessions import Login, Password
from adapters.web.api.openapi import with_error_responses
from adapters.web.dependencies import Given
from core.application.accounts.password_changes import RequestPasswordReset
from core.application.accounts.second_factors import RemoveSecondFactor
from core.application.accounts.sessions import EndSessions, ListSessions, SessionView
from core.application.customers.groups import SetGroups
from core.application.staff import AddStaff, ManageStaff
from core.domain.accounts import Account, AccountKind
from core.domain.identifiers import CustomerId, StaffId
from core.domain.shop_permissions import CUSTOMERS_CHANGE, STAFF_MANAGE
from core.domain.staff import Grantor, RoleCode
from ports.staff import StaffQueries, StaffView

TAGS = ["Back office"]


class NewStaff(Body, frozen=True, kw_only=True):
    """``role`` is the code of a role, such as ``clerk``."""

    login: Login
    password: Password
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    role: Code


class NewRole(Body, frozen=True, kw_only=True):
    role: Code


class StaffMove(Body, frozen=True, kw_only=True):
    move: Literal["disable", "enable"]


class Groups(Body, frozen=True, kw_only=True):
    groups: Annotated[list[Code], msgspec.Meta(max_length=20)]


@dataclass(frozen=True, slots=True)
class AddedStaff:
    id: UUID


@get("/staff", operation_id="listStaff", summary="List staff", tags=TAGS, opt=needs(STAFF_MANAGE))
async def list_staff(staff_queries: Given[StaffQueries]) -> Sequence[StaffView]:
    return await staff_queries.list()


@post(
    "/staff",
    operation_id="addStaff",
    summary="Add a staff member",
    tags=TAGS,
    opt=needs(STAFF_MANAGE),
)
async def add_staff(
    data: JSONBody[NewStaff], add_staff: Given[AddStaff], grantor: Given[Grantor]
) -> AddedStaff:
    """The role can have no permission that you do not have."""
    login, role = normal_contact(data.login), RoleCode(data.role)
    return AddedStaff(await add_staff(login, data.password, data.name, role, grantor))


@put(
    "/staff/{staff_id:uuid}/role",
    operation_id="setRole",
    summary="Change a role",
    tags=TAGS,
    opt=needs(STAFF_MANAGE),
)
async def set_role(
    staff_id: FromPath[UUID],
    data: JSONBody[NewRole],
    grantor: Given[Grantor],
    manage_staff: Given[ManageStaff],
) -> None:
    """The sessions of the staff member end."""
    await manage_staff.set_role(StaffId(staff_id), RoleCode(data.role), grantor)


@post(
    "/staff/{staff_id:uuid}/moves",
    operation_id="moveStaff",
    summary="Disable or enable a staff member",
    tags=TAGS,
    status_code=204,
    opt=needs(STAFF_MANAGE),
)
async def move_staff(
    staff_id: FromPath[UUID],
    data: JSONBody[StaffMove],
    grantor: Given[Grantor],
    manage_staff: Given[ManageStaff],
) -> None:
    """The sessions of the staff member end. The last person who manages staff stays."""
    if data.move == "disable":
        await manage_staff.disable(StaffId(staff_id), grantor)
    else:
        await manage_staff.enable(StaffId(staff_id), grantor)


def staff_account(staff_id: FromPath[UUID]) -> Account:
    return Account(AccountKind.STAFF, staff_id)


def customer_account(customer_id: FromPath[UUID]) -> Account:
    return Account(AccountKind.CUSTOMER, customer_id)


@get("/sessions", operation_id=operation, summary="List the sessions of an account", tags=TAGS)
async def list_sessions(
    account: Given[Account], list_sessions: Given[ListSessions]
) -> Sequence[SessionView]:
    return await list_sessions(account)


@delete("/sessions", operation_id=operation, summary="End all sessions of an account", tags=TAGS)
async def end_sessions(
    account: Given[Account], actor: Given[str], end_sessions: Given[EndSessions]
) -> None:
    await end_sessions.all(account, actor)


@delete("/second-factor", operation_id=operation, summary="Turn a second factor off", tags=TAGS)
async def remove_second_factor(
    account: Given[Account], actor: Given[str], remove_second_factor: Given[RemoveSecondFactor]
) -> None:
    """For a person who lost the authenticator app and the recovery codes."""
    await remove_second_factor.by_another(account, actor)


@post(
    "/password-reset",
    operation_id=operation,
    summary="Send a link that resets the password",
    tags=TAGS,
    status_code=202,
)
async def send_reset_link(
    account: Given[Account], request_password_reset: Given[RequestPasswordReset]
) -> None:
    await request_password_reset.by_another(account)


@put(
    "/customers/{customer_id:uuid}/groups",
    operation_id="setCustomerGroups",
    summary="Set the groups of a member",
    tags=TAGS,
    opt=needs(CUSTOMERS_CHANGE) | named_by("groups"),
)
async def set_groups(
    customer_id: FromPath[UUID], data: JSONBody[Groups], set_groups: Given[SetGroups]
) -> None:
    """Price lists and promotions can be for groups."""
    await set_groups(CustomerId(customer_id), data.groups)


def account_routers() -> Sequence[Router]:
    """The same handlers for the accounts of staff and of customers."""
    shared = with_error_responses(account_handlers)
    return [
        Router(
            "/staff/{staff_id:uuid}",
            route_handlers=shared,
            dependencies={"account": Provide(staff_account, sync_to_thread=False)},
            opt=needs(STAFF_MANAGE),
        ),
        Router(
            "/customers/{customer_id:uuid}",
            route_handlers=shared,
            dependencies={"account": Provide(customer_account, sync_to_thread=False)},
            opt=needs(CUSTOMERS_CHANGE),
        ),
    ]


handlers = [list_staff, add_staff, set_role, move_staff, set_groups]
account_handlers = [list_sessions, end_sessions, remove_second_factor, send_reset_link]
