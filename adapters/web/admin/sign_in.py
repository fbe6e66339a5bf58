"""Sign-in and sign-out of staff, with the second factor."""

from dataclasses import dataclass
from typing import Any

import segno
from litestar import Response, get, post
from litestar.response import Redirect
from markupsafe import Markup

from adapters.web.admin.context import admin_page
from adapters.web.api.customers.sessions import login_of
from adapters.web.dependencies import Given
from adapters.web.forms import Refusal, SubmittedForm, respond_on_refusal
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from adapters.web.visitors import (
    DEVICE_COOKIE_SECONDS,
    STAFF_DEVICE_COOKIE,
    STAFF_SESSION_COOKIE,
    STAFF_SESSION_SECONDS,
    AnyRequest,
    cookie,
)
from core.application.accounts.log_in import OpenedSession
from core.application.accounts.second_factors import (
    ConfirmLogIn,
    ConfirmSecondFactor,
    ProposeSecondFactor,
)
from core.application.customers.sessions import LogOut
from core.application.staff import LogInStaff
from core.domain.accounts import AccountKind, Caller
from ports.accounts import CredentialQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPages:
    """The pages before there is a session."""

    request: AnyRequest
    language: Given[str]
    pages: Given[Pages]
    demo_logins: Given[bool]
    secure_cookies: Given[bool]

    @property
    def token(self) -> str:
        return str(self.request.cookies.get(STAFF_SESSION_COOKIE, ""))

    def show(self, template: str, **variables: Any) -> Response[bytes]:
        values = {"problem": None, "values": {}, "demo_logins": self.demo_logins, **variables}
        return admin_page(self.pages, self.request, template, **values)

    def form(self, template: str, **variables: Any) -> Any:
        """Show the page again with the problem, on a domain or port error."""

        async def render(error: Refusal) -> Response[bytes]:
            problem = problem_of(error, self.language)
            return self.show(template, status=problem.status, problem=problem, **variables)

        return respond_on_refusal(render)

    def redirect(self, opened: OpenedSession) -> Response[Any]:
        """To the back office, or to the second step."""
        return Redirect(
            f"/{self.language}/admin" + ("" if opened.confirmed else "/login/code"),
            status_code=303,
            cookies=[*self.cookies(opened)],
        )

    def cookies(self, opened: OpenedSession) -> list[Any]:
        session = self._cookie(STAFF_SESSION_COOKIE, opened.token, STAFF_SESSION_SECONDS)
        if not opened.confirmed:
            return [session]
        device = self._cookie(STAFF_DEVICE_COOKIE, opened.device, DEVICE_COOKIE_SECONDS)
        return [session, device]

    def _cookie(self, name: str, value: str, seconds: int) -> Any:
        return cookie(name, value, seconds, secure=self.secure_cookies)


@get("/login", include_in_schema=False, sync_to_thread=False)
def sign_in_page(sign_in_pages: Given[SignInPages]) -> Response[bytes]:
    return sign_in_pages.show("login.html")


@post("/login", include_in_schema=False)
async def sign_in(
    form: Given[SubmittedForm],
    sign_in_pages: Given[SignInPages],
    log_in_staff: Given[LogInStaff],
    caller: Given[Caller],
) -> Response[Any]:
    async with sign_in_pages.form("login.html", values=form.values):
        opened = await log_in_staff(login_of(form.text("login")), form.password(), caller)
    return sign_in_pages.redirect(opened)


@get("/login/code", include_in_schema=False)
async def code_page(
    sign_in_pages: Given[SignInPages],
    confirm_log_in: Given[ConfirmLogIn],
    credentials: Given[CredentialQueries],
    propose_second_factor: Given[ProposeSecondFactor],
) -> Response[Any]:
    """The second step: a code; or a new second factor, if the shop requires one."""
    async with sign_in_pages.form("login.html"):
        session = await confirm_log_in.waiting(AccountKind.STAFF, sign_in_pages.token)
        if (await credentials.of(session.account)).second_factor:
            return sign_in_pages.show("login_code.html", set_up=False)
        proposal = await propose_second_factor(session.account)
    code = segno.make(proposal.address, error="m").svg_inline(scale=4, border=2)
    return sign_in_pages.show(
        "login_code.html",
        set_up=True,
        proposal=proposal,
        qr_code=Markup(code),  # noqa: S704 -- segno draws paths, never the text
    )


@post("/login/code", include_in_schema=False)
async def confirm_sign_in(
    form: Given[SubmittedForm],
    sign_in_pages: Given[SignInPages],
    confirm_log_in: Given[ConfirmLogIn],
    caller: Given[Caller],
) -> Response[Any]:
    async with sign_in_pages.form("login_code.html", set_up=False):
        opened = await confirm_log_in(
            AccountKind.STAFF, sign_in_pages.token, form.text("code"), caller
        )
    return sign_in_pages.redirect(opened)


@post("/login/second-factor", include_in_schema=False)
async def set_up_second_factor(
    form: Given[SubmittedForm],
    sign_in_pages: Given[SignInPages],
    confirm_log_in: Given[ConfirmLogIn],
    confirm_second_factor: Given[ConfirmSecondFactor],
    caller: Given[Caller],
) -> Response[Any]:
    """The first code of a new second factor. The page shows the recovery codes, once."""
    async with sign_in_pages.form("login_code.html", set_up=True):
        session = await confirm_log_in.waiting(AccountKind.STAFF, sign_in_pages.token)
        codes = await confirm_second_factor(session.account, form.text("code"), caller)
        opened = await confirm_log_in.after_set_up(AccountKind.STAFF, sign_in_pages.token)
    page = sign_in_pages.show("recovery_codes.html", recovery_codes=codes)
    page.cookies.extend(sign_in_pages.cookies(opened))
    return page


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
sign_in_limited_handlers = [sign_in, code_page, confirm_sign_in, set_up_second_factor]
