"""The parts of the shop that plugins read and change by `PluginContext.shop`."""

from adapters.plugins.shop.acts import PluginActs
from adapters.plugins.shop.adapters import ShopAdapters
from adapters.plugins.shop.customers import PluginCustomers
from adapters.plugins.shop.fields import PluginFields
from adapters.plugins.shop.order_actions import PluginOrderActions
from adapters.plugins.shop.orders import PluginOrders
from adapters.plugins.shop.refunds import PluginRefunds
from core.application.fields.plugin_values import ReadPluginFields, WritePluginFields
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.events import EventParts
from entrepot.assembly.fulfillment import FulfillmentParts
from entrepot.assembly.wiring import made, wired


@wired
class PluginShopParts(EventParts, FulfillmentParts, CustomerParts):
    plugin_acts = made(PluginActs)
    plugin_orders = made(PluginOrders)
    plugin_order_actions = made(PluginOrderActions)
    plugin_refunds = made(PluginRefunds)
    plugin_customers = made(PluginCustomers)
    read_plugin_fields = made(ReadPluginFields)
    write_plugin_fields = made(WritePluginFields)
    plugin_fields = made(PluginFields)
    shop_adapters = made(ShopAdapters)
