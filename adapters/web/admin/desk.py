"""One request of a colleague, and the page around the answer."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation
from litestar.response import Redirect

from adapters.web.colleagues import access_of, actor_of, admit
from adapters.web.language import DEFAULT, PREFIX_LENGTH, language_of_path
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from adapters.web.visitors import STAFF_SESSION
from core.application.orders import OrderAccess
from core.domain.errors import DomainError
from ports.errors import PortError
from ports.storage.ledgers import Visitor


class LogInFirst(Exception):
    """Nobody is logged in: the log-in page is shown instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    request: Request[Any, Any, Any]
    language: str
    colleague: Visitor
    pages: Pages

    @property
    def actor(self) -> str:
        return actor_of(self.colleague)

    @property
    def access(self) -> OrderAccess:
        return access_of(self.colleague)

    def asked(self, name: str) -> str:
        return str(self.request.query_params.get(name, "")).strip()[:300]

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response[bytes]:
        context = {"problem": None, "done": self.asked("done"), **context}
        return admin_page(
            self.pages, self.request, template, status=status, colleague=self.colleague, **context
        )

    def refusal(
        self, template: str, error: DomainError | PortError, **context: Any
    ) -> Response[bytes]:
        problem = problem_of(error, self.language)
        return self.page(template, status=problem.status, problem=problem, **context)

    def go(self, path: str) -> Response[Any]:
        return Redirect(f"/{self.language}/admin{path}", status_code=303)


async def colleagues_only(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """A guard: whoever comes is logged in and may be here, and it is written down."""
    state = connection.app.state
    token = str(connection.cookies.get(STAFF_SESSION, ""))
    colleague = await state["doorkeeper"].colleague(token)
    if colleague is None:
        raise LogInFirst
    await admit(colleague, connection.scope, state["record_act"])
    connection.state["colleague"] = colleague


def open_desk(
    request: Request[Any, Any, Any], pages: NamedDependency[SkipValidation[Pages]]
) -> Desk:
    return Desk(
        request=request,
        language=language_of_path(request.scope["path"]) or DEFAULT,
        colleague=request.state["colleague"],
        pages=pages,
    )


def admin_page(
    pages: Pages,
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    **context: Any,
) -> Response[bytes]:
    path = request.scope["path"]
    body = pages.render(
        f"admin/{template}",
        language_of_path(path) or DEFAULT,
        {"path": path, "rest": path[PREFIX_LENGTH:], "colleague": None, **context},
    )
    return Response(
        body,
        status_code=status,
        media_type="text/html",
        headers={"cache-control": "private, no-store"},
    )
