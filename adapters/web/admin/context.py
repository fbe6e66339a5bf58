"""The context of a back-office request: the staff session, and how a page is rendered."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect

from adapters.web.access.staff import actor_of, authorize, grantor_of, order_access_of
from adapters.web.admin.conflicts import after_conflict
from adapters.web.admin.menu import Menu
from adapters.web.dependencies import Given
from adapters.web.forms import LoadVariables, Refusal, no_variables, respond_on_refusal
from adapters.web.language import LANGUAGE_PREFIX_LENGTH, language_of_request
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from adapters.web.visitors import STAFF_SESSION_COOKIE, AnyRequest
from core.application.orders.access import OrderAccess
from core.domain.errors import StaleVersion
from core.domain.permissions import Permission
from core.domain.staff import Grantor
from ports.sessions import Principal

MAX_PARAMETER_LENGTH = 300


class SignInRequired(Exception):
    """There is no staff session. The app redirects to the sign-in page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminContext:
    request: AnyRequest
    language: str
    staff: Principal
    pages: Pages
    menu: Menu

    @property
    def grantor(self) -> Grantor:
        return grantor_of(self.staff)

    @property
    def actor(self) -> str:
        return actor_of(self.staff)

    def can(self, permission: Permission) -> bool:
        return self.staff.can(permission.code)

    def query(self, name: str) -> str:
        return str(self.request.query_params.get(name, "")).strip()[:MAX_PARAMETER_LENGTH]

    def page(self, template: str, *, status: int = 200, **variables: Any) -> Response[bytes]:
        variables = {"problem": None, "done": self.query("done"), **variables}
        groups = self.menu.of(self.staff, self.language, self.request.scope["path"])
        return admin_page(
            self.pages,
            self.request,
            template,
            status=status,
            staff=self.staff,
            menu=groups,
            **variables,
        )

    def form_page(
        self, template: str, load: LoadVariables = no_variables, **variables: Any
    ) -> AbstractAsyncContextManager[None]:
        """Wrap a use case: on a domain or port error, respond with the page and the problem.

        ``load`` returns the page's variables. ``variables`` override them, such as ``values``
        with the submitted fields.
        """

        async def render(error: Refusal) -> Response[bytes]:
            problem = problem_of(error, self.language)
            loaded = await load()
            merged = {**loaded, **variables}
            if isinstance(error, StaleVersion) and "form" in loaded and "values" in variables:
                problem, kept = after_conflict(problem, self.language, loaded, variables["values"])
                merged |= kept
            merged["problem"] = problem
            return self.page(template, status=problem.status, **merged)

        return respond_on_refusal(render)

    def first_page(self) -> Response[Any]:
        """303 to the first page of the menu. A role without any page gets a page that says so."""
        groups = self.menu.of(self.staff, self.language, "")
        if not groups:
            return self.page("nothing.html")
        return Redirect(groups[0].entries[0].address, status_code=303)

    def redirect(self, path: str) -> Response[Any]:
        """303 to a back-office page."""
        return Redirect(f"/{self.language}/admin{path}", status_code=303)


async def require_staff(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """A guard: requires a staff session, and the permissions that the route names.

    Raises:
        SignInRequired: there is no session.
        NotAllowed: the role lacks a permission; the audit log records the attempt.
    """
    state = connection.app.state
    staff = await state["authenticator"].staff(
        str(connection.cookies.get(STAFF_SESSION_COOKIE, ""))
    )
    if staff is None:
        raise SignInRequired
    await authorize(staff, handler, connection, state["record_staff_action"])
    connection.state["staff"] = staff


def admin_context(
    request: AnyRequest, language: Given[str], pages: Given[Pages], menu: Given[Menu]
) -> AdminContext:
    return AdminContext(
        request=request,
        language=language,
        staff=request.state["staff"],
        pages=pages,
        menu=menu,
    )


def order_access(context: Given[AdminContext]) -> OrderAccess:
    return order_access_of(context.staff)


def admin_page(
    pages: Pages,
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    staff: Principal | None = None,
    **variables: Any,
) -> Response[bytes]:
    """Templates get ``can("orders.refund")`` and ``menu``; both allow nothing without a session."""
    path = request.scope["path"]
    body = pages.render(
        f"admin/{template}",
        language_of_request(request),
        {
            "path": path,
            "path_without_language": path[LANGUAGE_PREFIX_LENGTH:],
            "staff": staff,
            "can": staff.can if staff else _nothing,
            "menu": (),
            **variables,
        },
    )
    return Response(
        body,
        status_code=status,
        media_type="text/html",
        headers={"cache-control": "private, no-store"},
    )


def _nothing(_permission: str) -> bool:
    return False
