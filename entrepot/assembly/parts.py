"""A part of the shop: one object that is found by its type."""

from types import NoneType, UnionType
from typing import Any, TypeVar, get_args

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Provider, Singleton

T = TypeVar("T")


class Part(Singleton[T]):
    """One object of the shop with the type ``port``. It is created at its first use."""

    port: Any = None

    def __deepcopy__(self, memo: dict[Any, Any] | None) -> "Part[T]":
        copied: Part[T] = super().__deepcopy__(memo)  # type: ignore[assignment]
        copied.port = self.port
        return copied


def provider_of(shop: DeclarativeContainer, port: Any) -> Provider[Any] | None:
    """The part of an opened shop with the type ``port``, or None."""
    return next((part for part in shop.providers.values() if port_of(part) == port), None)


def port_of(part: Provider[Any]) -> Any:
    """The type by which a part is found."""
    return part.instance_of if isinstance(part, Dependency) else getattr(part, "port", part)


def name_of(port: Any) -> str:
    if isinstance(port, UnionType):
        return " | ".join("None" if each is NoneType else name_of(each) for each in port.__args__)
    return str(port) if get_args(port) else str(getattr(port, "__name__", port))
