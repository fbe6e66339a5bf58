"""The parts of the shop that plugins read and change by `PluginContext.shop`."""

from adapters.plugins.shop.accounts import PluginAccounts, PluginLedger
from adapters.plugins.shop.acts import PluginActs
from adapters.plugins.shop.adapters import ShopAdapters
from adapters.plugins.shop.catalogue import PluginCatalogue
from adapters.plugins.shop.customers import PluginCustomers
from adapters.plugins.shop.events import PluginEvents
from adapters.plugins.shop.fields import PluginFields
from adapters.plugins.shop.order_actions import PluginOrderActions
from adapters.plugins.shop.orders import PluginOrders
from adapters.plugins.shop.refunds import PluginRefunds
from adapters.plugins.shop.tables import PluginTableStatements
from core.application.fields.plugin_values import ReadPluginFields, WritePluginFields
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.events import EventParts
from entrepot.assembly.fulfillment import FulfillmentParts
from entrepot.assembly.ledger import LedgerParts
from entrepot.assembly.plugin_tables import PluginTableParts
from entrepot.assembly.wiring import bound, made, wired
from ports.plugin_shop.accounts import ShopAccounts
from ports.plugin_shop.catalogue import ShopCatalogue
from ports.plugin_shop.customers import ShopCustomers
from ports.plugin_shop.fields import ShopFields
from ports.plugin_shop.order_actions import ShopOrderActions
from ports.plugin_shop.orders import ShopOrders
from ports.plugin_shop.refunds import ShopRefunds


@wired
class PluginShopParts(EventParts, FulfillmentParts, LedgerParts, CustomerParts, PluginTableParts):
    plugin_acts = made(PluginActs)
    plugin_orders = bound(ShopOrders, PluginOrders)
    plugin_order_actions = bound(ShopOrderActions, PluginOrderActions)
    plugin_refunds = bound(ShopRefunds, PluginRefunds)
    plugin_ledger = made(PluginLedger)
    plugin_accounts = bound(ShopAccounts, PluginAccounts)
    plugin_catalogue = bound(ShopCatalogue, PluginCatalogue)
    plugin_customers = bound(ShopCustomers, PluginCustomers)
    plugin_events = made(PluginEvents)
    plugin_table_statements = made(PluginTableStatements)
    read_plugin_fields = made(ReadPluginFields)
    write_plugin_fields = made(WritePluginFields)
    plugin_fields = bound(ShopFields, PluginFields)
    shop_adapters = made(ShopAdapters)
