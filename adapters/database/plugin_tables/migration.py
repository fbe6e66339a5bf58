"""Migrations of plugins: each plugin has a line of its own, with its own version table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, inspect

from adapters.database.engine import Database
from adapters.database.migration import MIGRATIONS, alone, committed
from adapters.database.plugin_tables.declaration import (
    PluginTables,
    prefix_of,
    version_table_of,
)

HEAD = "head"


class TouchesOtherTables(Exception):
    """A migration of a plugin changed tables that are not its own. Nothing was changed."""


class SchemaDiffers(Exception):
    """The migrations do not make the declared tables. Nothing was changed."""


@dataclass(slots=True)
class UpgradeProgress:
    """The revisions of an upgrade: those that are to run, and how many have run."""

    pending: tuple[str, ...] = ()
    done: int = 0

    @property
    def current(self) -> str:
        """The revision that runs now, or failed; empty before the first and after the last."""
        return self.pending[self.done] if self.done < len(self.pending) else ""


@dataclass(frozen=True, slots=True)
class PluginMigration:
    """The migration line of one plugin. ``others`` are the tables of other plugins.

    ``target`` is the revision of an upgrade; the result is compared with the tables at the newest.
    """

    plugin: str
    tables: PluginTables
    others: frozenset[str] = frozenset()
    progress: UpgradeProgress = field(default_factory=UpgradeProgress)
    target: str = HEAD

    async def upgrade(self, database: Database) -> bool:
        """Run the missing revisions in one transaction. Returns false if there are none.

        The code of the plugin runs here: call it in the thread of the plugin.

        Raises:
            TouchesOtherTables: a revision changed tables of the shop or of another plugin.
            SchemaDiffers: the result is not what the metadata declares.
            Exception: what the plugin raised; `progress` has the revision.
        """
        async with alone(database) as connection, committed(database, connection):
            return await connection.run_sync(self._upgrade)

    async def drift(self, database: Database) -> list[str]:
        """The differences between the database and the metadata, one line each."""
        async with database.writes.connect() as connection:
            return await connection.run_sync(self._drift)

    def revisions(self) -> list[str]:
        """All revisions, the first one first."""
        script = ScriptDirectory.from_config(self._configuration(None))
        return [each.revision for each in script.walk_revisions()][::-1]

    def newest(self) -> str | None:
        return ScriptDirectory.from_config(self._configuration(None)).get_current_head()

    def revision(self, connection: Connection) -> str | None:
        """The revision that the database has; None if it has none."""
        options = {"version_table": version_table_of(self.plugin)}
        context = MigrationContext.configure(connection, opts=options)
        return context.get_current_revision()

    def _upgrade(self, connection: Connection) -> bool:
        script = ScriptDirectory.from_config(self._configuration(None))
        before = self.revision(connection)
        revisions = script.iterate_revisions(self.target, before or "base")
        pending = tuple(reversed([each.revision for each in revisions]))
        if not pending:
            return False
        self.progress.pending = pending
        others = self._other_tables(connection)
        command.upgrade(self._configuration(connection), self.target)
        if self._other_tables(connection) != others:
            raise TouchesOtherTables(
                f"a migration changes tables that do not begin with {prefix_of(self.plugin)}"
            )
        differences = self._drift(connection) if self.target == HEAD else []
        if differences:
            raise SchemaDiffers(f"the migrations do not make the tables: {differences[0]}")
        return True

    def _configuration(self, connection: Connection | None) -> Config:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", str(self.tables.folder))
        config.attributes.update(
            connection=connection,
            metadata=self.tables.metadata,
            include_object=self._is_own,
            version_table=version_table_of(self.plugin),
            on_version_apply=self._count,
        )
        return config

    def _count(self, **_options: Any) -> None:
        self.progress.done += 1

    def _drift(self, connection: Connection) -> list[str]:
        options = {
            "version_table": version_table_of(self.plugin),
            "include_object": self._is_own,
            "compare_type": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        return [_line(each) for each in compare_metadata(context, self.tables.metadata)]

    def _is_own(self, _object: Any, name: str | None, kind: str, reflected: bool, _to: Any) -> bool:  # noqa: FBT001
        """Leave out the tables of the shop and of other plugins."""
        return kind != "table" or not reflected or self._has(str(name))

    def _has(self, table: str) -> bool:
        """Also a table that an earlier version of the plugin had."""
        begins = table.startswith(prefix_of(self.plugin)) and not table.endswith("_version")
        return table in self.tables.metadata.tables or (begins and table not in self.others)

    def _other_tables(self, connection: Connection) -> Mapping[str, Any]:
        """Columns and indexes of all other tables, to compare them."""
        inspector: Inspector = inspect(connection)
        columns = inspector.get_multi_columns()
        indexes = inspector.get_multi_indexes()
        return {
            str(name): (
                [(each["name"], str(each["type"]), each["nullable"]) for each in found],
                sorted(str(each["name"]) for each in indexes.get((schema, name), [])),
            )
            for (schema, name), found in columns.items()
            if not self._has(name) and name != version_table_of(self.plugin)
        }


def _line(difference: Any) -> str:
    """A difference as Alembic reports it, in one line."""
    parts = difference[0] if isinstance(difference, list) else difference
    words = (str(getattr(each, "name", each)) for each in parts if each is not None)
    return " ".join(" ".join(words).split())
