"""Checks the tables of plugins while they are loaded."""

from collections.abc import Collection, Mapping

from adapters.database.plugin_tables.declaration import PluginTables
from adapters.database.plugin_tables.migration import PluginMigration
from adapters.database.plugin_tables.rules import TablesRefused, check_tables
from adapters.database.plugin_tables.start import read_disabled, read_revisions
from core.domain.privacy.policy import Policy
from entrepot.loaded_plugins import LoadedPlugin
from entrepot.plugin_contract import TABLES
from entrepot.settings import Settings


class TableChecks:
    """``newest`` has the newest revision of each plugin. It is read in the plugin's thread."""

    def __init__(self, settings: Settings, policy: Policy) -> None:
        self._settings = settings
        self._purposes = frozenset(policy.purposes)
        self._taken: dict[str, str] = {}
        self.newest: dict[str, str] = {}

    def check(self, plugin: LoadedPlugin, _others: Mapping[str, LoadedPlugin]) -> None:
        """Raises `TablesRefused`, or an error of the plugin's revisions."""
        registered = plugin.registered.get(TABLES, ())
        if len(registered) > 1:
            raise TablesRefused("has several PluginTables: put all tables into one metadata")
        for tables in registered:
            self._check(plugin.manifest.name, tables)

    def _check(self, plugin: str, tables: PluginTables) -> None:
        check_tables(plugin, tables, purposes=self._purposes, taken=self._taken)
        newest = PluginMigration(plugin, tables).newest()
        if newest is None:
            raise TablesRefused(f"there are no revisions in “{tables.folder}”")
        self.newest[plugin] = newest
        self._taken |= dict.fromkeys(tables.metadata.tables, plugin)

    def outdated(self, tables: Mapping[str, PluginTables]) -> Collection[str]:
        """The plugins whose tables have another revision than the newest."""
        revisions = read_revisions(self._settings.database_url, tables)
        return [name for name, revision in revisions.items() if revision != self.newest[name]]

    def switched_off(self) -> frozenset[str]:
        """The plugins that operators disabled. Those of the settings, if they are set, count."""
        if "plugins_disabled" in self._settings.model_fields_set:
            return frozenset()
        return read_disabled(self._settings.database_url)
