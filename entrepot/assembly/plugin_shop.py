"""The parts of the shop that plugins read and change by `PluginContext.shop`."""

from adapters.plugins.shop.acts import PluginActs
from adapters.plugins.shop.adapters import ShopAdapters
from adapters.plugins.shop.customers import PluginCustomers
from adapters.plugins.shop.order_actions import PluginOrderActions
from adapters.plugins.shop.orders import PluginOrders
from adapters.plugins.shop.refunds import PluginRefunds
from adapters.plugins.shop.tables import PluginTableStatements
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.events import EventParts
from entrepot.assembly.fulfillment import FulfillmentParts
from entrepot.assembly.plugin_tables import PluginTableParts
from entrepot.assembly.wiring import made, wired


@wired
class PluginShopParts(EventParts, FulfillmentParts, CustomerParts, PluginTableParts):
    plugin_acts = made(PluginActs)
    plugin_orders = made(PluginOrders)
    plugin_order_actions = made(PluginOrderActions)
    plugin_refunds = made(PluginRefunds)
    plugin_customers = made(PluginCustomers)
    plugin_table_statements = made(PluginTableStatements)
    shop_adapters = made(ShopAdapters)
