"""Exception handlers: an HTML page for browsers, a problem document for the API."""

from math import ceil
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import ClientException, HTTPException, MethodNotAllowedException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from adapters.web.admin.context import SignInRequired
from adapters.web.api.router import API
from adapters.web.language import DEFAULT_LANGUAGE, language_of_path, preferred_language
from adapters.web.outer.methods import allowed_methods
from adapters.web.pages import Pages
from adapters.web.problems import problem_of, problem_response
from core.domain.accounts import TooManyAttempts
from core.domain.errors import DomainError
from ports.errors import PortError, TransactionAborted, Unavailable

SQLSTATE_DATA_EXCEPTION = "22"
INTERNAL_SERVER_ERROR = 500

log = structlog.get_logger(__name__)


def _respond(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    language = language_of_path(request.scope["path"])
    headers = dict(getattr(error, "headers", None) or {})
    if isinstance(error, Unavailable):
        headers["retry-after"] = str(ceil(error.retry_after))
    if isinstance(error, TooManyAttempts):
        headers["retry-after"] = str(error.seconds)
    if isinstance(error, MethodNotAllowedException):
        if language is not None and request.method in {"GET", "HEAD"}:
            return _redirect_to_page_of_form(request)
        headers["allow"] = allowed_methods(request.app, request.scope["path"])
    shown = language or preferred_language(request.headers.get("accept-language", ""))
    problem = problem_of(error, shown)
    if language is None and not _wants_html(request):
        return problem_response(problem, headers)
    pages: Pages = request.app.state["pages"]
    return Response(
        pages.render("error.html", shown, {"problem": problem, "path": f"/{shown}"}),
        status_code=problem.status,
        media_type="text/html",
        headers={**headers, "cache-control": "no-store"},
    )


def _log_and_respond(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    log.error(
        "request failed",
        path=request.scope["path"],
        error=type(error).__name__,
        exc_info=error,
    )
    return _respond(request, error)


def _http_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The framework's own errors: what is not the client's fault is logged."""
    if getattr(error, "status_code", 0) >= INTERNAL_SERVER_ERROR:
        return _log_and_respond(request, error)
    return _respond(request, error)


def _database_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A data exception, such as a NUL character in a text, is a 400 and not a 500."""
    sqlstate = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if sqlstate.startswith(SQLSTATE_DATA_EXCEPTION):
        return _respond(request, ClientException())
    return _log_and_respond(request, error)


def _redirect_to_page_of_form(request: Request[Any, Any, Any]) -> Response[Any]:
    """A form is posted to a path below its page. A refused form leaves that path in the browser."""
    path = request.scope["path"].rstrip("/").rpartition("/")[0]
    query = request.scope["query_string"].decode("latin-1")
    return Redirect(f"{path}?{query}" if query else path, status_code=303)


def _no_free_connection(request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    return _respond(request, TransactionAborted())


def _redirect_to_sign_in(request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    language = language_of_path(request.scope["path"]) or DEFAULT_LANGUAGE
    return Redirect(f"/{language}/admin/login", status_code=303)


def _wants_html(request: Request[Any, Any, Any]) -> bool:
    path = request.scope["path"]
    return "text/html" in request.headers.get("accept", "") and not path.startswith(API)


handlers: ExceptionHandlersMap = {
    DomainError: _respond,
    PortError: _respond,
    HTTPException: _http_error,
    SignInRequired: _redirect_to_sign_in,
    DBAPIError: _database_error,
    NoFreeConnection: _no_free_connection,
    Exception: _log_and_respond,
}
