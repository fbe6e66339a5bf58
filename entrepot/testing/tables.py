"""The conformance suite for the tables of a plugin."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest

from adapters.database.engine import Database, open_database
from adapters.database.plugin_tables.declaration import PluginTables
from adapters.database.plugin_tables.documents import documents_of, tables_from
from adapters.database.plugin_tables.migration import PluginMigration
from adapters.database.plugin_tables.rules import check_tables
from adapters.policies.documents import load_policy


class PluginTablesSuite:
    """Override the fixtures ``plugin`` (its name) and ``tables``.

    Override ``purposes`` if the privacy policy of the shop has other ones, and ``address`` to
    migrate an empty PostgreSQL database instead of a file.
    """

    @pytest.fixture
    def plugin(self) -> str:
        raise NotImplementedError("Override the fixture `plugin`.")

    @pytest.fixture
    def tables(self) -> PluginTables:
        raise NotImplementedError("Override the fixture `tables`.")

    @pytest.fixture
    def purposes(self) -> Collection[str]:
        return frozenset(load_policy(["cn", "eu"]).purposes)

    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'tables.db'}"

    @pytest.fixture
    async def empty(self, address: str) -> AsyncIterator[Database]:
        database = open_database(address)
        yield database
        await database.close()

    def test_the_tables_keep_the_rules(
        self, plugin: str, tables: PluginTables, purposes: Collection[str]
    ) -> None:
        check_tables(plugin, tables, purposes=purposes, taken={})

    def test_the_tables_are_known_after_the_plugin_was_removed(self, tables: PluginTables) -> None:
        documents = documents_of(tables.metadata)
        assert documents_of(tables_from(documents)) == documents

    async def test_the_migrations_make_the_tables(
        self, plugin: str, tables: PluginTables, empty: Database
    ) -> None:
        assert await PluginMigration(plugin, tables).upgrade(empty)
        assert await PluginMigration(plugin, tables).drift(empty) == []

    async def test_an_upgrade_is_safe_to_repeat(
        self, plugin: str, tables: PluginTables, empty: Database
    ) -> None:
        await PluginMigration(plugin, tables).upgrade(empty)
        assert not await PluginMigration(plugin, tables).upgrade(empty)

    async def test_each_revision_runs_after_the_one_before(
        self, plugin: str, tables: PluginTables, empty: Database
    ) -> None:
        """As in a shop that installs every version of the plugin."""
        for revision in PluginMigration(plugin, tables).revisions():
            await PluginMigration(plugin, tables, target=revision).upgrade(empty)
        assert await PluginMigration(plugin, tables).drift(empty) == []
