"""Sign-in of staff in one or two steps, and the guard of all other admin paths."""

from dataclasses import dataclass
from typing import Any

from litestar import post, put
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from adapters.web.access.staff import actor_of, authorize, grantor_of, order_access_of
from adapters.web.api.body import Body
from adapters.web.api.customers.sessions import (
    Login,
    OneTimeCode,
    Password,
    SessionToken,
    login_of,
    session_token,
)
from adapters.web.dependencies import Given
from adapters.web.visitors import AnyRequest, bearer
from core.application.accounts.second_factors import (
    ConfirmLogIn,
    ConfirmSecondFactor,
    Proposal,
    ProposeSecondFactor,
)
from core.application.orders.access import OrderAccess
from core.application.staff import LogInStaff
from core.domain.accounts import AccountKind, Caller
from core.domain.staff import Grantor
from ports.sessions import Principal


class StaffCredentials(Body, frozen=True, kw_only=True):
    login: Login
    password: Password


class StaffSecondStep(Body, frozen=True, kw_only=True):
    """``code`` is a one-time code or a recovery code."""

    code: OneTimeCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorSession:
    token: str
    recovery_codes: tuple[str, ...]


@post(
    "/staff-sessions",
    operation_id="signInStaff",
    summary="Sign in as staff",
    tags=["Back office"],
)
async def sign_in(
    data: JSONBody[StaffCredentials], log_in_staff: Given[LogInStaff], caller: Given[Caller]
) -> SessionToken:
    return session_token(await log_in_staff(login_of(data.login), data.password, caller))


@post(
    "/staff-sessions/current/code",
    operation_id="confirmStaffSignIn",
    summary="Second step of the sign-in: the one-time code",
    tags=["Back office"],
)
async def confirm_sign_in(
    data: JSONBody[StaffSecondStep],
    request: AnyRequest,
    confirm_log_in: Given[ConfirmLogIn],
    caller: Given[Caller],
) -> SessionToken:
    """Send the token of the first step as ``Authorization: Bearer …``."""
    opened = await confirm_log_in(AccountKind.STAFF, bearer(request), data.code, caller)
    return session_token(opened)


@post(
    "/staff-sessions/current/second-factor",
    operation_id="proposeStaffSecondFactor",
    summary="Set up a second factor that the shop requires",
    tags=["Back office"],
)
async def propose_second_factor(
    request: AnyRequest,
    confirm_log_in: Given[ConfirmLogIn],
    propose_second_factor: Given[ProposeSecondFactor],
) -> Proposal:
    """Between the two steps of the sign-in, if the account has no second factor."""
    session = await confirm_log_in.waiting(AccountKind.STAFF, bearer(request))
    return await propose_second_factor(session.account)


@put(
    "/staff-sessions/current/second-factor",
    operation_id="confirmStaffSecondFactor",
    summary="Send the first code of the second factor",
    tags=["Back office"],
)
async def confirm_second_factor(
    data: JSONBody[StaffSecondStep],
    request: AnyRequest,
    confirm_log_in: Given[ConfirmLogIn],
    confirm_second_factor: Given[ConfirmSecondFactor],
    caller: Given[Caller],
) -> SecondFactorSession:
    """Completes the sign-in. The recovery codes are not shown again."""
    session = await confirm_log_in.waiting(AccountKind.STAFF, bearer(request))
    recovery_codes = await confirm_second_factor(session.account, data.code, caller)
    opened = await confirm_log_in.after_set_up(AccountKind.STAFF, bearer(request))
    return SecondFactorSession(token=opened.token, recovery_codes=recovery_codes)


async def require_staff(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """A guard: requires the token of a staff session, and the permissions that the route names."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    state = connection.app.state
    staff = await state["authenticator"].staff(token.strip())
    if scheme.lower() != "bearer" or staff is None:
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})
    await authorize(staff, handler, connection, state["record_staff_action"])
    connection.state["staff"] = staff


def signed_in_staff(request: AnyRequest) -> Principal:
    """The staff session that the guard accepted."""
    staff: Principal = request.state["staff"]
    return staff


def staff_actor(staff: Given[Principal]) -> str:
    return actor_of(staff)


def staff_grantor(staff: Given[Principal]) -> Grantor:
    return grantor_of(staff)


def staff_order_access(staff: Given[Principal]) -> OrderAccess:
    return order_access_of(staff)


sign_in_limited_handlers = [
    sign_in,
    confirm_sign_in,
    propose_second_factor,
    confirm_second_factor,
]
