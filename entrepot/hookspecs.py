"""The hooks that a plugin can implement. The shop calls them once, at start-up.

A hook registers objects that implement a port; no hook is called during a request. Every
hook is optional. Each plugin is called separately: one that raises does not affect the
others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pluggy

from core.domain.events import Event
from core.domain.privacy.recipient import Recipient
from ports.clock import Clock
from ports.keys import KeyringLock
from ports.payment.gateway import PaymentGateway
from ports.privacy import RecordKeeper
from ports.recommendation import Recommender
from ports.search import SearchIndex
from ports.shipping import Carrier

PROJECT = "entrepot"
API_VERSION = "1.0"
"""The version of this contract; a plugin declares the range that it supports."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Capability(StrEnum):
    """What a plugin may do. A plugin that has a hook without its capability is refused."""

    PAYMENT = "payment"
    SHIPPING = "shipping"
    RECOMMENDATION = "recommendation"
    SEARCH = "search"
    EVENTS = "events"
    ROUTES = "routes"
    RECORDS = "records"
    KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of a plugin. Every plugin module has one, called ``manifest``.

    ``name`` is the name of its entry point. ``api`` is a range such as ``>=1,<2``.
    ``settings`` is a pydantic-settings class, filled from the environment; a missing value
    refuses the plugin. ``personal_data`` describes, for readers, what the plugin stores about
    a person; empty means nothing. ``recipient`` is the organisation that the plugin sends
    personal data to, such as an address or an order; None if it sends none.
    """

    name: str
    version: str
    api: str
    capabilities: frozenset[Capability]
    settings: type[Any] | None = None
    personal_data: Mapping[str, str] = field(default_factory=dict)
    recipient: Recipient | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContext:
    """What the shop passes to a plugin. ``data`` is a folder for this plugin alone.

    ``base_url`` is the shop's public address without a final slash, ``currency`` its ISO
    4217 code, ``settings`` an instance of the manifest's settings class.
    """

    settings: Any
    data: Path
    base_url: str
    currency: str
    now: Clock


@runtime_checkable
class EventSubscriber(Protocol):
    """Receives events in batches, each event at least once."""

    async def handle(self, events: Sequence[Event]) -> None:
        """Must be idempotent. A batch is delivered again after `Unavailable`."""


class Hooks:
    """The hooks; a plugin implements the ones it needs with `hookimpl`."""

    @hookspec
    def entrepot_gateways(self, context: PluginContext) -> Sequence[PaymentGateway]:  # type: ignore[empty-body]
        """Payment gateways, one per merchant account. Needs the capability ``payment``."""

    @hookspec
    def entrepot_carriers(self, context: PluginContext) -> Sequence[Carrier]:  # type: ignore[empty-body]
        """Carriers that quote rates, and may track parcels. Needs ``shipping``."""

    @hookspec
    def entrepot_recommenders(self, context: PluginContext) -> Sequence[Recommender]:  # type: ignore[empty-body]
        """Recommenders; the shop uses the first. Needs ``recommendation``."""

    @hookspec
    def entrepot_search_indexes(self, context: PluginContext) -> Sequence[SearchIndex]:  # type: ignore[empty-body]
        """Search indexes; the shop uses the first, then its database. Needs ``search``."""

    @hookspec
    def entrepot_subscribers(self, context: PluginContext) -> Sequence[EventSubscriber]:  # type: ignore[empty-body]
        """Subscribers to events, each delivered at least once. Needs ``events``."""

    @hookspec
    def entrepot_record_keepers(self, context: PluginContext) -> Sequence[RecordKeeper]:  # type: ignore[empty-body]
        """Export and erase the personal data that the plugin stores. Needs ``records``."""

    @hookspec
    def entrepot_keyring_locks(self, context: PluginContext) -> Sequence[KeyringLock]:  # type: ignore[empty-body]
        """Encrypt the keyring; the shop uses the first. Needs ``keys``."""

    @hookspec
    def entrepot_routes(self, context: PluginContext) -> Sequence[Any]:  # type: ignore[empty-body]
        """Litestar route handlers and routers, served unchanged. Needs ``routes``."""
