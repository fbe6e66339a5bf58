"""The password, the sessions and the second factor of the account that is signed in.

Members have these routes under ``/members/me``, staff under ``/admin/account``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from adapters.contacts.normalisation import contact_or_text
from adapters.web.api.body import Body
from adapters.web.api.customers.sessions import LinkToken, Login, OneTimeCode, Password
from adapters.web.dependencies import Given
from core.application.accounts.password_changes import (
    ChangePassword,
    RequestPasswordReset,
    ResetPassword,
)
from core.application.accounts.second_factors import (
    ConfirmSecondFactor,
    Proposal,
    ProposeSecondFactor,
    RemoveSecondFactor,
    ReplaceRecoveryCodes,
)
from core.application.accounts.sessions import EndSessions, ListSessions, SessionView
from core.domain.accounts import AccountKind, Caller
from ports.sessions import Principal


class PasswordChange(Body, frozen=True, kw_only=True):
    current_password: Password
    new_password: Password


class PasswordConfirmation(Body, frozen=True, kw_only=True):
    password: Password


class FirstCode(Body, frozen=True, kw_only=True):
    """The code that the authenticator app shows for the proposed secret."""

    code: OneTimeCode


class ResetRequest(Body, frozen=True, kw_only=True):
    login: Login
    account_kind: Literal["customer", "staff"] = "customer"


class NewPassword(Body, frozen=True, kw_only=True):
    """``token`` is the end of the emailed link."""

    token: LinkToken
    password: Password


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Each code replaces a one-time code, once. They are not shown again."""

    recovery_codes: tuple[str, ...]


def operation(_handler: Any, method: str, path: Sequence[Any]) -> str:
    """The same handlers serve members and staff, so their names come from the path."""
    words = [each if isinstance(each, str) else "one" for each in path][2:]
    name = "".join(word.capitalize() for part in words for word in part.split("-"))
    return f"{method.lower()}{name}"


@put("/password", operation_id=operation, summary="Change the password")
async def change_password(
    data: JSONBody[PasswordChange],
    signed_in: Given[Principal],
    change_password: Given[ChangePassword],
    caller: Given[Caller],
) -> None:
    """All other sessions of the account end."""
    await change_password(
        signed_in.account,
        data.current_password,
        data.new_password,
        signed_in.session_id,
        caller,
    )


@get("/sessions", operation_id=operation, summary="List the sessions")
async def list_sessions(
    signed_in: Given[Principal], list_sessions: Given[ListSessions]
) -> Sequence[SessionView]:
    return await list_sessions(signed_in.account, signed_in.session_id)


@delete("/sessions", operation_id=operation, summary="End all other sessions")
async def end_other_sessions(signed_in: Given[Principal], end_sessions: Given[EndSessions]) -> None:
    await end_sessions.all(signed_in.account, str(signed_in.account), signed_in.session_id)


@delete("/sessions/{session_id:uuid}", operation_id=operation, summary="End a session")
async def end_session(
    session_id: FromPath[UUID], signed_in: Given[Principal], end_sessions: Given[EndSessions]
) -> None:
    await end_sessions.one(signed_in.account, session_id, str(signed_in.account))


@post("/second-factor", operation_id=operation, summary="Propose a second factor")
async def propose_second_factor(
    signed_in: Given[Principal], propose_second_factor: Given[ProposeSecondFactor]
) -> Proposal:
    """Show ``address`` as a QR code to an authenticator app, then send its first code."""
    return await propose_second_factor(signed_in.account)


@put("/second-factor", operation_id=operation, summary="Turn the second factor on")
async def confirm_second_factor(
    data: JSONBody[FirstCode],
    signed_in: Given[Principal],
    confirm_second_factor: Given[ConfirmSecondFactor],
    caller: Given[Caller],
) -> RecoveryCodes:
    return RecoveryCodes(await confirm_second_factor(signed_in.account, data.code, caller))


@post(
    "/second-factor/removal",
    operation_id=operation,
    summary="Turn the second factor off",
    status_code=204,
)
async def remove_second_factor(
    data: JSONBody[PasswordConfirmation],
    signed_in: Given[Principal],
    remove_second_factor: Given[RemoveSecondFactor],
    caller: Given[Caller],
) -> None:
    await remove_second_factor(signed_in.account, data.password, caller)


@post(
    "/second-factor/recovery-codes",
    operation_id=operation,
    summary="Replace the recovery codes",
)
async def replace_recovery_codes(
    data: JSONBody[PasswordConfirmation],
    signed_in: Given[Principal],
    replace_recovery_codes: Given[ReplaceRecoveryCodes],
    caller: Given[Caller],
) -> RecoveryCodes:
    return RecoveryCodes(await replace_recovery_codes(signed_in.account, data.password, caller))


@post(
    "/password-resets",
    operation_id="requestPasswordReset",
    summary="Request a link that resets the password",
    tags=["Customer account"],
    status_code=202,
)
async def request_password_reset(
    data: JSONBody[ResetRequest],
    request_password_reset: Given[RequestPasswordReset],
    caller: Given[Caller],
) -> None:
    """The response is the same whether the account exists or not."""
    kind = AccountKind(data.account_kind)
    await request_password_reset(kind, contact_or_text(data.login), caller)


@put(
    "/password-resets",
    operation_id="resetPassword",
    summary="Set a new password by the emailed link",
    tags=["Customer account"],
    status_code=204,
)
async def reset_password(
    data: JSONBody[NewPassword], reset_password: Given[ResetPassword], caller: Given[Caller]
) -> None:
    """All sessions of the account end. A second factor stays."""
    await reset_password(data.token, data.password, caller)


handlers = [
    change_password,
    list_sessions,
    end_other_sessions,
    end_session,
    propose_second_factor,
    confirm_second_factor,
    remove_second_factor,
    replace_recovery_codes,
]
sign_in_limited_handlers = [request_password_reset, reset_password]
