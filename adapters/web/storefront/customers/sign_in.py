"""Registration, sign-in and sign-out."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from adapters.contacts.normalisation import normal_contact
from adapters.web.api.customers.sessions import login_of
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.context import MAX_TOKEN_LENGTH, StorefrontContext, local_path
from adapters.web.visitors import (
    CART_COOKIE,
    DEVICE_COOKIE,
    DEVICE_COOKIE_SECONDS,
    MEMBER_SESSION_SECONDS,
    SESSION_COOKIE,
)
from core.application.accounts.log_in import OpenedSession
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import (
    FinishRegistration,
    RegisterAndLogIn,
    Registration,
)
from core.application.customers.sessions import ConfirmMemberLogIn, LogIn, LogOut
from core.domain.accounts import Caller
from core.domain.privacy.policy import Policy


@get("/login", include_in_schema=False)
async def sign_in_page(context: Given[StorefrontContext]) -> Response[Any]:
    if context.member:
        return context.redirect("/account")
    return await context.page("customers/login.html", values={"next": _next(context)})


@post("/login", include_in_schema=False)
async def sign_in(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    log_in: Given[LogIn],
    caller: Given[Caller],
) -> Response[Any]:
    async with context.form_page("customers/login.html", values=form.values):
        guest = CartOwner(token=context.cart_token)
        opened = await log_in(login_of(form.text("login")), form.password(), guest, caller)
    return await _signed_in(context, opened, form.text("next"))


@post("/login/code", include_in_schema=False)
async def confirm_sign_in(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    confirm_member_log_in: Given[ConfirmMemberLogIn],
    caller: Given[Caller],
) -> Response[Any]:
    """Second step of the sign-in, for accounts with a second factor."""
    async with context.form_page("customers/login_code.html", values=form.values):
        token = str(context.request.cookies.get(SESSION_COOKIE, ""))
        guest = CartOwner(token=context.cart_token)
        opened = await confirm_member_log_in(token, form.text("code"), guest, caller)
    return await _signed_in(context, opened, form.text("next"))


@get("/register", include_in_schema=False)
async def register_page(context: Given[StorefrontContext], policy: Given[Policy]) -> Response[Any]:
    if context.member:
        return context.redirect("/account")
    return await context.page(
        "customers/register.html", values={"next": _next(context)}, age=policy.age_of_consent
    )


@post("/register", include_in_schema=False)
async def register(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    register_and_log_in: Given[RegisterAndLogIn],
    caller: Given[Caller],
    policy: Given[Policy],
) -> Response[Any]:
    async with context.form_page(
        "customers/register.html", values=form.values, age=policy.age_of_consent
    ):
        login = normal_contact(form.text("login"))
        registration = Registration(
            login=login,
            password=form.password(),
            name=form.text("name"),
            language=context.language,
            old_enough=form.text("old_enough") == "1",
            marketing=form.text("marketing") == "1",
        )
        guest = CartOwner(token=context.cart_token)
        opened = await register_and_log_in(registration, guest, caller)
    if opened is None:
        return await context.page("customers/email_sent.html")
    return await _signed_in(context, opened, form.text("next"))


@get("/register/{token:str}", include_in_schema=False)
async def finish_page(
    token: FromPath[str],
    context: Given[StorefrontContext],
    finish_registration: Given[FinishRegistration],
    caller: Given[Caller],
) -> Response[Any]:
    await finish_registration.find(token[:MAX_TOKEN_LENGTH], caller)
    return await context.page("customers/finish_registration.html", token=token)


@post("/register/{token:str}", include_in_schema=False)
async def finish(
    token: FromPath[str],
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    finish_registration: Given[FinishRegistration],
    caller: Given[Caller],
) -> Response[Any]:
    async with context.form_page("customers/finish_registration.html", token=token):
        guest = CartOwner(token=context.cart_token)
        opened = await finish_registration(token[:MAX_TOKEN_LENGTH], form.password(), guest, caller)
    return await _signed_in(context, opened, "")


@post("/logout", include_in_schema=False)
async def sign_out(context: Given[StorefrontContext], log_out: Given[LogOut]) -> Response[Any]:
    await log_out(str(context.request.cookies.get(SESSION_COOKIE, "")))
    expired = [context.cookie(name, "", 0) for name in (SESSION_COOKIE, CART_COOKIE)]
    return context.redirect("/", [*expired, context.units_cookie(0)])


def _next(context: StorefrontContext) -> str:
    return local_path(context.query("next"), f"/{context.language}/account")


async def _signed_in(
    context: StorefrontContext, opened: OpenedSession, next_path: str
) -> Response[Any]:
    """The way on; or the page of the second step, which keeps the way."""
    session = context.cookie(SESSION_COOKIE, opened.token, MEMBER_SESSION_SECONDS)
    if not opened.confirmed:
        values = {"next": next_path}
        return await context.page("customers/login_code.html", cookies=[session], values=values)
    return Redirect(
        local_path(next_path, f"/{context.language}/account"),
        status_code=303,
        cookies=[
            session,
            context.cookie(DEVICE_COOKIE, opened.device, DEVICE_COOKIE_SECONDS),
            context.cookie(CART_COOKIE, "", 0),
        ],
    )


handlers = [sign_in_page, register_page, sign_out]
sign_in_limited_handlers = [sign_in, confirm_sign_in, register, finish_page, finish]
