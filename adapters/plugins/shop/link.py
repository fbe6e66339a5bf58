"""The connection from the plugins to the parts of the shop, which exist later than the plugins."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ports.plugin_shop.errors import ShopNotReady

SHOP_LOOP: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar("shop loop", default=None)
"""The loop that called the plugin. The plugin guard sets it in the context of each call."""

FINISH_SECONDS = 5.0

AdapterOf = Callable[[str, str], Any]
"""Takes the name of a property and that of a plugin."""


class ShopLink:
    """Finds the adapters of the shop by the name of a property of `PluginShop`.

    The plugins are loaded before the other parts of the shop: `open` connects them.
    """

    def __init__(self) -> None:
        self._adapters: Callable[[], AdapterOf] | None = None
        self._running: set[asyncio.Task[Any]] = set()

    def open(self, adapters: Callable[[], AdapterOf]) -> None:
        """``adapters`` is called at the first use."""
        self._adapters = adapters

    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of the shop. Raises `ShopNotReady` outside of a call of the shop."""
        loop = SHOP_LOOP.get()
        if loop is None or loop.is_closed() or self._adapters is None:
            raise ShopNotReady
        return loop

    def adapter(self, name: str, plugin: str) -> Any:
        """Call it on the loop of the shop. Raises `ShopNotReady` after the shop is closed."""
        if self._adapters is None:
            raise ShopNotReady
        return self._adapters()(name, plugin)

    def keep(self, task: "asyncio.Task[Any]") -> None:
        """Keep a reference to a running call, so that it is neither lost nor cut off."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def aclose(self) -> None:
        """Refuse further calls, and let the running ones finish within five seconds."""
        self._adapters = None
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=FINISH_SECONDS)
            for task in late:
                task.cancel()
