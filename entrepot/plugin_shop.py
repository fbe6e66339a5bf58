"""`PluginContext.shop` of one plugin: checks the capability of each property."""

from collections.abc import Collection
from typing import TypeVar

from adapters.plugins.shop.calls import ShopCalls
from adapters.plugins.shop.events import ForwardedEvents
from adapters.plugins.shop.forwarding import forwarding
from adapters.plugins.shop.link import ShopLink
from adapters.plugins.shop.tables import CalledTables
from entrepot.hookspecs import Capability
from ports.plugin_shop.accounts import ShopAccounts
from ports.plugin_shop.catalogue import ShopCatalogue
from ports.plugin_shop.customers import ShopCustomers
from ports.plugin_shop.errors import CapabilityMissing
from ports.plugin_shop.events import ShopEvents
from ports.plugin_shop.fields import ShopFields
from ports.plugin_shop.order_actions import ShopOrderActions
from ports.plugin_shop.orders import ShopOrders
from ports.plugin_shop.refunds import ShopRefunds
from ports.plugin_shop.tables import ShopTables

T = TypeVar("T")


class DeclaredShop:
    """The parts of the shop that the manifest of a plugin declares."""

    def __init__(self, plugin: str, capabilities: Collection[Capability], link: ShopLink) -> None:
        self._capabilities = frozenset(capabilities)
        self._calls = ShopCalls(plugin, link)
        self._tables = CalledTables(self._calls)

    @property
    def orders(self) -> ShopOrders:
        return self._part("orders", Capability.ORDERS_READ, ShopOrders)

    @property
    def order_actions(self) -> ShopOrderActions:
        return self._part("order_actions", Capability.ORDERS_ACT, ShopOrderActions)

    @property
    def refunds(self) -> ShopRefunds:
        return self._part("refunds", Capability.REFUNDS, ShopRefunds)

    @property
    def accounts(self) -> ShopAccounts:
        return self._part("accounts", Capability.ACCOUNTS, ShopAccounts)

    @property
    def catalogue(self) -> ShopCatalogue:
        return self._part("catalogue", Capability.CATALOGUE_READ, ShopCatalogue)

    @property
    def customers(self) -> ShopCustomers:
        return self._part("customers", Capability.CUSTOMERS_READ, ShopCustomers)

    @property
    def fields(self) -> ShopFields:
        return self._part("fields", Capability.FIELDS, ShopFields)

    @property
    def tables(self) -> ShopTables:
        self._check("tables", Capability.TABLES)
        return self._tables

    @property
    def events(self) -> ShopEvents:
        self._check("events", Capability.EVENTS)
        return ForwardedEvents(self._calls)

    def _part(self, name: str, capability: Capability, port: type[T]) -> T:
        self._check(name, capability)
        return forwarding(port, self._calls, name)

    def _check(self, name: str, capability: Capability) -> None:
        """Raises `CapabilityMissing`."""
        if capability not in self._capabilities:
            raise CapabilityMissing(name, capability)
