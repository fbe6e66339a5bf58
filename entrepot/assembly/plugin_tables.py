"""The tables of plugins: migrations, access, removal and personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from adapters.database.engine import Database, open_database
from adapters.database.plugin_tables.access import SqlShopTables
from adapters.database.plugin_tables.catalogue import SqlPluginCatalogue
from adapters.database.plugin_tables.declaration import PluginTables
from adapters.database.plugin_tables.migration import PluginMigration
from adapters.database.plugin_tables.records import PluginTableRecords
from adapters.database.plugin_tables.removal import SqlPluginRemoval
from adapters.keys.vault import Vault
from adapters.plugins.answers.checks import exactly
from adapters.plugins.guards import PluginGuards
from adapters.plugins.shop.tables import RunStatements, TablesOf
from core.application.privacy.outcomes import Outcomes
from entrepot.assembly.storage import StorageParts
from entrepot.assembly.table_checks import TableChecks
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from entrepot.plugin_manifest import one_line
from entrepot.settings import Settings
from ports.clock import Clock
from ports.errors import PortError
from ports.plugins import PluginRemoval, PluginSchema, PluginSchemas

MIGRATION_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class SqlPluginSchemas:
    """Runs the migrations of each plugin in its thread, in a transaction of their own."""

    settings: Settings
    database: Database
    plugins: PluginManager
    plugin_guards: PluginGuards
    checks: TableChecks
    catalogue: SqlPluginCatalogue
    records: PluginTableRecords
    now: Clock

    async def upgrade(self) -> Sequence[PluginSchema]:
        upgraded = [
            await self._upgrade(name, self._migration(name, tables))
            for name, tables in sorted(self.plugins.tables.items())
        ]
        await self.records.refresh()
        return upgraded

    async def check(self) -> Sequence[PluginSchema]:
        return [
            await self._check(name, self._migration(name, tables))
            for name, tables in sorted(self.plugins.tables.items())
        ]

    def _migration(self, plugin: str, tables: PluginTables) -> PluginMigration:
        others = (each for name, each in self.plugins.tables.items() if name != plugin)
        names = frozenset(name for each in others for name in each.metadata.tables)
        return PluginMigration(plugin, tables, names)

    async def _upgrade(self, plugin: str, migration: PluginMigration) -> PluginSchema:
        try:
            changed = await self.plugin_guards.of(plugin).call(
                partial(_upgraded, self.settings.database_url, migration),
                lambda answer: exactly(answer, bool, "the answer"),
                seconds=MIGRATION_SECONDS,
            )
        except PortError as error:
            cause = error.__cause__
            reason = one_line(cause) if isinstance(cause, Exception) else one_line(error)
            revision = migration.progress.current
            problem = f"the revision {revision} failed: {reason}" if revision else reason
            return await self._state(plugin, migration, problem)
        await self.catalogue.note(plugin, migration.tables.metadata, self.now())
        return await self._state(plugin, migration, "", changed=changed)

    async def _check(self, plugin: str, migration: PluginMigration) -> PluginSchema:
        state = await self._state(plugin, migration, "")
        if state.revision != state.newest:
            problem = "is not current: run `entrepot db upgrade`"
        else:
            differences = await migration.drift(self.database)
            problem = f"differs from its migrations: {differences[0]}" if differences else ""
        return await self._state(plugin, migration, problem)

    async def _state(
        self, plugin: str, migration: PluginMigration, problem: str, *, changed: bool = False
    ) -> PluginSchema:
        async with self.database.reads.connect() as connection:
            revision = await connection.run_sync(migration.revision)
        return PluginSchema(
            plugin=plugin,
            revision=revision or "",
            newest=self.checks.newest[plugin],
            problem=problem,
            changed=changed,
        )


async def _upgraded(address: str, migration: PluginMigration) -> bool:
    """With connections of its own: it runs on the loop of the plugin."""
    database = open_database(address, pool_size=1)
    try:
        return await migration.upgrade(database)
    finally:
        await database.close()


@dataclass(frozen=True, slots=True)
class NotePluginTables:
    """Store the declarations of the loaded plugins, so that their tables are known for ever."""

    plugins: PluginManager
    catalogue: SqlPluginCatalogue
    records: PluginTableRecords
    now: Clock

    async def __call__(self) -> None:
        for name, tables in self.plugins.tables.items():
            if name in self.plugins.loaded:
                await self.catalogue.note(name, tables.metadata, self.now())
        await self.records.refresh()


def tables_of(plugins: PluginManager, database: Database, vault: Vault) -> TablesOf:
    opened: dict[str, SqlShopTables] = {}

    def of(plugin: str) -> RunStatements:
        if plugin not in opened:
            opened[plugin] = SqlShopTables(database, vault, plugins.tables[plugin].metadata)
        return opened[plugin]

    return of


@wired
class PluginTableParts(StorageParts):
    outcomes = made(Outcomes)
    plugin_table_catalogue = made(SqlPluginCatalogue)
    plugin_table_records = made(PluginTableRecords)
    plugin_schemas = bound(PluginSchemas, SqlPluginSchemas)
    plugin_removal = bound(PluginRemoval, SqlPluginRemoval)
    note_plugin_tables = made(NotePluginTables)
    tables_of_plugins = bound(TablesOf, tables_of)
