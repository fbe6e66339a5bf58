"""Serves the routes of a plugin: as an app of its own, in the thread of the plugin.

The app gets the plain HTTP request alone: no part of the shop, no session cookie. The server reads
the body first and sends the complete response afterwards, so a plugin cannot hold a connection.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast

from cachetools import TTLCache
from litestar import Litestar, Request, Response, Router
from litestar import route as http_route
from litestar.connection import ASGIConnection
from litestar.exceptions import (
    HTTPException,
    PermissionDeniedException,
    TooManyRequestsException,
)
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from adapters.web.access.requirements import OF_PLUGIN
from adapters.web.client_address import client_network
from adapters.web.language import preferred_language
from adapters.web.problems import problem_of, problem_response
from adapters.web.visitors import COOKIE_NAMES, is_same_origin

MAX_BODY_BYTES = 1_000_000
MAX_RESPONSE_BYTES = 8 * 1024 * 1024
MAX_RESPONSE_HEADERS = 100
REQUESTS_PER_MINUTE = 6_000
"""Per address and plugin. Gateways and simulators call from one address."""
MAX_ADDRESSES = 10_000
PLUGIN_APPS = "plugin_apps"
"""Key of the apps of plugins, by name, in the state of the shop's app."""
SAME_ORIGIN = "entrepot.same_origin"
ERRORS = "plugin_errors"
CROSS_SITE = "cross_site"
"""``opt`` of a route that other sites and programs may post to, such as a webhook."""
# What the app of a plugin learns about a request.
SCOPE_KEYS = (
    "type",
    "asgi",
    "http_version",
    "method",
    "scheme",
    "path",
    "raw_path",
    "query_string",
    "root_path",
    "client",
    "server",
)

Headers = list[tuple[bytes, bytes]]
Answer = TypeVar("Answer")


class RouteFailed(Exception):
    """A route of a plugin sent no response, or one that cannot be sent."""


