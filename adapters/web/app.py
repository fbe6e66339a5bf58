"""The web app, put together from what the assembly hands over."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from inspect import signature
from typing import Any

import structlog
from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import ClientException, HTTPException, MethodNotAllowedException
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.response import Redirect
from litestar.stores.base import NamespacedStore, Store
from litestar.stores.memory import MemoryStore
from sqlalchemy.exc import DBAPIError

from adapters.web import notify, operations
from adapters.web.addresses import Addresses
from adapters.web.admin.context import SignInRequired
from adapters.web.admin.router import admin_router
from adapters.web.api.router import API, api_router
from adapters.web.language import DEFAULT, language_of_path, preferred
from adapters.web.page_cache import PageCache
from adapters.web.pages import Pages
from adapters.web.problems import answer, problem_of
from adapters.web.shell import Figures, Shell, allowed_methods, security_headers
from adapters.web.storefront.context import StorefrontServices
from adapters.web.storefront.router import storefront_router
from adapters.web.visitors import Authenticator
from core.application.trail import RecordAct
from core.domain.errors import DomainError
from core.domain.text import LANGUAGES
from ports.clock import Clock, NewToken
from ports.errors import PortError
from ports.storage.idempotency import IdempotencyKeys
from ports.storage.shelf import Shelf

DATA_EXCEPTION = "22"
LARGEST_JSON = 1_000_000
CLICKS_PER_MINUTE = 60
"""How often one address may do what writes to a ledger, or sends a letter."""

log = structlog.get_logger(__name__)
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """What the web adapter is given. ``dependencies`` are named as the handlers name them."""

    dependencies: Mapping[str, Provide]
    authenticator: Authenticator
    addresses: Addresses
    shelf: Shelf
    new_token: NewToken
    idempotency_keys: IdempotencyKeys
    now: Clock
    record_act: RecordAct
    base_url: str
    version: str
    page_cache: PageCache
    routes: Sequence[Any]
    lifespan: Sequence[Lifespan]
    log_in_attempts_per_minute: int
    rate_limits: NamespacedStore | None
    demo_logins: bool


def build(parts: WebParts) -> Shell:
    secure = parts.base_url.startswith("https://")
    figures = Figures()
    pages = Pages(parts.base_url)
    values: dict[str, Any] = {
        "authenticator": parts.authenticator,
        "addresses": parts.addresses,
        "pages": pages,
        "services": StorefrontServices(
            authenticator=parts.authenticator,
            pages=pages,
            shelf=parts.shelf,
            new_token=parts.new_token,
            secure=secure,
        ),
        "figures": figures,
        "secure_cookies": secure,
        "base_url": parts.base_url,
        "demo_logins": parts.demo_logins,
    }
    limit = RateLimitConfig(
        rate_limit=("minute", parts.log_in_attempts_per_minute), store="log_in_attempts"
    ).middleware
    clicks = RateLimitConfig(rate_limit=("minute", CLICKS_PER_MINUTE), store="clicks").middleware
    handlers = [
        *operations.handlers,
        notify.notify,
        api_router(limit, clicks),
        *(storefront_router(language, limit, clicks) for language in LANGUAGES),
        *(admin_router(language, limit) for language in LANGUAGES),
        *parts.routes,
    ]
    wanted = set(_asked_for(handlers))
    app = Litestar(
        route_handlers=handlers,
        dependencies={
            **{name: each for name, each in parts.dependencies.items() if name in wanted},
            **{
                name: Provide(_always(value), sync_to_thread=False)
                for name, value in values.items()
                if name in wanted
            },
        },
        exception_handlers={
            DomainError: _refuse,
            PortError: _refuse,
            HTTPException: _refuse,
            SignInRequired: _log_in_first,
            DBAPIError: _refuse_data,
            Exception: _fail,
        },
        openapi_config=operations.openapi(parts.version),
        lifespan=list(parts.lifespan),
        request_max_body_size=LARGEST_JSON,
        stores={
            "log_in_attempts": _limits(parts.rate_limits, "log_in_attempts"),
            "clicks": _limits(parts.rate_limits, "clicks"),
        },
        logging_config=None,
    )
    app.state["authenticator"] = parts.authenticator
    app.state["pages"] = pages
    app.state["idempotency_keys"] = parts.idempotency_keys
    app.state["now"] = parts.now
    app.state["record_act"] = parts.record_act
    return Shell(app, parts.page_cache, figures, security_headers(https=secure))


def _asked_for(handlers: Iterable[Any]) -> Iterator[str]:
    """Names of what handlers, and what they depend on, are given.

    Litestar compares every dependency with every other one for each handler.
    """
    for handler in handlers:
        for provided in (handler.dependencies or {}).values():
            yield from signature(provided.dependency).parameters
        if isinstance(handler, Router):
            yield from _asked_for(each for route in handler.routes for each in _handlers_of(route))
        else:
            yield from signature(handler.fn).parameters


def _limits(shared: NamespacedStore | None, name: str) -> Store:
    return MemoryStore() if shared is None else shared.with_namespace(name)


def _handlers_of(route: Any) -> Iterable[Any]:
    return getattr(route, "route_handlers", None) or [route.route_handler]


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value


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


def _log_in_first(request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    language = language_of_path(request.scope["path"]) or DEFAULT
    return Redirect(f"/{language}/admin/login", status_code=303)


def _wants_html(request: Request[Any, Any, Any]) -> bool:
    path = request.scope["path"]
    return "text/html" in request.headers.get("accept", "") and not path.startswith(API)
