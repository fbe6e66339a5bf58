"""Wiring by type: a part gets its arguments by the types of its parameters.

A context is a container that builds on other contexts. `bound` and `made` declare its parts.
`wired` finds the arguments of each part while the module is imported. A part is created at its
first use.
"""

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, signature
from typing import Any, TypeVar

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Provider

from entrepot.assembly.parts import Part, name_of, port_of

T = TypeVar("T")
Context = TypeVar("Context", bound=type[DeclarativeContainer])
NAMED = {Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY}


class WiringError(Exception):
    """The parts do not fit together. The message has one line for each reason."""


def bound(port: type[T], adapter: Callable[..., T], **given: Any) -> Part[T]:
    """A part with the type ``port`` that ``adapter`` creates.

    ``given`` are arguments, as parts or values. All other arguments are found by their types.
    """
    return _part(port, adapter, given)


def optional(port: type[T], adapter: Callable[..., T | None], **given: Any) -> Part[T | None]:
    """Like `bound`, with the type ``port | None``: the adapter may return None."""
    return _part(port | None, adapter, given)


def made(kind: type[T], **given: Any) -> Part[T]:
    """A part of the class ``kind``, such as a use case."""
    return _part(kind, kind, given)


def constant(port: type[T], value: T) -> Part[T]:
    """A part that is ``value`` itself, such as a function that implements ``port``."""
    return _part(port, lambda: value, {})


def wired(context: Context) -> Context:
    """Find the arguments of every part in this context and in those that it builds on.

    Raises:
        WiringError: no part has a needed type, two parts have the same type, or two contexts
            have different parts with the same name.
    """
    problems = [*_clashing_names(context), *_clashing_ports(context)]
    by_port = {port_of(part): part for part in context.providers.values()}
    for part in context.cls_providers.values():
        if isinstance(part, Part):
            problems += _wire(part, by_port, context.__name__)
    if problems:
        raise WiringError("\n".join(problems))
    return context


def _part(port: Any, factory: Callable[..., Any], given: Mapping[str, Any]) -> Part[Any]:
    part: Part[Any] = Part(factory, **given)
    part.port = port
    return part


def _wire(part: Part[Any], by_port: Mapping[Any, Provider[Any]], context: str) -> Iterator[str]:
    """Add the arguments of a part. Yields a message for each argument that is missing."""
    factory: Any = part.provides
    needed = {
        name: parameter
        for name, parameter in signature(factory, eval_str=True).parameters.items()
        if parameter.kind in NAMED
    }
    for name in part.kwargs.keys() - needed.keys():
        yield f"{name_of(factory)}.{name}: there is no such parameter"
    for name in needed.keys() - part.kwargs.keys():
        argument = by_port.get(needed[name].annotation)
        if argument is not None:
            part.add_kwargs(**{name: argument})
        elif needed[name].default is Parameter.empty:
            port = name_of(needed[name].annotation)
            yield f"{name_of(factory)}.{name}: nothing provides {port} in {context}"


def _clashing_ports(context: type[DeclarativeContainer]) -> Iterator[str]:
    first: dict[Any, str] = {}
    for name, part in context.providers.items():
        other = first.setdefault(port_of(part), name)
        if other != name:
            port = name_of(port_of(part))
            yield f"{context.__name__}: {other} and {name} both provide {port}"


def _clashing_names(context: type[DeclarativeContainer]) -> Iterator[str]:
    for base in context.__mro__:
        for name, part in getattr(base, "providers", {}).items():
            if context.providers[name] is not part:
                yield f"{context.__name__}: {base.__name__} has another part called {name}"
