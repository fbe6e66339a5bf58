"""The adapters behind `PluginContext.shop`, by the names of its properties."""

from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from typing import Any

from adapters.plugins.shop.events import PluginEvents
from adapters.plugins.shop.tables import PluginTableStatements
from ports.plugin_shop.accounts import ShopAccounts
from ports.plugin_shop.catalogue import ShopCatalogue
from ports.plugin_shop.customers import ShopCustomers
from ports.plugin_shop.fields import ShopFields
from ports.plugin_shop.order_actions import ShopOrderActions
from ports.plugin_shop.orders import ShopOrders
from ports.plugin_shop.refunds import ShopRefunds


@dataclass(frozen=True, slots=True)
class ShopAdapters:
    """Each field has the name of a property of `ports.plugin_shop.shop.PluginShop`."""

    orders: ShopOrders
    order_actions: ShopOrderActions
    refunds: ShopRefunds
    accounts: ShopAccounts
    catalogue: ShopCatalogue
    customers: ShopCustomers
    events: PluginEvents
    tables: PluginTableStatements
    fields: ShopFields

    def __call__(self, name: str, plugin: str) -> Any:
        """The adapter of a property. One with a field ``plugin`` gets the name of the plugin."""
        adapter: Any = getattr(self, name)
        is_own = any(each.name == "plugin" for each in fields_of(adapter))
        return replace(adapter, plugin=plugin) if is_own else adapter
