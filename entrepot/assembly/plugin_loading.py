"""Loads the plugins."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.database.privacy.free_text import FreeTextRedaction
from adapters.database.privacy.shop_records import ShopRecords
from adapters.database.privacy.stored_responses import StoredResponses
from adapters.plugins.guard import PluginLimits
from adapters.plugins.guards import PluginGuards
from adapters.plugins.process_record import ProcessRecord
from adapters.plugins.shop.link import ShopLink
from adapters.serialization.events import add_plugin_kinds
from core.domain.privacy.policy import Policy
from core.domain.privacy.recipient import Transfers
from entrepot.plugin_contract import EVENT_TYPES, PROVIDERS
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.clock import Clock
from ports.content.pages import ServedContent

RESERVED = {
    PROVIDERS: frozenset({ShopRecords.code, FreeTextRedaction.code, StoredResponses.code}),
}


def check_routes(routes: Sequence[Any], others: Sequence[Any]) -> None:
    from adapters.web.plugin_routes import check_routes as check  # noqa: PLC0415 -- the whole web

    check(routes, others)


def check_content(content: ServedContent, others: Sequence[ServedContent]) -> None:
    from adapters.web.plugin_content import check_content as check  # noqa: PLC0415 -- the whole web

    check(content, others)


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
) -> PluginManager:
    manager = PluginManager(
        guards=plugin_guards,
        data=settings.data_dir / "plugins",
        base_url=settings.base_url,
        currency=settings.currency,
        now=now,
        link=shop_link,
        check_routes=check_routes,
        check_content=check_content,
        disabled=settings.plugins_disabled,
        allow_simulated_payments=settings.allow_simulated_payments,
        transfers=Transfers(home=policy.home, paths=settings.transfers),
        reserved=RESERVED,
        # An empty name is that of no plugin: a tax engine is used if it is named.
        choices={
            **{str(each): name for each, name in settings.plugins_chosen.items()},
            "taxes": settings.tax_engine,
        },
    )
    manager.load()
    add_plugin_kinds({each.code: each.stored for _, _, each in manager.described(EVENT_TYPES)})
    manager.require(sorted(settings.plugins_required | _tax_engines(settings)))
    return manager


def _tax_engines(settings: Settings) -> frozenset[str]:
    """Without its tax engine the shop could place no order, unless the own rates count then."""
    is_needed = settings.tax_engine and not settings.tax_engine_fallback
    return frozenset({settings.tax_engine}) if is_needed else frozenset()
