"""The objects of plugins, each with its plugin guard, and their fallbacks."""

from collections.abc import Iterator
from typing import Any

from adapters.plugins.carriers import Carriers, Trackers
from adapters.plugins.gateway import GuardedGateway
from adapters.plugins.guard import PluginGuard
from core.application.payments.gateways import Gateways
from core.application.privacy.recipients import Recipients
from core.domain.money import Money
from core.domain.privacy.recipient import Recipient
from core.domain.text import Text
from entrepot.assembly.platform import Platform
from entrepot.assembly.plugin_loading import PluginGuards, ReportPlugins, load_plugins
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.fulfillment import Carrier, ShippingRate, TracksParcels
from ports.plugins import PluginReport


def gateways_of(plugins: PluginManager, plugin_guards: PluginGuards) -> Gateways:
    return Gateways(
        {
            gateway.code: GuardedGateway(gateway, plugin_guards.of(name))
            for name, gateway in plugins.registered("entrepot_gateways")
        }
    )


def recipients_of(plugins: PluginManager) -> Recipients:
    """The recipients of personal data, by gateway and by carrier."""

    def with_recipient(hook: str) -> Iterator[tuple[Any, Recipient]]:
        for name, each in plugins.registered(hook):
            recipient = plugins.loaded[name].manifest.recipient
            if recipient is not None:
                yield each, recipient

    return Recipients(
        by_gateway={
            gateway.code: recipient for gateway, recipient in with_recipient("entrepot_gateways")
        },
        quoting=tuple(recipient for _, recipient in with_recipient("entrepot_carriers")),
    )


def carriers_of(settings: Settings, plugins: PluginManager, plugin_guards: PluginGuards) -> Carrier:
    fallback = ShippingRate(
        code="flat",
        name=Text({"zh": "普通快递", "en": "Standard shipping"}),
        price=Money(settings.fallback_shipping, settings.currency),
    )
    return Carriers(guarded_carriers(plugins, plugin_guards), fallback)


def trackers_of(plugins: PluginManager, plugin_guards: PluginGuards) -> TracksParcels:
    return Trackers(guarded_carriers(plugins, plugin_guards))


def guarded_carriers(
    plugins: PluginManager, plugin_guards: PluginGuards
) -> list[tuple[Carrier, PluginGuard]]:
    return [
        (carrier, plugin_guards.of(name))
        for name, carrier in plugins.registered("entrepot_carriers")
    ]


@wired
class PluginParts(Platform):
    plugins = bound(PluginManager, load_plugins)
    plugin_guards = made(PluginGuards)
    plugin_report = bound(PluginReport, ReportPlugins)
    recipients = bound(Recipients, recipients_of)
    gateways = bound(Gateways, gateways_of)
    carriers = bound(Carrier, carriers_of)
    trackers = bound(TracksParcels, trackers_of)
