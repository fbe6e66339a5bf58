"""The complete shop, and the functions that open, prepare and close it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NewType

from adapters.keys.vault import Vault
from adapters.webhooks.sender import WebhookSender
from entrepot.assembly.jobs import JobParts
from entrepot.assembly.returns import ReturnParts
from entrepot.assembly.staff import StaffParts
from entrepot.assembly.stock import StockParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.demo.seed import SeedDemo
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings

Closers = NewType("Closers", Sequence[Callable[[], Awaitable[object]]])


def closers_of(plugins: PluginManager, sender: WebhookSender, vault: Vault) -> Closers:
    """The functions that release resources at shutdown. `close_shop` closes the database last."""
    objects: Iterable[Any] = (
        each
        for plugin in plugins.loaded.values()
        for registered in plugin.registered.values()
        for each in registered
    )
    of_plugins = [
        close
        for each in objects
        if (close := getattr(each, "aclose", None) or getattr(each, "opt", {}).get("aclose"))
    ]
    return Closers([sender.aclose, vault.close, *of_plugins])


@wired
class Shop(JobParts, ReturnParts, StaffParts, StockParts):
    seed_demo = made(SeedDemo)
    closers = bound(Closers, closers_of)


def open_shop(settings: Settings | None = None) -> Shop:
    """A shop for these settings, or for those of the environment. It opens no files yet."""
    shop = Shop()
    shop.settings.override(settings or Settings.model_validate({}))
    return shop


async def prepare_shop(shop: Shop) -> None:
    """Load keys and replay tombstones. Call it before a process uses personal data."""
    await shop.vault().prepare()
    await shop.register_data_providers()()
    await shop.replay_tombstones()()


async def close_shop(shop: Shop) -> None:
    for close in shop.closers():
        await close()
    await shop.database().close()
