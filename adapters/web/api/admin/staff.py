"""Sign-in of staff, and the guard of all other admin paths."""

from typing import Any

from litestar import post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from adapters.web.access.staff import actor_of, authorize, order_access_of
from adapters.web.api.body import Body
from adapters.web.api.customers.sessions import Login, Password, SessionToken, login_of
from adapters.web.dependencies import Given
from adapters.web.visitors import AnyRequest
from core.application.orders.access import OrderAccess
from core.application.staff import LogInStaff
from ports.sessions import Principal


class StaffCredentials(Body, frozen=True, kw_only=True):
    login: Login
    password: Password


@post(
    "/staff-sessions",
    operation_id="signInStaff",
    summary="Sign in as staff",
    tags=["Back office"],
)
async def sign_in(
    data: JSONBody[StaffCredentials], log_in_staff: Given[LogInStaff]
) -> SessionToken:
    return SessionToken(await log_in_staff(login_of(data.login), data.password))


async def require_staff(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """A guard: requires the bearer token of a staff session, and a role that may use this area."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    state = connection.app.state
    staff = await state["authenticator"].staff(token.strip())
    if scheme.lower() != "bearer" or staff is None:
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})
    await authorize(staff, connection.scope, state["record_staff_action"])
    connection.state["staff"] = staff


def signed_in_staff(request: AnyRequest) -> Principal:
    """The staff session that the guard accepted."""
    staff: Principal = request.state["staff"]
    return staff


def staff_actor(staff: Given[Principal]) -> str:
    return actor_of(staff)


def staff_order_access(staff: Given[Principal]) -> OrderAccess:
    return order_access_of(staff)


sign_in_limited_handlers = [sign_in]
