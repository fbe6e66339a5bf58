"""Objects that a plugin calls: each method runs in the shop, with copies of the arguments."""

from collections.abc import Awaitable, Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.shop.arguments import copied
from adapters.plugins.shop.calls import ShopCalls
from core.domain.errors import Invalid

T = TypeVar("T")


def forwarding(port: type[T], calls: ShopCalls, name: str) -> T:
    """An object with the methods of ``port``. Each calls the adapter of the property ``name``."""
    methods = {method: _method(method, name) for method in _methods_of(port)}
    kind = type(
        port.__name__, (_Forwarding,), {"__doc__": port.__doc__, "__slots__": (), **methods}
    )
    return cast("T", kind(calls))


class _Forwarding:
    __slots__ = ("_calls",)

    def __init__(self, calls: ShopCalls) -> None:
        self._calls = calls


def _methods_of(port: type[Any]) -> Iterator[str]:
    for name, member in vars(port).items():
        if iscoroutinefunction(member) and not name.startswith("_"):
            yield name


def _method(method: str, name: str) -> Callable[..., Awaitable[Any]]:
    async def forward(self: _Forwarding, *arguments: Any, **named: Any) -> Any:
        try:
            mine = [copied(each) for each in arguments]
            my_named = {key: copied(each) for key, each in named.items()}
        except WrongAnswer as error:
            raise Invalid(method, "{problem}", problem=str(error)) from error
        return await self._calls.run(
            name, lambda adapter: getattr(adapter, method)(*mine, **my_named)
        )

    forward.__name__ = method
    return forward
