"""The objects of plugins, each with its plugin guard, and their fallbacks."""

from collections.abc import Iterator
from typing import Any

from adapters.plugins.carriers import Carriers, GuardedCarrier, Trackers
from adapters.plugins.gateway import GuardedGateway
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import PluginLimits, Purpose
from adapters.plugins.process_record import ProcessRecord
from adapters.plugins.shop.link import ShopLink
from adapters.plugins.tax_engine import GuardedTaxEngine, NoTaxEngine
from core.application.payments.gateways import Gateways
from core.application.privacy.recipients import Recipients
from core.domain.fields.declared import DeclaredFields
from core.domain.money import Money
from core.domain.privacy.recipient import Recipient
from core.domain.text import Text
from entrepot.assembly.admin_pages import admin_pages_of
from entrepot.assembly.platform import Platform
from entrepot.assembly.plugin_loading import load_plugins, plugin_limits_of, process_record_of
from entrepot.assembly.plugin_report import ReportPlugins
from entrepot.assembly.table_checks import TableChecks
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_contract import CARRIERS, FIELDS, GATEWAYS, TAX_ENGINES
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.admin.pages import AdminPages
from ports.fulfillment import Carrier, ShippingRate, TracksParcels
from ports.plugins import PluginReport
from ports.taxes import RecordsTaxes, TaxEngine


def gateways_of(
    settings: Settings, plugins: PluginManager, plugin_guards: PluginGuards
) -> Gateways:
    return Gateways(
        {
            description.code: GuardedGateway(
                gateway,
                description,
                guard=plugin_guards.of(name),
                notifications=plugin_guards.of(name, Purpose.NOTIFICATIONS),
                http=settings.base_url.startswith("http://"),
            )
            for name, gateway, description in plugins.described(GATEWAYS)
        }
    )


def recipients_of(plugins: PluginManager) -> Recipients:
    """The recipients of personal data, by gateway and by carrier."""

    def with_recipient(hook: str) -> Iterator[tuple[Any, Recipient]]:
        for name, _, description in plugins.described(hook):
            recipient = plugins.loaded[name].manifest.recipient
            if recipient is not None:
                yield description, recipient

    return Recipients(
        by_gateway={gateway.code: recipient for gateway, recipient in with_recipient(GATEWAYS)},
        quoting=tuple(recipient for _, recipient in with_recipient(CARRIERS)),
    )


def carriers_of(settings: Settings, plugins: PluginManager, plugin_guards: PluginGuards) -> Carrier:
    fallback = ShippingRate(
        code="flat",
        name=Text({"zh": "普通快递", "en": "Standard shipping"}),
        price=Money.parse_with_currency(settings.fallback_shipping),
    )
    return Carriers(guarded_carriers(plugins, plugin_guards), fallback)


def trackers_of(plugins: PluginManager, plugin_guards: PluginGuards) -> TracksParcels:
    return Trackers(guarded_carriers(plugins, plugin_guards))


def guarded_carriers(plugins: PluginManager, plugin_guards: PluginGuards) -> list[GuardedCarrier]:
    return [
        GuardedCarrier(carrier, plugin_guards.of(name), description)
        for name, carrier, description in plugins.described(CARRIERS)
    ]


def tax_engine_of(
    plugins: PluginManager, plugin_guards: PluginGuards
) -> GuardedTaxEngine | NoTaxEngine:
    """Calculates taxes, and records them."""
    chosen = plugins.chosen(TAX_ENGINES)
    if chosen is None:
        return NoTaxEngine()
    name, engine, description = chosen
    return GuardedTaxEngine(engine, plugin_guards.of(name), description)


def declared_fields_of(plugins: PluginManager) -> DeclaredFields:
    return DeclaredFields(tuple(each.field for _, _, each in plugins.described(FIELDS)))


@wired
class PluginParts(Platform):
    plugin_limits = bound(PluginLimits, plugin_limits_of)
    process_record = bound(ProcessRecord, process_record_of)
    plugin_guards = made(PluginGuards)
    shop_link = made(ShopLink)
    table_checks = made(TableChecks)
    plugins = bound(PluginManager, load_plugins)
    plugin_report = bound(PluginReport, ReportPlugins)
    recipients = bound(Recipients, recipients_of)
    declared_fields = bound(DeclaredFields, declared_fields_of)
    gateways = bound(Gateways, gateways_of)
    carriers = bound(Carrier, carriers_of)
    trackers = bound(TracksParcels, trackers_of)
    admin_pages = bound(AdminPages, admin_pages_of)
    tax_engine = bound(TaxEngine, tax_engine_of)
    tax_records = bound(RecordsTaxes, tax_engine_of)
