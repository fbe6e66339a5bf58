"""Sign-in and sign-out of staff."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from adapters.web.admin.context import admin_page
from adapters.web.api.customers.sessions import login_of
from adapters.web.dependencies import Given
from adapters.web.forms import Form, Refusal, respond_on_refusal
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from adapters.web.visitors import STAFF_SESSION_COOKIE, STAFF_SESSION_SECONDS, AnyRequest, cookie
from core.application.customers.sessions import LogOut
from core.application.staff import LogInStaff


@get("/login", include_in_schema=False, sync_to_thread=False)
def sign_in_page(
    request: AnyRequest, pages: Given[Pages], demo_logins: Given[bool]
) -> Response[bytes]:
    return admin_page(
        pages, request, "login.html", problem=None, values={}, demo_logins=demo_logins
    )


@post("/login", include_in_schema=False)
async def sign_in(
    request: AnyRequest,
    language: Given[str],
    form: Given[Form],
    pages: Given[Pages],
    log_in_staff: Given[LogInStaff],
    secure_cookies: Given[bool],
    demo_logins: Given[bool],
) -> Response[Any]:
    async def render(error: Refusal) -> Response[bytes]:
        problem = problem_of(error, language)
        variables = {"problem": problem, "values": form.values, "demo_logins": demo_logins}
        return admin_page(pages, request, "login.html", status=problem.status, **variables)

    async with respond_on_refusal(render):
        token = await log_in_staff(login_of(form.text("login")), form.text("password"))
    return Redirect(
        f"/{language}/admin",
        status_code=303,
        cookies=[cookie(STAFF_SESSION_COOKIE, token, STAFF_SESSION_SECONDS, secure=secure_cookies)],
    )


@post("/logout", include_in_schema=False)
async def sign_out(
    request: AnyRequest,
    language: Given[str],
    log_out: Given[LogOut],
    secure_cookies: Given[bool],
) -> Response[Any]:
    await log_out(str(request.cookies.get(STAFF_SESSION_COOKIE, "")))
    return Redirect(
        f"/{language}/admin/login",
        status_code=303,
        cookies=[cookie(STAFF_SESSION_COOKIE, "", 0, secure=secure_cookies)],
    )


handlers = [sign_in_page, sign_out]
sign_in_limited_handlers = [sign_in]
