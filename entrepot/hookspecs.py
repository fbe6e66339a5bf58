"""The hooks of a plugin, its manifest and its context.

A hook registers objects that implement a port. The shop calls it once, at start-up, and never
during a request. Every hook is optional. The shop calls the plugins one by one, so an exception
in one plugin does not affect the others.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pluggy

from core.domain.content.blocks import BlockKind
from core.domain.events import Event
from core.domain.fields.field import Field
from core.domain.permissions import Permission
from core.domain.pricing.promotions.presets import PromotionKind
from core.domain.privacy.recipient import Recipient
from ports.admin.pages import AdminPage
from ports.clock import Clock
from ports.content.pages import Page
from ports.content.slots import ListFill, SlotFill
from ports.fulfillment import Carrier
from ports.jobs import Job
from ports.keys import KeyringLock
from ports.order_guards import OrderGuard
from ports.payments.gateway import PaymentGateway
from ports.plugin_shop.shop import PluginShop
from ports.price_enquiries import Facts, PriceOffers
from ports.privacy.data_providers import PersonalDataProvider
from ports.recommendation import Recommender
from ports.search import SearchIndex
from ports.taxes import TaxEngine

PROJECT = "entrepot"
API_VERSION = "1.0"
"""The version of the plugin API. A manifest declares the supported range."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin module as the implementation of the hook of its name."""


