"""Routes of plugins, tried out before they are served: one that does not fit stops no shop."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from litestar import Litestar, Router
from litestar.constants import RESERVED_KWARGS
from litestar.exceptions import LitestarException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition
from msgspec.inspect import AnyType, CustomType, type_info

from adapters.web.app import own_handlers
from adapters.web.rate_limits import RateLimits

PARAMETER = re.compile(r"\{[^}]*\}")
DOCUMENTATION = "/schema"


class RouteRefused(Exception):
    """Why the routes of a plugin cannot be served, in one line."""


def check_routes(routes: Sequence[Any], others: Sequence[Any]) -> None:
    """See whether the routes of a plugin fit beside the shop's own and ``others``, of plugins.

    Raises:
        RouteRefused: a path is taken, a handler asks for a part of the shop, or the framework
            does not accept the routes.
    """
    try:
        app = Litestar(route_handlers=list(routes), openapi_config=None, logging_config=None)
        taken = own_paths() | {_shape(each) for each in _paths(others)}
    except (LitestarException, TypeError, ValueError) as error:
        words = " ".join(str(getattr(error, "detail", error)).split())
        raise RouteRefused(f"its routes cannot be served: {words}") from error
    for route in app.routes:
        if _shape(route.path) in taken or route.path.startswith(DOCUMENTATION):
            raise RouteRefused(f"its route {route.path} is taken")
        for name in _unknown_parameters(route):
            raise RouteRefused(
                f"its route {route.path} asks for “{name}”, and plugins get no parts of the shop"
            )


@cache
def own_paths() -> frozenset[str]:
    """The shape of every path that the shop serves by itself."""
    handlers = own_handlers(RateLimits(log_in_attempts_per_minute=1))
    return frozenset(_shape(each) for each in _paths(handlers))


def _paths(routes: Iterable[Any]) -> Iterator[str]:
    for route in Router("/", route_handlers=list(routes)).routes:
        yield route.path


def _shape(path: str) -> str:
    """Paths that differ in the names and types of their parameters alone are one path."""
    return PARAMETER.sub("{}", path)


def _unknown_parameters(route: Any) -> Iterator[str]:
    """What no path, query string or dependency of the plugin's own can fill."""
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
