"""Registration, sign-in and sign-out."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from adapters.contacts.normalisation import normal_contact
from adapters.web.api.customers.sessions import login_of
from adapters.web.dependencies import Given
from adapters.web.forms import Form
from adapters.web.storefront.context import StorefrontContext, local_path
from adapters.web.visitors import CART_COOKIE, MEMBER_SESSION_SECONDS, SESSION_COOKIE
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import RegisterMember, Registration
from core.application.customers.sessions import LogIn, LogOut
from core.domain.privacy.policy import Policy


@get("/login", include_in_schema=False)
async def sign_in_page(context: Given[StorefrontContext]) -> Response[Any]:
    if context.member:
        return context.redirect("/account")
    return await context.page("customers/login.html", values={"next": _next(context)})


@post("/login", include_in_schema=False)
async def sign_in(
    context: Given[StorefrontContext], form: Given[Form], log_in: Given[LogIn]
) -> Response[Any]:
    async with context.form_page("customers/login.html", values=form.values):
        guest = CartOwner(token=context.cart_token)
        token = await log_in(login_of(form.text("login")), form.text("password"), guest)
    return _signed_in(context, token, form.text("next"))


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
    form: Given[Form],
    register_member: Given[RegisterMember],
    log_in: Given[LogIn],
    policy: Given[Policy],
) -> Response[Any]:
    async with context.form_page(
        "customers/register.html", values=form.values, age=policy.age_of_consent
    ):
        login = normal_contact(form.text("login"))
        await register_member(
            Registration(
                login=login,
                password=form.text("password"),
                name=form.text("name"),
                language=context.language,
                old_enough=form.text("old_enough") == "1",
                marketing=form.text("marketing") == "1",
            )
        )
        token = await log_in(login, form.text("password"), CartOwner(token=context.cart_token))
    return _signed_in(context, token, form.text("next"))


@post("/logout", include_in_schema=False)
async def sign_out(context: Given[StorefrontContext], log_out: Given[LogOut]) -> Response[Any]:
    await log_out(str(context.request.cookies.get(SESSION_COOKIE, "")))
    expired = [context.cookie(name, "", 0) for name in (SESSION_COOKIE, CART_COOKIE)]
    return context.redirect("/", [*expired, context.units_cookie(0)])


def _next(context: StorefrontContext) -> str:
    return local_path(context.query("next"), f"/{context.language}/account")


def _signed_in(context: StorefrontContext, token: str, next_path: str) -> Response[Any]:
    return Redirect(
        local_path(next_path, f"/{context.language}/account"),
        status_code=303,
        cookies=[
            context.cookie(SESSION_COOKIE, token, MEMBER_SESSION_SECONDS),
            context.cookie(CART_COOKIE, "", 0),
        ],
    )


handlers = [sign_in_page, register_page, sign_out]
sign_in_limited_handlers = [sign_in, register]
