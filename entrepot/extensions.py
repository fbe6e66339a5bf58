"""What plugins bring, behind their boundaries, and what stands in for it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adapters.database.audit.log import SqlAuditLog
from adapters.database.engine import Database
from adapters.database.search.database import DatabaseSearch
from adapters.keys.vault import Vault
from adapters.plugins.boundary import Boundary
from adapters.plugins.gateway import GuardedGateway
from adapters.plugins.ports import (
    GuardedRecommender,
    GuardedSearch,
    GuardedSubscriber,
    NoRecommender,
)
from adapters.search.dictionary import DictionarySegmentation
from adapters.webhooks.sender import WebhookSender
from core.application.gateways import Gateways
from core.application.recipients import Recipients
from core.application.relaying import (
    ClosePaidOrders,
    IndexProducts,
    Listener,
    Subscribers,
)
from core.domain.money import Money
from core.domain.privacy.policy import Policy
from core.domain.privacy.recipient import Recipient, Transfers
from core.domain.text import Text
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.clock import Clock
from ports.recommendation import Recommender
from ports.search import SearchIndex
from ports.shipping import Carrier, ShippingRate


class Boundaries:
    """One boundary per plugin, whatever it brings."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self.by_plugin: dict[str, Boundary] = {}

    def of(self, plugin: str) -> Boundary:
        return self.by_plugin.setdefault(plugin, Boundary(plugin, self._now))


def load_plugins(settings: Settings, policy: Policy, now: Clock) -> PluginManager:
    manager = PluginManager(
        data=settings.data_dir / "plugins",
        base_url=settings.base_url,
        currency=settings.currency,
        now=now,
        disabled=settings.plugins_disabled,
        transfers=Transfers(home=policy.home, paths=settings.transfers),
    )
    manager.load()
    manager.require(sorted(settings.plugins_required))
    return manager


def gateways_of(plugins: PluginManager, boundaries: Boundaries) -> Gateways:
    return Gateways(
        {
            gateway.code: GuardedGateway(gateway, boundaries.of(name))
            for name, gateway in plugins.brought("entrepot_gateways")
        }
    )


def recipients_of(plugins: PluginManager) -> Recipients:
    """To whom what is brought sends personal data."""

    def behind(hook: str) -> Iterator[tuple[Any, Recipient]]:
        for name, each in plugins.brought(hook):
            recipient = plugins.loaded[name].manifest.recipient
            if recipient is not None:
                yield each, recipient

    return Recipients(
        by_gateway={gateway.code: who for gateway, who in behind("entrepot_gateways")},
        quoting=tuple(who for _, who in behind("entrepot_carriers")),
    )


def guarded_carriers(
    plugins: PluginManager, boundaries: Boundaries
) -> list[tuple[Carrier, Boundary]]:
    return [
        (carrier, boundaries.of(name)) for name, carrier in plugins.brought("entrepot_carriers")
    ]


def fallback_rate(settings: Settings) -> ShippingRate:
    return ShippingRate(
        code="flat",
        name=Text({"zh": "普通快递", "en": "Standard shipping"}),
        price=Money(settings.fallback_shipping, settings.currency),
    )


def recommender_of(plugins: PluginManager, boundaries: Boundaries) -> Recommender:
    for name, recommender in plugins.brought("entrepot_recommenders"):
        return GuardedRecommender(recommender, boundaries.of(name))
    return NoRecommender()


def search_of(database: Database, plugins: PluginManager, boundaries: Boundaries) -> SearchIndex:
    own = DatabaseSearch(database, DictionarySegmentation())
    for name, index in plugins.brought("entrepot_search_indexes"):
        return GuardedSearch(index, own, boundaries.of(name))
    return own


def subscribers_of(
    plugins: PluginManager,
    boundaries: Boundaries,
    index: IndexProducts,
    close_paid: ClosePaidOrders,
    audit_log: SqlAuditLog,
) -> Subscribers:
    listeners = {
        "search": Listener(index),
        "payments": Listener(close_paid),
        "audit": Listener(audit_log),
    }
    for name, subscriber in plugins.brought("entrepot_subscribers"):
        guarded = GuardedSubscriber(subscriber.handle, boundaries.of(name))
        listeners[name] = Listener(guarded, lambda event: not event.internal)

    async def listening() -> dict[str, Listener]:
        return listeners

    return listening


def closers_of(plugins: PluginManager, sender: WebhookSender, vault: Vault) -> Sequence[Any]:
    """What wants to be closed when the shop stops."""
    brought: Iterable[Any] = (
        each
        for plugin in plugins.loaded.values()
        for own in plugin.brought.values()
        for each in own
    )
    return [sender.aclose, vault.close] + [
        close
        for each in brought
        if (close := getattr(each, "aclose", None) or getattr(each, "opt", {}).get("aclose"))
    ]