class CallRoute(Protocol):
    async def __call__(self, work: Callable[[], Awaitable[Answer]], /) -> Answer:
        """Call a route of a plugin in the thread of the plugin.

        Raises:
            PortError: it failed, did not answer in time, or is quarantined.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRoutes:
    """The route handlers and routers of one plugin."""

    plugin: str
    handlers: Sequence[Any]
    call: CallRoute


@dataclass(slots=True)
class PluginResponse:
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    def messages(self) -> tuple[Any, Any]:
        return (
            {"type": "http.response.start", "status": self.status, "headers": self.headers},
            {"type": "http.response.body", "body": bytes(self.body), "more_body": False},
        )


def plugin_app(handlers: Iterable[Any]) -> Litestar:
    """Raises an error of Litestar if the handlers do not fit together."""
    return Litestar(
        route_handlers=list(handlers),
        guards=[same_origin_unless_declared],
        exception_handlers={HTTPException: _problem, Exception: _failed},
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )


class PluginApp:
    """The app of one plugin, and how often each client has called it in the last minute."""

    def __init__(self, routes: PluginRoutes) -> None:
        self.plugin = routes.plugin
        self.app = plugin_app(routes.handlers)
        self.paths = {
            route.path: sorted(route.methods - {"OPTIONS"})
            for route in self.app.routes
            if isinstance(route, HTTPRoute)
        }
        self._call = routes.call
        self._requests: TTLCache[str, int] = TTLCache(MAX_ADDRESSES, ttl=60.0)

    async def respond(self, request: Request[Any, Any, Any]) -> PluginResponse:
        """Raises `TooManyRequestsException`, or the error of the route."""
        _count(client_network(request), self._requests)
        body = await request.body()
        own = is_same_origin(request)
        return await self._call(lambda: _respond(self.app, request.scope, body, same_origin=own))


def plugin_router(app: PluginApp) -> Router:
    """The paths of a plugin in the app of the shop: one handler each.

    The app of the plugin is found in the state of the shop's app, by the name of the plugin.
    """
    return Router(
        "/",
        route_handlers=[_handler(app.plugin, path, methods) for path, methods in app.paths.items()],
        opt=OF_PLUGIN,
    )


def _handler(plugin: str, path: str, methods: Sequence[Any]) -> HTTPRouteHandler:
    @http_route(
        path,
        http_method=methods,
        include_in_schema=False,
        request_max_body_size=MAX_BODY_BYTES,
        status_code=200,
    )
    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        app: PluginApp = request.app.state[PLUGIN_APPS][plugin]
        response = await app.respond(request)

        async def respond(_scope: Scope, _receive: Receive, send: Send) -> None:
            for message in response.messages():
                await send(message)

        return respond

    return handle


async def same_origin_unless_declared(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """A guard: a POST from another site needs ``opt={"cross_site": True}`` at the route."""
    scope = cast("Mapping[str, Any]", connection.scope)
    if not scope[SAME_ORIGIN] and handler.opt.get(CROSS_SITE) is not True:
        raise PermissionDeniedException


def _count(network: str, requests: TTLCache[str, int]) -> None:
    count = requests.get(network, 0)
    if count >= REQUESTS_PER_MINUTE:
        raise TooManyRequestsException
    requests[network] = count + 1


async def _respond(
    app: Litestar, scope: HTTPScope, body: bytes, *, same_origin: bool
) -> PluginResponse:
    """Call the app of the plugin. Raises `RouteFailed`, or the error of the route."""
    errors: list[Exception] = []
    inner: dict[str, Any] = {key: value for key, value in scope.items() if key in SCOPE_KEYS}
    inner |= {"headers": _without_sessions(scope["headers"]), "state": {}}
    inner |= {ERRORS: errors, SAME_ORIGIN: same_origin}
    request = iter(({"type": "http.request", "body": body, "more_body": False},))
    response = PluginResponse()

    async def receive() -> Any:
        return next(request, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        _add(response, cast("Mapping[str, Any]", message))

    await app(cast("Scope", inner), receive, send)
    if errors:
        raise errors[0]
    _check(response)
    return response


def _add(response: PluginResponse, message: Mapping[str, Any]) -> None:
    if message["type"] == "http.response.start":
        response.status = message["status"]
        response.headers = list(message.get("headers", []))
    elif message["type"] == "http.response.body":
        response.body += message.get("body", b"")
        if len(response.body) > MAX_RESPONSE_BYTES:
            raise RouteFailed("the response is too long")


def _check(response: PluginResponse) -> None:
    if type(response.status) is not int or not 200 <= response.status <= 599:  # noqa: PLR2004
        raise RouteFailed("the response has no status")
    if len(response.headers) > MAX_RESPONSE_HEADERS:
        raise RouteFailed("the response has too many headers")
    for name, value in response.headers:
        if (
            type(name) is not bytes
            or type(value) is not bytes
            or set(name + value) & set(b"\r\n\0")
        ):
            raise RouteFailed("a header of the response is not valid")
        if name.lower() == b"set-cookie" and _is_session(value):
            raise RouteFailed("the response sets a cookie of the shop")


def _without_sessions(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers without the cookies of the shop."""
    kept: Headers = []
    for name, value in headers:
        if name != b"cookie":
            kept.append((name, value))
            continue
        cookies = [each.strip() for each in value.split(b";")]
        if others := [each for each in cookies if not _is_session(each)]:
            kept.append((name, b"; ".join(others)))
    return kept


def _is_session(cookie: bytes) -> bool:
    return cookie.partition(b"=")[0].strip().decode("latin-1") in COOKIE_NAMES


def _problem(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    language = preferred_language(request.headers.get("accept-language", ""))
    return problem_response(problem_of(error, language), dict(error.headers or {}))


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The guard around the plugin records the error and answers."""
    cast("dict[str, Any]", request.scope)[ERRORS].append(error)
    return Response(None, status_code=500)
