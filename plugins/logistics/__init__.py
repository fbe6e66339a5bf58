"""Freight templates, and links to tracking pages."""

from entrepot import Capability, Carrier, Manifest, PluginContext, hookimpl
from plugins.logistics.carrier import FreightCarrier
from plugins.logistics.settings import LogisticsSettings

manifest = Manifest(
    name="logistics",
    version="0.1.0",
    api=">=1,<2",
    capabilities=frozenset({Capability.SHIPPING}),
    settings=LogisticsSettings,
)


@hookimpl
def entrepot_carriers(context: PluginContext) -> list[Carrier]:
    return [FreightCarrier(context.settings.read(context.currency))]
