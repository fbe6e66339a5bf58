"""A forgotten password: a link by e-mail leads members and staff to a new one."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from adapters.contacts.normalisation import contact_or_text
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.context import MAX_TOKEN_LENGTH, StorefrontContext
from core.application.accounts.password_changes import RequestPasswordReset, ResetPassword
from core.domain.accounts import AccountKind, Caller


@get("/forgot-password", include_in_schema=False)
async def forgot_page(context: Given[StorefrontContext]) -> Response[Any]:
    """``?staff=1`` is the way of staff here."""
    return await context.page(
        "customers/forgot_password.html", values={}, staff=context.query("staff") == "1"
    )


@post("/forgot-password", include_in_schema=False)
async def request_link(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    request_password_reset: Given[RequestPasswordReset],
    caller: Given[Caller],
) -> Response[Any]:
    """The page is the same whether the account exists or not."""
    staff = form.text("staff") == "1"
    kind = AccountKind.STAFF if staff else AccountKind.CUSTOMER
    async with context.form_page("customers/forgot_password.html", values=form.values, staff=staff):
        await request_password_reset(kind, contact_or_text(form.text("login")), caller)
    return await context.page("customers/email_sent.html")


@get("/reset-password/{token:str}", include_in_schema=False)
async def reset_page(
    token: FromPath[str],
    context: Given[StorefrontContext],
    reset_password: Given[ResetPassword],
    caller: Given[Caller],
) -> Response[Any]:
    await reset_password.find(token[:MAX_TOKEN_LENGTH], caller)
    return await context.page("customers/reset_password.html", token=token)


@post("/reset-password/{token:str}", include_in_schema=False)
async def reset(
    token: FromPath[str],
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    reset_password: Given[ResetPassword],
    caller: Given[Caller],
) -> Response[Any]:
    async with context.form_page("customers/reset_password.html", token=token):
        account = await reset_password(token[:MAX_TOKEN_LENGTH], form.password(), caller)
    area = "/admin" if account.kind is AccountKind.STAFF else ""
    return Redirect(f"/{context.language}{area}/login", status_code=303)


handlers = [forgot_page]
sign_in_limited_handlers = [request_link, reset_page, reset]
