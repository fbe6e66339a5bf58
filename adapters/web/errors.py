"""Errors as the face of the shop that was asked says them: a page, or a problem document."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import ClientException, HTTPException, MethodNotAllowedException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DBAPIError

from adapters.web.admin.context import SignInRequired
from adapters.web.api.router import API
from adapters.web.language import DEFAULT, language_of_path, preferred
from adapters.web.outer.methods import allowed_methods
from adapters.web.pages import Pages
from adapters.web.problems import answer, problem_of
from core.domain.errors import DomainError
from ports.errors import PortError

DATA_EXCEPTION = "22"

log = structlog.get_logger(__name__)


def _refuse(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A refusal as the face of the shop that was asked says it."""
    language = language_of_path(request.scope["path"])
    headers = dict(getattr(error, "headers", None) or {})
    if isinstance(error, MethodNotAllowedException):
        headers["allow"] = allowed_methods(request.app, request.scope["path"])
    if language is None and not _wants_html(request):
        accepted = preferred(request.headers.get("accept-language", ""))
        return answer(problem_of(error, accepted), headers)
    shown = language or preferred(request.headers.get("accept-language", ""))
    problem = problem_of(error, shown)
    pages: Pages = request.app.state["pages"]
    return Response(
        pages.render("error.html", shown, {"problem": problem, "path": f"/{shown}"}),
        status_code=problem.status,
        media_type="text/html",
        headers={**headers, "cache-control": "no-store"},
    )


def _fail(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    log.error(
        "request failed",
        path=request.scope["path"],
        error=type(error).__name__,
        exc_info=error,
    )
    return _refuse(request, error)


def _refuse_data(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What no database column can hold, such as NUL in a text, is the request's fault."""
    unfit = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if unfit.startswith(DATA_EXCEPTION):
        return _refuse(request, ClientException())
    return _fail(request, error)


def _to_sign_in(request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    language = language_of_path(request.scope["path"]) or DEFAULT
    return Redirect(f"/{language}/admin/login", status_code=303)


def _wants_html(request: Request[Any, Any, Any]) -> bool:
    path = request.scope["path"]
    return "text/html" in request.headers.get("accept", "") and not path.startswith(API)


handlers: ExceptionHandlersMap = {
    DomainError: _refuse,
    PortError: _refuse,
    HTTPException: _refuse,
    SignInRequired: _to_sign_in,
    DBAPIError: _refuse_data,
    Exception: _fail,
}
