"""Loads the plugins."""

from pathlib import Path

from adapters.database.plugin_settings.reading import read_saved_settings
from adapters.database.plugin_tables.records import PluginTableRecords
from adapters.database.privacy.free_text import FreeTextRedaction
from adapters.database.privacy.shop_records import ShopRecords
from adapters.database.privacy.stored_responses import StoredResponses
from adapters.keys.setting_secrets import KeyringSecrets
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import PluginLimits
from adapters.plugins.process_record import ProcessRecord
from adapters.plugins.shop.link import ShopLink
from adapters.serialization.events import add_plugin_kinds
from core.domain.privacy.policy import Policy
from core.domain.privacy.recipient import Transfers
from entrepot.assembly.keyring import keyring_of
from entrepot.assembly.plugin_checks import check_commands, check_content, check_routes
from entrepot.assembly.promotion_kinds import review_promotion_kinds
from entrepot.assembly.table_checks import TableChecks
from entrepot.plugin_checks import (
    check_codes,
    check_declared_fields,
    check_event_types,
    check_page_permissions,
)
from entrepot.plugin_contract import EVENT_TYPES, PROVIDERS
from entrepot.plugin_manager import PluginManager
from entrepot.saved_settings import SavedAtStart
from entrepot.settings import Settings
from ports.clock import Clock

RESERVED = {
    PROVIDERS: frozenset(
        {ShopRecords.code, FreeTextRedaction.code, StoredResponses.code, PluginTableRecords.code}
    ),
}


def plugin_limits_of(settings: Settings) -> PluginLimits:
    return PluginLimits(
        seconds=settings.plugin_call_seconds,
        start_seconds=settings.plugin_start_seconds,
        fill_seconds=settings.plugin_slot_seconds,
    )


def process_record_of(settings: Settings) -> ProcessRecord:
    return ProcessRecord(process_records(settings))


def process_records(settings: Settings) -> Path:
    """The folder with a record of each server process."""
    return settings.data_dir / "run"


def load_plugins(
    settings: Settings,
    policy: Policy,
    now: Clock,
    plugin_guards: PluginGuards,
    shop_link: ShopLink,
    table_checks: TableChecks,
) -> PluginManager:
    manager = PluginManager(
        guards=plugin_guards,
        data=settings.data_dir / "plugins",
        base_url=settings.base_url,
        currency=settings.currency,
        now=now,
        link=shop_link,
        checks=(
            check_codes(RESERVED),
            check_event_types,
            check_page_permissions,
            check_declared_fields(frozenset(policy.purposes)),
            table_checks.check,
            check_routes,
            check_content,
            check_commands,
        ),
        outdated_tables=table_checks.outdated,
        switched_off=table_checks.switched_off(),
        saved=SavedAtStart(
            read_saved_settings(settings.database_url),
            lambda: KeyringSecrets(keyring_of(settings, manager, plugin_guards)),
        ),
        disabled=settings.plugins_disabled,
        allow_simulated_payments=settings.allow_simulated_payments,
        transfers=Transfers(home=policy.home, paths=settings.transfers),
        # An empty name is that of no plugin: a tax engine is used if it is named.
        choices={
            **{str(each): name for each, name in settings.plugins_chosen.items()},
            "taxes": settings.tax_engine,
        },
    )
    manager.load()
    review_promotion_kinds(manager, settings, now)
    add_plugin_kinds({each.code: each.stored for _, _, each in manager.described(EVENT_TYPES)})
    # `entrepot db upgrade` must start without them. `prepare_shop` requires them too.
    manager.require(sorted(required_plugins(settings) - manager.outdated))
    return manager


def required_plugins(settings: Settings) -> frozenset[str]:
    """The plugins without which the shop does not start."""
    return settings.plugins_required | _tax_engines(settings)


def _tax_engines(settings: Settings) -> frozenset[str]:
    """Without its tax engine the shop could place no order, unless the own rates count then."""
    is_needed = settings.tax_engine and not settings.tax_engine_fallback
    return frozenset({settings.tax_engine}) if is_needed else frozenset()
