"""The adapters behind `PluginContext.shop`, by the names of its properties."""

from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from typing import Any

from adapters.plugins.shop.customers import PluginCustomers
from adapters.plugins.shop.fields import PluginFields
from adapters.plugins.shop.order_actions import PluginOrderActions
from adapters.plugins.shop.orders import PluginOrders
from adapters.plugins.shop.refunds import PluginRefunds


@dataclass(frozen=True, slots=True)
class ShopAdapters:
    """Each field has the name of a property of `ports.plugin_shop.shop.PluginShop`."""

    orders: PluginOrders
    order_actions: PluginOrderActions
    refunds: PluginRefunds
    customers: PluginCustomers
    fields: PluginFields

    def __call__(self, name: str, plugin: str) -> Any:
        """The adapter of a property. One with a field ``plugin`` gets the name of the plugin."""
        adapter: Any = getattr(self, name)
        is_own = any(each.name == "plugin" for each in fields_of(adapter))
        return replace(adapter, plugin=plugin) if is_own else adapter
