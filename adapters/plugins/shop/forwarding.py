"""Objects that a plugin calls: each method runs in the shop, with copies of the arguments."""

from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from inspect import Signature, iscoroutinefunction, signature
from typing import Any, TypeVar, cast, get_type_hints

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.shop.arguments import check_type, copied, wrong_argument
from adapters.plugins.shop.calls import ShopCalls

T = TypeVar("T")


def forwarding(port: type[T], calls: ShopCalls, name: str) -> T:
    """An object with the methods of ``port``. Each calls the adapter of the property ``name``.

    An argument that is not what the method declares raises `Invalid` in the plugin.
    """
    return cast("T", _class_of(cast("Any", port), name)(calls))


class _Forwarding:
    __slots__ = ("_calls",)

    def __init__(self, calls: ShopCalls) -> None:
        self._calls = calls


@cache
def _class_of(port: type[Any], name: str) -> type[_Forwarding]:
    methods = {method: _method(vars(port)[method], name) for method in _methods_of(port)}
    return type(
        port.__name__, (_Forwarding,), {"__doc__": port.__doc__, "__slots__": (), **methods}
    )


def _methods_of(port: type[Any]) -> Iterator[str]:
    for name, member in vars(port).items():
        if iscoroutinefunction(member) and not name.startswith("_"):
            yield name


def _method(declared: Callable[..., Any], name: str) -> Callable[..., Awaitable[Any]]:
    parameters, types = signature(declared), get_type_hints(declared)
    method = declared.__name__

    async def forward(self: _Forwarding, *arguments: Any, **named: Any) -> Any:
        mine = _arguments(parameters, types, (self, *arguments), named)
        return await self._calls.run(name, lambda adapter: getattr(adapter, method)(**mine))

    forward.__name__, forward.__doc__ = method, declared.__doc__
    return forward


def _arguments(
    parameters: Signature, types: dict[str, Any], given: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any]:
    """Raises `Invalid`, or `TypeError` as Python does for a wrong number of arguments."""
    bound = parameters.bind(*given, **named).arguments
    bound.pop("self")
    mine: dict[str, Any] = {}
    for parameter, value in bound.items():
        try:
            mine[parameter] = copied(value)
            check_type(mine[parameter], types[parameter], parameter)
        except WrongAnswer as error:
            raise wrong_argument(parameter, error) from error
    return mine
