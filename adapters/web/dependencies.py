"""What the shop's own handlers are given: parts of the shop, found by their types."""

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
"""A dependency with the name of the parameter. Litestar does not validate its value."""

FindPart = Callable[[Any], Callable[[], Any] | None]
"""The provider of a type; None if the shop has no such part."""


class PartMissing(Exception):
    """A handler asks for what the shop does not have, or one name stands for two types."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """``values`` are those of the web app itself, by name."""

    find_part: FindPart
    values: Mapping[str, Any]

    def given_to(self, handler: Router | BaseRouteHandler) -> Router:
        """A router that hands over what ``handler`` asks for, and nothing else.

        Litestar compares every dependency with every other one for each handler.
        """
        asked: dict[str, Any] = {}
        for name, port in asked_for(Router("/", route_handlers=[handler])):
            if asked.setdefault(name, port) != port:
                raise PartMissing(f"“{name}” is asked for as {asked[name]} and as {port}")
        return Router(
            "/",
            route_handlers=[handler],
            dependencies={
                name: Provide(self._provider(name, port), sync_to_thread=False)
                for name, port in asked.items()
            },
        )

    def _provider(self, name: str, port: Any) -> Callable[[], Any]:
        if name in self.values:
            value = self.values[name]
            return lambda: value
        provider = self.find_part(port)
        if provider is None:
            raise PartMissing(f"“{name}”: the shop has no {port}")
        return lambda: provider()  # noqa: PLW0108 -- Litestar wants a function


def asked_for(router: Router) -> Iterator[tuple[str, Any]]:
    """Name and type of all that its handlers, and what they depend on, leave to others."""
    for handler in (each for route in router.routes for each in _handlers_of(route)):
        provided: dict[str, Provide] = {}
        for layer in handler.ownership_layers:
            provided |= layer.dependencies or {}
        for function in (handler.fn, *(each.dependency for each in provided.values())):
            yield from (need for need in _named(function) if need[0] not in provided)


def _handlers_of(route: Any) -> Iterable[Any]:
    return getattr(route, "route_handlers", None) or [route.route_handler]


def _named(function: Any) -> Iterator[tuple[str, Any]]:
    for name, parameter in signature(function).parameters.items():
        port, *marks = get_args(parameter.annotation) or (None,)
        if any(isinstance(mark, Dependency) for mark in marks):
            yield name, port
