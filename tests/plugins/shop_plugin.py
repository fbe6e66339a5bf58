"""A plugin that keeps `PluginContext.shop`, and runs what a test asks for in its own thread."""

import sys
from collections.abc import Awaitable, Callable
from importlib.metadata import EntryPoint
from typing import Any, Protocol

from entrepot import PluginContext
from entrepot.assembly.shop import Shop

NAME = "helper"
SOURCE = """
from litestar import get
from litestar.params import FromPath
from entrepot import Capability, Manifest, hookimpl

manifest = Manifest(
    name="{name}", version="1", api=">=1,<2", capabilities=frozenset({capabilities})
)
KEPT = []


@get("/{name}/{{number:str}}")
async def state_of(number: FromPath[str]) -> str:
    return (await KEPT[-1].shop.orders.by_number(number)).state


@hookimpl
def entrepot_carriers(context):
    KEPT.append(context)
    {body}
    return []


@hookimpl
def entrepot_routes(context):
    return [state_of]
"""


class Write(Protocol):
    def __call__(
        self, name: str, *, capabilities: str = "Capability", body: str = "pass"
    ) -> EntryPoint: ...


def source_of(name: str, *, capabilities: str = "Capability", body: str = "pass") -> str:
    return SOURCE.format(name=name, capabilities=capabilities, body=body)


def kept(name: str) -> PluginContext:
    """The context that the plugin got in its hook."""
    context: PluginContext = sys.modules[name].KEPT[-1]
    return context


async def in_plugin(
    shop: Shop, work: Callable[[Any], Awaitable[Any]], name: str = NAME, **limits: Any
) -> Any:
    """Run ``work`` with `PluginContext.shop` in the thread of the plugin, as the shop calls it.

    Returns its answer, or the error that it raised there.
    """
    assert name in shop.plugins().loaded
    context, raised = kept(name), []

    async def guarded() -> Any:
        try:
            return await work(context.shop)
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            raised.append(error)

    answer = await shop.plugin_guards().of(name).call(guarded, lambda each: each, **limits)
    return raised[0] if raised else answer
