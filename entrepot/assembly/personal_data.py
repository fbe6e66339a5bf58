"""Who keeps records about people, and what was made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.database.engine import Database
from adapters.database.keepers import SqlKeeperRegister
from adapters.database.migration import wipe
from adapters.database.privacy.answers import KeptAnswers
from adapters.database.privacy.burial import bury
from adapters.database.privacy.mentions import Mentions
from adapters.database.privacy.shop import ShopRecords
from adapters.keys.vault import Vault
from adapters.plugins.records import GuardedKeeper, guarded
from core.application.privacy.erasing import DerivedData
from core.application.privacy.keepers import Keepers
from core.application.privacy.outcomes import Outcomes
from core.application.recommending import RebuildRecommendations
from core.domain.privacy.records import Subject
from entrepot.assembly.plugin_loading import Boundaries
from entrepot.assembly.recommendation import RecommendationParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from ports.clock import Clock
from ports.keys import Destructions
from ports.privacy import RecordKeeper


def keepers_of(
    records: ShopRecords,
    plugins: PluginManager,
    boundaries: Boundaries,
    register: SqlKeeperRegister,
) -> Keepers:
    """Plugins first, since what they keep may lead to rows of the shop; each by itself."""
    brought: tuple[RecordKeeper, ...] = tuple(
        guarded(keeper, boundaries.of(name))
        for name, keeper in plugins.brought("entrepot_record_keepers")
    )
    here: tuple[RecordKeeper, ...] = (
        *brought,
        records,
        Mentions(records.database, records.vault),
        KeptAnswers(records.database, records.vault),
    )
    codes = [each.code for each in here]

    async def absent() -> tuple[str, ...]:
        return await register.absent(codes)

    return Keepers(here, absent)


def derived_data_of(
    database: Database, vault: Vault, rebuild: RebuildRecommendations
) -> DerivedData:
    """What was made of records, and must be made again without the person."""

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
class NoteKeepers:
    """Write down which plugins keep records, so that one that is removed later is missed."""

    keepers: Keepers
    register: SqlKeeperRegister
    now: Clock

    async def __call__(self) -> None:
        inventories: Mapping[str, Any] = {
            each.code: [
                getattr(field, "place", getattr(field, "code", "")) for field in each.inventory()
            ]
            for each in self.keepers.here
            if isinstance(each, GuardedKeeper)
        }
        if inventories:
            await self.register.note(inventories, self.now())


@dataclass(frozen=True, slots=True)
class ReplayTombstones:
    """Erase again what came back with an old backup; how many rows there were."""

    database: Database
    destructions: Destructions

    async def __call__(self) -> int:
        return await bury(self.database, self.destructions)


@wired
class PersonalDataParts(RecommendationParts):
    keeper_register = made(SqlKeeperRegister)
    outcomes = made(Outcomes)
    shop_records = made(ShopRecords)
    keepers = bound(Keepers, keepers_of)
    note_keepers = made(NoteKeepers)
    replay_tombstones = made(ReplayTombstones)
    derived_data = bound(DerivedData, derived_data_of)
