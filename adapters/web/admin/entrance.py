"""Into the back office, and out of it."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Redirect

from adapters.web.admin.desk import admin_page
from adapters.web.api.members import login_of
from adapters.web.language import DEFAULT, language_of_path
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from adapters.web.storefront.visit import Form
from adapters.web.visitors import STAFF_SESSION, STAFF_STAYS_SECONDS, cookie
from core.application.members import LogInStaff, LogOut
from core.domain.errors import DomainError


@get("/login", include_in_schema=False, sync_to_thread=False)
def log_in_page(
    request: Request[Any, Any, Any],
    pages: NamedDependency[SkipValidation[Pages]],
    demo_logins: NamedDependency[bool],
) -> Response[bytes]:
    return admin_page(pages, request, "login.html", problem=None, values={}, demo=demo_logins)


@post("/login", include_in_schema=False)
async def log_in(
    request: Request[Any, Any, Any],
    pages: NamedDependency[SkipValidation[Pages]],
    log_in_staff: NamedDependency[SkipValidation[LogInStaff]],
    secure_cookies: NamedDependency[bool],
    demo_logins: NamedDependency[bool],
) -> Response[Any]:
    form = await Form.of(request)
    language = language_of_path(request.scope["path"]) or DEFAULT
    try:
        token = await log_in_staff(login_of(form.text("login")), form.text("password"))
    except DomainError as error:
        problem = problem_of(error, language)
        return admin_page(
            pages,
            request,
            "login.html",
            status=problem.status,
            problem=problem,
            values=form.values,
            demo=demo_logins,
        )
    return Redirect(
        f"/{language}/admin",
        status_code=303,
        cookies=[cookie(STAFF_SESSION, token, STAFF_STAYS_SECONDS, secure=secure_cookies)],
    )


@post("/logout", include_in_schema=False)
async def log_out_(
    request: Request[Any, Any, Any],
    log_out: NamedDependency[SkipValidation[LogOut]],
    secure_cookies: NamedDependency[bool],
) -> Response[Any]:
    await log_out(str(request.cookies.get(STAFF_SESSION, "")))
    language = language_of_path(request.scope["path"]) or DEFAULT
    return Redirect(
        f"/{language}/admin/login",
        status_code=303,
        cookies=[cookie(STAFF_SESSION, "", 0, secure=secure_cookies)],
    )


entrances = [log_in]
handlers = [log_in_page, log_out_]
