"""What a plugin can tell the shop, once, while it starts.

A hook registers objects that implement a port; it is never called while a request is
answered. Every hook is optional. Each plugin is asked for itself, so that one that
raises costs only itself.
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
"""The version of this contract: plugins declare the range that they support."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Capability(StrEnum):
    """What a plugin may do; a hook without its capability refuses the plugin."""

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
    """Who a plugin is. Every plugin module has one, called ``manifest``.

    ``name`` is the name of its entry point. ``api`` is a range such as ``>=1,<2``.
    ``settings`` is a pydantic-settings class; it is made from the environment, and a
    value that is missing refuses the plugin. ``personal_data`` says, for people, what
    the plugin keeps about a person; empty means nothing. ``recipient`` is to whom it sends
    personal data, such as an address or what was ordered; None if to nobody.
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
    """What the shop tells a plugin. ``data`` is a folder of the plugin's own.

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
    """Hears of events in batches, each at least once."""

    async def hear(self, events: Sequence[Event]) -> None:
        """Take note. It must be idempotent; raising `Unavailable` brings the batch again."""


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
        """Search indexes; the shop asks the first, and its database behind it. Needs ``search``."""

    @hookspec
    def entrepot_subscribers(self, context: PluginContext) -> Sequence[EventSubscriber]:  # type: ignore[empty-body]
        """Whoever wants to know what happened, at least once. Needs ``events``."""

    @hookspec
    def entrepot_record_keepers(self, context: PluginContext) -> Sequence[RecordKeeper]:  # type: ignore[empty-body]
        """Who answers for the records about people that the plugin keeps. Needs ``records``."""

    @hookspec
    def entrepot_keyring_locks(self, context: PluginContext) -> Sequence[KeyringLock]:  # type: ignore[empty-body]
        """Who keeps the keyring locked; the shop uses the first. Needs ``keys``."""

    @hookspec
    def entrepot_routes(self, context: PluginContext) -> Sequence[Any]:  # type: ignore[empty-body]
        """Litestar route handlers and routers, served as they are. Needs ``routes``."""
