"""Checks the routes of a plugin before they are served: a wrong one cannot stop the shop."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from litestar import Router
from litestar.constants import RESERVED_KWARGS
from litestar.exceptions import LitestarException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition
from msgspec.inspect import AnyType, CustomType, type_info

from adapters.web.app import shop_handlers
from adapters.web.plugin_apps import plugin_app
from adapters.web.rate_limits import RateLimits

PARAMETER = re.compile(r"\{[^}]*\}")
RESERVED = ("/schema", "/static", "/media")
"""Prefixes of the documentation and of files."""


class RouteRefused(Exception):
    """The routes of a plugin cannot be served. The message is one line."""


def check_routes(routes: Sequence[Any], others: Sequence[Any]) -> None:
    """Check the routes of a plugin. ``others`` are the routes of other plugins.

    Raises:
        RouteRefused: a path is taken, a handler needs a part of the shop, or Litestar rejects the
            routes.
    """
    try:
        app = plugin_app(routes)
        taken = shop_paths() | route_paths(others)
    except (LitestarException, TypeError, ValueError) as error:
        reason = " ".join(str(getattr(error, "detail", error)).split())
        raise RouteRefused(f"its routes cannot be served: {reason}") from error
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise RouteRefused(f"its route {route.path} is no HTTP route")
        if route.path.startswith("/{"):
            raise RouteRefused(f"its route {route.path} begins with a parameter")
        if _shape(route.path) in taken or route.path.startswith(RESERVED):
            raise RouteRefused(f"its route {route.path} is taken")
        for name in _unknown_parameters(route):
            raise RouteRefused(
                f"its route {route.path} needs “{name}”; plugins get no parts of the shop"
            )


@cache
def shop_paths() -> frozenset[str]:
    """The paths of the shop itself, with ``{}`` for each parameter."""
    handlers = shop_handlers(RateLimits(log_in_attempts_per_minute=1))
    return route_paths(handlers)


def route_paths(routes: Iterable[Any]) -> frozenset[str]:
    """The paths of routes, with ``{}`` for each parameter."""
    return frozenset(_shape(each) for each in _paths(routes))


def _paths(routes: Iterable[Any]) -> Iterator[str]:
    for route in Router("/", route_handlers=list(routes)).routes:
        yield route.path


def _shape(path: str) -> str:
    """The path with ``{}`` for each parameter: names and types do not distinguish paths."""
    return PARAMETER.sub("{}", path)


def _unknown_parameters(route: Any) -> Iterator[str]:
    """Parameters that no path, query string or dependency of the plugin can fill."""
    if not isinstance(route, HTTPRoute):
        return
    for handler in route.route_handlers:
        known = {*RESERVED_KWARGS, *route.path_parameters, *handler.resolve_dependencies()}
        for name, field in _parameters(handler):
            if name not in known and not _is_data(field):
                yield name


def _parameters(handler: HTTPRouteHandler) -> Iterator[tuple[str, FieldDefinition]]:
    yield from handler.parsed_fn_signature.parameters.items()
    for provide in handler.resolve_dependencies().values():
        yield from provide.parsed_fn_signature.parameters.items()


def _is_data(field: FieldDefinition) -> bool:
    try:
        return not isinstance(type_info(field.annotation), AnyType | CustomType)
    except TypeError:
        return False
