"""The whole shop: every context, and what starts and stops it."""

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
    """What is closed when the shop stops, but for its database, which is the last."""
    brought: Iterable[Any] = (
        each
        for plugin in plugins.loaded.values()
        for own in plugin.brought.values()
        for each in own
    )
    closing = [
        close
        for each in brought
        if (close := getattr(each, "aclose", None) or getattr(each, "opt", {}).get("aclose"))
    ]
    return Closers([sender.aclose, vault.close, *closing])


@wired
class Shop(JobParts, ReturnParts, StaffParts, StockParts):
    seed_demo = made(SeedDemo)
    closers = bound(Closers, closers_of)


def open_shop(settings: Settings | None = None) -> Shop:
    """A shop for these settings, or for those of the environment. Nothing is opened yet."""
    shop = Shop()
    shop.settings.override(settings or Settings.model_validate({}))
    return shop


async def prepare_shop(shop: Shop) -> None:
    """What a process does before it works with personal data."""
    await shop.vault().prepare()
    await shop.register_data_providers()()
    await shop.replay_tombstones()()


async def close_shop(shop: Shop) -> None:
    for close in shop.closers():
        await close()
    await shop.database().close()
