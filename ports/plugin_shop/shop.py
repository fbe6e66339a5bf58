"""The shop as a plugin sees it."""

from typing import Protocol

from ports.plugin_shop.accounts import ShopAccounts
from ports.plugin_shop.catalogue import ShopCatalogue
from ports.plugin_shop.customers import ShopCustomers
from ports.plugin_shop.events import ShopEvents
from ports.plugin_shop.fields import ShopFields
from ports.plugin_shop.order_actions import ShopOrderActions
from ports.plugin_shop.orders import ShopOrders
from ports.plugin_shop.refunds import ShopRefunds
from ports.plugin_shop.tables import ShopTables


class PluginShop(Protocol):
    """What a plugin may read and do in the shop, each by a capability of its manifest.

    A property raises `CapabilityMissing` if the manifest does not declare its capability. A
    method runs on the loop of the shop and never blocks it. It raises the domain errors that its
    protocol names, `Unavailable` if nothing happened, `OutcomeUnknown` if it is unknown whether a
    change took effect, and `ShopNotReady` in a hook. A call that is cancelled ends the wait and
    not the change.
    """

    @property
    def orders(self) -> ShopOrders: ...
    @property
    def order_actions(self) -> ShopOrderActions: ...
    @property
    def refunds(self) -> ShopRefunds: ...
    @property
    def accounts(self) -> ShopAccounts: ...
    @property
    def catalogue(self) -> ShopCatalogue: ...
    @property
    def customers(self) -> ShopCustomers: ...
    @property
    def fields(self) -> ShopFields: ...
    @property
    def tables(self) -> ShopTables: ...
    @property
    def events(self) -> ShopEvents: ...
