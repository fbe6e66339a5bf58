"""Dependency injection for the shop's own handlers: parts of the shop, found by type."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from inspect import signature
from typing import Any, TypeAlias, TypeVar, get_args

from litestar import Router
from litestar.di import Dependency, NamedDependency, Provide
from litestar.params import SkipValidation

T = TypeVar("T")

Given: TypeAlias = NamedDependency[SkipValidation[T]]
"""A dependency named as the parameter. Litestar injects it without validation."""

FindPart = Callable[[Any], Callable[[], Any] | None]
"""Returns the provider of a type; None if the shop has none."""


class PartMissing(Exception):
    """A handler needs a part that the shop does not have, or one name has two types."""


class Dependencies:
    """The parts of a shop and the web app's own dependencies, which are ``values`` by name."""

    def __init__(self, find_part: FindPart, values: Mapping[str, Any]) -> None:
        self.serve(find_part, values)

    def serve(self, find_part: FindPart, values: Mapping[str, Any]) -> None:
        """Handlers get what is given here from the next request on: of another shop, too."""
        self._find_part = cache(find_part)
        self._values = values

    def router_for(self, router: Router) -> Router:
        """Move the dependencies of the layers to the handlers, each with exactly what it needs.

        Litestar compares all dependencies of a handler in pairs, and builds a model of each, so
        all of them for all handlers would make the start slow.
        """
        parts: dict[str, tuple[Any, Provide]] = {}
        handlers = [handler for route in router.routes for handler in _handlers_of(route)]
        layers = {id(layer): layer for handler in handlers for layer in handler.ownership_layers}
        needed = [needed_dependencies(handler) for handler in handlers]
        for layer in layers.values():
            layer.dependencies = {}
        for handler, (provided, missing) in zip(handlers, needed, strict=True):
            for name, port in missing.items():
                known, _ = parts.setdefault(name, (port, self._provide(name, port)))
                if known != port:
                    raise PartMissing(f"the dependency “{name}” has two types: {known} and {port}")
            handler.dependencies = {**provided, **{name: parts[name][1] for name in missing}}
        return router

    def _provide(self, name: str, port: Any) -> Provide:
        return Provide(self._provider(name, port), sync_to_thread=False)

    def _provider(self, name: str, port: Any) -> Callable[[], Any]:
        if name in self._values:
            return lambda: self._values[name]
        self._part(name, port)
        return lambda: self._part(name, port)()  # noqa: PLW0108 -- found in each request

    def _part(self, name: str, port: Any) -> Callable[[], Any]:
        provider = self._find_part(port)
        if provider is None:
            raise PartMissing(f"the shop has no {port} for the dependency “{name}”")
        return provider


def needed_dependencies(handler: Any) -> tuple[dict[str, Provide], dict[str, Any]]:
    """What the handler and its dependencies need, by name.

    First what a layer of the handler provides, then the types of what none provides.
    """
    layered: dict[str, Provide] = {}
    for layer in handler.ownership_layers:
        layered |= layer.dependencies or {}
    provided: dict[str, Provide] = {}
    missing: dict[str, Any] = {}
    functions = [handler.fn]
    while functions:
        for name, port in _injected_parameters(functions.pop()):
            if name not in layered:
                missing[name] = port
            elif name not in provided:
                provided[name] = layered[name]
                functions.append(layered[name].dependency)
    return provided, missing


def _handlers_of(route: Any) -> Iterable[Any]:
    return getattr(route, "route_handlers", None) or [route.route_handler]


@cache
def _injected_parameters(function: Any) -> tuple[tuple[str, Any], ...]:
    arguments = (
        (name, get_args(parameter.annotation) or (None,))
        for name, parameter in signature(function).parameters.items()
    )
    return tuple(
        (name, port)
        for name, (port, *markers) in arguments
        if any(isinstance(marker, Dependency) for marker in markers)
    )
