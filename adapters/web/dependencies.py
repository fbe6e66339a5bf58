"""Dependency injection for the shop's own handlers: parts of the shop, found by type."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeAlias, TypeVar, get_args

from litestar import Router
from litestar.di import Dependency, NamedDependency, Provide
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

T = TypeVar("T")

Given: TypeAlias = NamedDependency[SkipValidation[T]]
"""A dependency named as the parameter. Litestar injects it without validation."""

FindPart = Callable[[Any], Callable[[], Any] | None]
"""Returns the provider of a type; None if the shop has none."""


class PartMissing(Exception):
    """A handler needs a part that the shop does not have, or one name has two types."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """``values`` are the web app's own dependencies, by name."""

    find_part: FindPart
    values: Mapping[str, Any]

    def router_for(self, handler: Router | BaseRouteHandler) -> Router:
        """A router with exactly the dependencies that ``handler`` needs.

        Litestar compares all dependencies in pairs for each handler, so all of them would make
        the start slow.
        """
        required: dict[str, Any] = {}
        for name, port in required_dependencies(Router("/", route_handlers=[handler])):
            if required.setdefault(name, port) != port:
                raise PartMissing(
                    f"the dependency “{name}” has two types: {required[name]} and {port}"
                )
        return Router(
            "/",
            route_handlers=[handler],
            dependencies={
                name: Provide(self._provider(name, port), sync_to_thread=False)
                for name, port in required.items()
            },
        )

    def _provider(self, name: str, port: Any) -> Callable[[], Any]:
        if name in self.values:
            value = self.values[name]
            return lambda: value
        provider = self.find_part(port)
        if provider is None:
            raise PartMissing(f"the shop has no {port} for the dependency “{name}”")
        return lambda: provider()  # noqa: PLW0108 -- Litestar needs a function


def required_dependencies(router: Router) -> Iterator[tuple[str, Any]]:
    """``(name, type)`` of each dependency that no layer of the router provides."""
    for handler in (handler for route in router.routes for handler in _handlers_of(route)):
        provided: dict[str, Provide] = {}
        for layer in handler.ownership_layers:
            provided |= layer.dependencies or {}
        for function in (handler.fn, *(each.dependency for each in provided.values())):
            for name, port in _injected_parameters(function):
                if name not in provided:
                    yield name, port


def _handlers_of(route: Any) -> Iterable[Any]:
    return getattr(route, "route_handlers", None) or [route.route_handler]


def _injected_parameters(function: Any) -> Iterator[tuple[str, Any]]:
    for name, parameter in signature(function).parameters.items():
        port, *markers = get_args(parameter.annotation) or (None,)
        if any(isinstance(marker, Dependency) for marker in markers):
            yield name, port
