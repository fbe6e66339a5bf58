"""The complete shop, and the functions that open, prepare and close it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NewType, TypeVar

from adapters.keys.vault import Vault
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import Purpose
from adapters.plugins.shop.link import ShopLink
from adapters.webhooks.sender import WebhookSender
from entrepot.assembly.blocks import BlockParts
from entrepot.assembly.jobs import JobParts
from entrepot.assembly.plugin_enquiries import HOOKS
from entrepot.assembly.plugin_loading import required_plugins
from entrepot.assembly.returns import ReturnParts
from entrepot.assembly.staff import StaffParts
from entrepot.assembly.stock import StockParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.demo.campaigns import SeedCampaigns
from entrepot.demo.seed import SeedDemo
from entrepot.demo.trades import SandboxTrades
from entrepot.plugin_contract import ADMIN_PAGES, JOBS, PAGES, ROUTES, SLOTS
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings

Closers = NewType("Closers", Sequence[Callable[[], Awaitable[object]]])
PURPOSES = {
    ADMIN_PAGES: Purpose.PAGES,
    JOBS: Purpose.JOBS,
    PAGES: Purpose.PAGES,
    ROUTES: Purpose.ROUTES,
    SLOTS: Purpose.SLOTS,
    **dict.fromkeys(HOOKS, Purpose.ENQUIRIES),
}
"""Objects are closed on the loop that used them."""


def closers_of(
    plugins: PluginManager,
    plugin_guards: PluginGuards,
    shop_link: ShopLink,
    sender: WebhookSender,
    vault: Vault,
) -> Closers:
    """The functions that release resources at shutdown. `close_shop` closes the database last."""
    of_plugins = [
        partial(plugin_guards.of(name, PURPOSES.get(hook, Purpose.CALLS)).aclose, each)
        for name, plugin in plugins.loaded.items()
        for hook, registered in plugin.registered.items()
        for each in registered
    ]
    return Closers(
        [shop_link.aclose, sender.aclose, vault.close, *of_plugins, plugin_guards.aclose]
    )


def sandbox_trades_of(settings: Settings) -> SandboxTrades:
    return SandboxTrades(settings.data_dir, settings.base_url)


@wired
class Shop(BlockParts, JobParts, ReturnParts, StaffParts, StockParts):
    sandbox_trades = bound(SandboxTrades, sandbox_trades_of)
    seed_campaigns = made(SeedCampaigns)
    seed_demo = made(SeedDemo)
    closers = bound(Closers, closers_of)


def open_shop(settings: Settings | None = None) -> Shop:
    """A shop for these settings, or for those of the environment. It opens no files yet."""
    return connected(Shop(), settings)


AnyShop = TypeVar("AnyShop", bound=Shop)


def connected(shop: AnyShop, settings: Settings | None) -> AnyShop:
    """Give a shop its settings, and its plugins the way to its parts."""
    shop.settings.override(settings or Settings.model_validate({}))
    shop.shop_link().open(shop.shop_adapters)
    return shop


async def prepare_shop(shop: Shop) -> None:
    """Load keys and replay tombstones. Call it before a process uses personal data.

    Raises:
        RequiredPluginMissing: the tables of a required plugin are not current.
    """
    shop.plugins().require(sorted(required_plugins(shop.settings())))
    await shop.vault().prepare()
    await shop.note_plugin_tables()()
    await shop.register_data_providers()()
    await shop.remember_fields()()
    await shop.replay_tombstones()()


async def close_shop(shop: Shop) -> None:
    for close in shop.closers():
        await close()
    await shop.database().close()