class Capability(StrEnum):
    """A permission to use a hook, or a property of `PluginContext.shop`.

    The shop refuses a plugin that lacks the capability of a hook. A property without its
    capability raises `CapabilityMissing`.
    """

    PAYMENT = "payment"
    SHIPPING = "shipping"
    RECOMMENDATION = "recommendation"
    SEARCH = "search"
    EVENTS = "events"
    ROUTES = "routes"
    RECORDS = "records"
    KEYS = "keys"
    TAXES = "taxes"
    PAGES = "pages"
    JOBS = "jobs"
    COMMANDS = "commands"
    PRICES = "prices"
    ORDER_GUARDS = "order_guards"
    FIELDS = "fields"
    ORDERS_READ = "orders.read"
    ORDERS_ACT = "orders.act"
    REFUNDS = "refunds"
    ACCOUNTS = "accounts"
    CATALOGUE_READ = "catalogue.read"
    CUSTOMERS_READ = "customers.read"
    ADMIN_PAGES = "admin_pages"
    TABLES = "tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of a plugin. A plugin module has one, with the name ``manifest``.

    ``name`` is the name of the entry point. ``api`` is a range such as ``>=1,<2``.
    ``settings`` is a pydantic-settings class. The shop creates it from the environment, from
    what operators saved and from its defaults, in this order, and refuses the plugin if a value
    is missing. With ``live_settings`` the plugin reads `PluginContext.current_settings` in each
    call, and gets new settings without a restart. ``personal_data`` describes, for people, the
    personal data that the plugin stores; empty means none. ``recipient`` is the party to which
    the plugin sends personal data, or None. ``permissions`` are those of the plugin's own pages;
    no role has them until it is given them. ``requires`` has the plugins that must be loaded
    before, by name, each with a range of versions. ``uninstall`` says, for people, what stays
    and what goes when the plugin is uninstalled, beside its tables.

    ``files`` is the folder of the plugin that has the folders ``templates`` and ``static``, usually
    ``Path(__file__).parent``. ``csp`` has the https origins that the pages and slots of the plugin
    need, by directive: ``img-src``, ``frame-src`` or ``connect-src``.
    """

    name: str
    version: str
    api: str
    capabilities: frozenset[Capability]
    settings: type[Any] | None = None
    live_settings: bool = False
    personal_data: Mapping[str, str] = field(default_factory=dict)
    recipient: Recipient | None = None
    permissions: tuple[Permission, ...] = ()
    requires: Mapping[str, str] = field(default_factory=dict)
    uninstall: str = ""
    files: Path | None = None
    csp: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContext:
    """The argument of each hook. ``data`` is the folder of the plugin; it may not exist yet.

    ``base_url`` is the public address of the shop without a final slash. ``currency`` is an
    ISO 4217 code. ``settings`` is an instance of the settings class of the manifest.
    ``allow_simulated_payments`` is true in a demo: a gateway can be simulated. ``shop`` reads and
    changes the shop. A hook can keep it; it answers from the first call of the plugin.
    `current_settings` returns ``settings``, or newer ones if the manifest has ``live_settings``.
    """

    settings: Any
    current_settings: Callable[[], Any]
    shop: PluginShop
    data: Path
    base_url: str
    currency: str
    now: Clock
    allow_simulated_payments: bool = False


@runtime_checkable
class EventSubscriber(Protocol):
    """Handles events in batches. Delivery is at least once."""

    async def handle(self, events: Sequence[Event]) -> None:
        """Handle a batch. It must be idempotent. After `Unavailable` the batch is sent again."""


@runtime_checkable
class EventListener(Protocol):
    """Handles the events of some types, one by one. Delivery is at least once.

    ``name`` is unique in the plugin and never changes: deliveries wait under it. ``events`` are
    classes of events, or types such as ``bonus.points.earned`` for those of another plugin.
    """

    @property
    def name(self) -> str: ...
    @property
    def events(self) -> Collection[type[Event] | str]: ...

    async def handle(self, event: Event, key: str) -> None:
        """Handle an event. It must be idempotent: pass ``key`` to what it changes in the shop.

        ``key`` is the same in every delivery of this event to this listener. After an error the
        event is delivered again, at most ten times in three days. Then the delivery is dead until
        staff revive it.
        """


class Hooks:
    """The hooks. A plugin implements those that it needs with `hookimpl`."""

    @hookspec
    def entrepot_gateways(self, context: PluginContext) -> Sequence[PaymentGateway]:  # type: ignore[empty-body]
        """Payment gateways, one per merchant account. Needs the capability ``payment``."""

    @hookspec
    def entrepot_carriers(self, context: PluginContext) -> Sequence[Carrier]:  # type: ignore[empty-body]
        """Carriers with rates, and optionally tracking. Needs ``shipping``."""

    @hookspec
    def entrepot_recommenders(self, context: PluginContext) -> Sequence[Recommender]:  # type: ignore[empty-body]
        """Recommenders; the shop uses one plugin's. Needs ``recommendation``."""

    @hookspec
    def entrepot_search_indexes(self, context: PluginContext) -> Sequence[SearchIndex]:  # type: ignore[empty-body]
        """Search indexes; the shop uses one plugin's, or its database. Needs ``search``."""

    @hookspec
    def entrepot_subscribers(self, context: PluginContext) -> Sequence[EventSubscriber]:  # type: ignore[empty-body]
        """Subscribers of events, with at-least-once delivery. Needs ``events``."""

    @hookspec
    def entrepot_listeners(self, context: PluginContext) -> Sequence[EventListener]:  # type: ignore[empty-body]
        """Listeners of single events, with idempotency keys. Needs ``events``."""

    @hookspec
    def entrepot_event_types(self, context: PluginContext) -> Sequence[type[Event]]:  # type: ignore[empty-body]
        """Classes of events that the plugin publishes. Needs ``events``.

        Each is a frozen dataclass that is derived from `Event`. Its ``plugin_type`` begins with
        the name of the plugin. Its fields are ids, whole numbers, times, booleans and short codes.
        """

    @hookspec
    def entrepot_personal_data_providers(  # type: ignore[empty-body]
        self, context: PluginContext
    ) -> Sequence[PersonalDataProvider]:
        """Personal-data providers of the plugin. Needs ``records``."""

    @hookspec
    def entrepot_keyring_locks(self, context: PluginContext) -> Sequence[KeyringLock]:  # type: ignore[empty-body]
        """Services that encrypt the keyring; the shop uses one plugin's. Needs ``keys``."""

    @hookspec
    def entrepot_tax_engines(self, context: PluginContext) -> Sequence[TaxEngine]:  # type: ignore[empty-body]
        """Tax engines; the shop uses one plugin's, or its own tax rates. Needs ``taxes``."""

    @hookspec
    def entrepot_slots(self, context: PluginContext) -> Sequence[SlotFill | ListFill]:  # type: ignore[empty-body]
        """Fills for slots of storefront pages. Needs ``pages``."""

    @hookspec
    def entrepot_pages(self, context: PluginContext) -> Sequence[Page]:  # type: ignore[empty-body]
        """Storefront pages. Needs ``pages``."""

    @hookspec
    def entrepot_blocks(self, context: PluginContext) -> Sequence[BlockKind]:  # type: ignore[empty-body]
        """Kinds of content blocks for the home page. Needs ``pages``."""

    @hookspec
    def entrepot_jobs(self, context: PluginContext) -> Sequence[Job]:  # type: ignore[empty-body]
        """Jobs that one worker at a time runs, at the times of their schedules. Needs ``jobs``."""

    @hookspec
    def entrepot_commands(self, context: PluginContext) -> Sequence[Any]:  # type: ignore[empty-body]
        """Click commands and groups, under ``entrepot PLUGIN``. Needs ``commands``."""

    @hookspec
    def entrepot_admin_pages(self, context: PluginContext) -> Sequence[AdminPage]:  # type: ignore[empty-body]
        """Pages of the back office, as data. Needs ``admin_pages``."""

    @hookspec
    def entrepot_tables(self, context: PluginContext) -> Sequence[Any]:  # type: ignore[empty-body]
        """One `entrepot.tables.PluginTables`, or none. Needs ``tables``."""

    @hookspec
    def entrepot_price_offers(self, context: PluginContext) -> Sequence[PriceOffers]:  # type: ignore[empty-body]
        """Prices for the lines of carts and for product pages. Needs ``prices``."""

    @hookspec
    def entrepot_facts(self, context: PluginContext) -> Sequence[Facts]:  # type: ignore[empty-body]
        """Facts for the conditions of promotions. Needs ``prices``."""

    @hookspec
    def entrepot_promotion_kinds(self, context: PluginContext) -> Sequence[PromotionKind]:  # type: ignore[empty-body]
        """Kinds of promotions that staff fill in. Needs ``prices``."""

    @hookspec
    def entrepot_order_guards(self, context: PluginContext) -> Sequence[OrderGuard]:  # type: ignore[empty-body]
        """Reviews of carts that change and of orders that are placed. Needs ``order_guards``."""

    @hookspec
    def entrepot_fields(self, context: PluginContext) -> Sequence[Field]:  # type: ignore[empty-body]
        """Typed fields of goods, categories, orders, lines and customers. Needs ``fields``."""

    @hookspec
    def entrepot_routes(self, context: PluginContext) -> Sequence[Any]:  # type: ignore[empty-body]
        """Litestar route handlers and routers. Needs ``routes``."""
