"""Personal-data providers, derived data and tombstone replay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.database.engine import Database
from adapters.database.fields.declarations import SqlFieldDeclarations
from adapters.database.migration import wipe
from adapters.database.plugin_tables.records import PluginTableRecords
from adapters.database.privacy.free_text import FreeTextRedaction
from adapters.database.privacy.provider_registry import SqlDataProviderRegistry
from adapters.database.privacy.shop_records import ShopRecords
from adapters.database.privacy.stored_responses import StoredResponses
from adapters.database.privacy.tombstone_replay import replay_tombstones
from adapters.keys.vault import Vault
from adapters.plugins.guards import PluginGuards
from adapters.plugins.personal_data import GuardedDataProvider, guarded
from core.application.fields.inventory import FieldInventory, RememberFields
from core.application.privacy.data_providers import DataProviders
from core.application.privacy.erasure import DerivedData
from core.application.recommendation import RebuildRecommendations
from core.domain.privacy.records import Subject
from entrepot.assembly.plugin_tables import PluginTableParts
from entrepot.assembly.recommendation import RecommendationParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_contract import PROVIDERS
from entrepot.plugin_manager import PluginManager
from ports.clock import Clock
from ports.fields import FieldDeclarations
from ports.keys import Destructions
from ports.privacy.data_providers import PersonalDataProvider


def data_providers_of(
    records: ShopRecords,
    plugin_table_records: PluginTableRecords,
    plugins: PluginManager,
    plugin_guards: PluginGuards,
    registry: SqlDataProviderRegistry,
) -> DataProviders:
    """Plugins come first: their records can lead to rows of the shop.

    Their tables come after the shop: a retained row has the new data key of its order.
    """
    of_plugins: tuple[PersonalDataProvider, ...] = tuple(
        guarded(data_provider, plugin_guards.of(name), description)
        for name, data_provider, description in plugins.described(PROVIDERS)
    )
    here: tuple[PersonalDataProvider, ...] = (
        *of_plugins,
        records,
        plugin_table_records,
        FreeTextRedaction(records.database, records.vault),
        StoredResponses(records.database, records.vault),
    )
    codes = [each.code for each in here]

    async def absent() -> tuple[str, ...]:
        return await registry.absent(codes)

    return DataProviders(here, absent)


def derived_data_of(
    database: Database, vault: Vault, rebuild: RebuildRecommendations
) -> DerivedData:
    """Data that is computed from records and is rebuilt after an erasure."""

    async def workers(_subject: Subject) -> None:
        await vault.wait_for_leases()

    async def recommendations(_subject: Subject) -> None:
        await rebuild()

    async def database_file(_subject: Subject) -> None:
        if database.is_sqlite:
            await wipe(database)

    return DerivedData(
        {
            "workers' keys": workers,
            "recommendations": recommendations,
            "database file": database_file,
        }
    )


@dataclass(frozen=True, slots=True)
class RegisterDataProviders:
    """Record which plugins store personal data, so that a removed plugin is noticed later."""

    data_providers: DataProviders
    registry: SqlDataProviderRegistry
    now: Clock

    async def __call__(self) -> None:
        inventories: Mapping[str, Any] = {
            each.code: [
                getattr(field, "place", getattr(field, "code", "")) for field in each.inventory()
            ]
            for each in self.data_providers.here
            if isinstance(each, GuardedDataProvider)
        }
        if inventories:
            await self.registry.note(inventories, self.now())


@dataclass(frozen=True, slots=True)
class ReplayTombstones:
    """Erase again the data that a restored backup contains. Returns the number of rows."""

    database: Database
    destructions: Destructions
    vault: Vault
    plugin_table_records: PluginTableRecords

    async def __call__(self) -> int:
        return await replay_tombstones(
            self.database, self.destructions, self.vault, self.plugin_table_records.replay
        )


@wired
class PersonalDataParts(RecommendationParts, PluginTableParts):
    data_provider_registry = made(SqlDataProviderRegistry)
    field_declarations = bound(FieldDeclarations, SqlFieldDeclarations)
    field_inventory = made(FieldInventory)
    remember_fields = made(RememberFields)
    shop_records = made(ShopRecords)
    data_providers = bound(DataProviders, data_providers_of)
    register_data_providers = made(RegisterDataProviders)
    replay_tombstones = made(ReplayTombstones)
    derived_data = bound(DerivedData, derived_data_of)
