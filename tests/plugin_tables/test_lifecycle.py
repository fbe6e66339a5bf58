"""The tables of a plugin from the first upgrade to the uninstallation."""

import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, inspect, select, text

from adapters.database.engine import Database
from adapters.database.plugin_tables.declaration import PluginTables
from adapters.database.plugin_tables.migration import (
    PluginMigration,
    SchemaDiffers,
    TouchesOtherTables,
)
from adapters.database.tables.audit import audit_log
from adapters.database.tables.customers import customers
from core.domain.errors import NotFound
from entrepot.assembly.shop import Shop, close_shop, open_shop, prepare_shop
from entrepot.loaded_plugins import RequiredPluginMissing
from ports.plugin_shop.tables import Conflict, StatementRefused
from tests.commands import command
from tests.diary import BROKEN, FIRST, SECOND, metadata, notes, seats, write_migrations
from tests.installed import install_plugin
from tests.plugins.shop_plugin import in_plugin

pytestmark = pytest.mark.anyio

ALL = {*metadata.tables, "plugin_diary_version"}
STAMPS = """
from pathlib import Path

from sqlalchemy import Table

from entrepot import Capability, Manifest, hookimpl
from entrepot.tables import PluginTables, identifier, new_metadata

manifest = Manifest(
    name="stamps", version="1", api=">=1,<2", capabilities=frozenset({Capability.TABLES})
)
metadata = new_metadata()
Table("plugin_stamps_stamps", metadata, identifier(what="a stamp"))


@hookimpl
def entrepot_tables(context):
    return [PluginTables(metadata, Path("FOLDER"))]
"""
STAMPS_FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "1", None


def upgrade() -> None:
    op.create_table(
        "plugin_stamps_stamps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_stamps_stamps")),
    )
"""
TOUCHING = """
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.execute("DROP INDEX ix_orders_placed_at")
"""
ADDING = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("plugin_diary_seats", sa.Column("row", sa.Text()))
"""


async def names(database: Database, prefix: str = "plugin_diary") -> set[str]:
    async with database.reads.connect() as connection:
        found = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
    return {each for each in found if each.startswith(prefix)}


async def revision(database: Database, tables: PluginTables) -> str | None:
    async with database.reads.connect() as connection:
        return await connection.run_sync(PluginMigration("diary", tables).revision)


@pytest.mark.usefixtures("diary_plugin")
async def test_a_plugin_is_refused_until_its_tables_are_upgraded(
    clean: Database, shop: Shop
) -> None:
    assert "diary" not in shop.plugins().loaded
    (refusal,) = shop.plugins().refused
    assert refusal.reason == "its tables are not current: run `entrepot db upgrade`"
    checked = await command(shop, "db", "check")
    assert checked.exit_code == 1
    assert "diary: is not current" in checked.output
    upgraded = await command(shop, "db", "upgrade")
    assert upgraded.exit_code == 0, upgraded.output
    assert await names(clean) == ALL
    assert "diary was upgraded to the revision 0002." in upgraded.output
    checked = await command(shop, "db", "check")
    assert (checked.exit_code, "diary has the revision 0002." in checked.output) == (0, True)
    again = open_shop(shop.settings())
    await prepare_shop(again)
    row = {"code": "a", "taken": 0, "limit": 1}
    statements = [(insert(seats), row), select(seats)]
    made, found = await in_plugin(
        again, lambda access: access.tables.execute_all(statements), "diary"
    )
    assert (made.changed, found.rows) == (1, (row,))
    await close_shop(again)


@pytest.mark.usefixtures("diary_plugin", "clean")
async def test_a_required_plugin_does_not_stop_the_upgrade_of_its_tables(shop: Shop) -> None:
    settings = shop.settings().model_copy(update={"plugins_required": frozenset({"diary"})})
    before, after = open_shop(settings), open_shop(settings)
    with pytest.raises(RequiredPluginMissing, match="run `entrepot db upgrade`"):
        await prepare_shop(before)
    assert (await command(before, "db", "upgrade")).exit_code == 0
    await prepare_shop(after)
    for each in (before, after):
        await close_shop(each)


async def test_a_plugin_gets_the_errors_of_its_statements(diary_shop: Shop) -> None:
    async def refused(statement: Any, parameters: Any = None) -> Any:
        return await in_plugin(
            diary_shop, lambda access: access.tables.execute(statement, parameters), "diary"
        )

    foreign = await refused(select(customers.c.id))
    assert isinstance(foreign, StatementRefused)
    assert "“customers” is no table of this plugin" in str(foreign)
    row = {"code": "a", "taken": 0, "limit": 1}
    await refused(insert(seats), row)
    assert isinstance(await refused(insert(seats), row), Conflict)
    note = {"id": uuid4(), "customer_id": uuid4(), "stars": 1}
    assert isinstance(await refused(insert(notes), note), NotFound)


async def test_an_older_revision_is_upgraded_with_its_rows(clean: Database, tmp_path: Path) -> None:
    folder = write_migrations(tmp_path / "migrations", FIRST)
    older = PluginTables(metadata, folder)
    with pytest.raises(SchemaDiffers, match="plugin_diary_"):
        await PluginMigration("diary", older).upgrade(clean)
    assert await names(clean) == set()
    write_migrations(folder, FIRST, SECOND)
    assert await PluginMigration("diary", older).upgrade(clean)
    assert not await PluginMigration("diary", older).upgrade(clean)
    async with clean.writes.begin() as connection:
        await connection.execute(insert(seats).values(code="a", taken=1, limit=2))
    for source, error, reason in (
        (BROKEN, RuntimeError, "the third revision is broken"),
        (TOUCHING, TouchesOtherTables, "do not begin with plugin_diary_"),
        (ADDING, SchemaDiffers, "row"),
    ):
        write_migrations(folder, FIRST, SECOND, source)
        migration = PluginMigration("diary", older)
        with pytest.raises(error, match=reason):
            await migration.upgrade(clean)
        assert migration.progress.pending == ("0003",)
        assert await revision(clean, older) == "0002"
    async with clean.reads.connect() as connection:
        assert await connection.scalar(select(seats.c.taken)) == 1
        assert "ix_orders_placed_at" in await connection.run_sync(
            lambda each: [index["name"] for index in inspect(each).get_indexes("orders")]
        )


async def test_tables_that_differ_from_their_migrations_are_found(
    migrated: Database, tables: PluginTables
) -> None:
    assert await PluginMigration("diary", tables).drift(migrated) == []
    async with migrated.writes.begin() as connection:
        await connection.execute(text("ALTER TABLE plugin_diary_seats ADD COLUMN row_name TEXT"))
    (difference,) = await PluginMigration("diary", tables).drift(migrated)
    assert "row_name" in difference


async def test_a_broken_migration_leaves_the_others_upgraded(
    diary_plugin: Path,
    clean: Database,
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_migrations(diary_plugin, FIRST, SECOND, BROKEN)
    folder = tmp_path / "stamps"
    folder.mkdir()
    (folder / "1_stamps.py").write_text(STAMPS_FIRST, encoding="utf-8")
    install_plugin(tmp_path / "site", "stamps", STAMPS.replace("FOLDER", str(folder)))
    monkeypatch.delitem(sys.modules, "stamps", raising=False)
    upgraded = await command(shop, "db", "upgrade")
    assert upgraded.exit_code == 1
    assert "diary: the revision 0003 failed: RuntimeError: the third revision" in upgraded.output
    assert "stamps was upgraded to the revision 1." in upgraded.output
    assert await names(clean) == set()
    assert await names(clean, "plugin_stamps") == {"plugin_stamps_stamps", "plugin_stamps_version"}
    removed = await command(shop, "plugins", "uninstall", "stamps", "--yes")
    assert removed.exit_code == 0, removed.output
    assert await names(clean, "plugin_stamps") == set()


async def test_uninstalling_does_what_the_dry_run_says(
    diary_shop: Shop, diary_database: Database
) -> None:
    rows = [{"code": code, "taken": 0, "limit": 1} for code in "ab"]
    async with diary_database.writes.begin() as connection:
        await connection.execute(insert(seats), rows)
    dry = await command(diary_shop, "plugins", "uninstall", "diary", "--dry-run")
    lines = [each for each in dry.output.splitlines() if each.startswith("plugin_diary")]
    assert {each.split(" ")[0] for each in lines} == set(metadata.tables)
    assert "plugin_diary_seats with 2 rows is deleted" in lines
    assert "Printed diaries stay with the members." in dry.output
    assert await names(diary_database) == ALL
    kept = await command(diary_shop, "plugins", "uninstall", "diary", "--keep-tables", "--yes")
    assert "plugin_diary_seats with 2 rows stays" in kept.output
    assert await names(diary_database) == ALL
    refused = await command(diary_shop, "plugins", "uninstall", "diary")
    assert (refused.exit_code, await names(diary_database)) == (1, ALL)
    done = await command(diary_shop, "plugins", "uninstall", "diary", "--yes")
    assert done.exit_code == 0, done.output
    assert [each for each in done.output.splitlines() if each in lines] == lines
    assert await names(diary_database) == set()
    await diary_shop.relay_events().drain()
    async with diary_database.reads.connect() as connection:
        entries = list(await connection.scalars(select(audit_log.c.payload)))
    actions = [each.get("action") for each in entries]
    assert actions == ["uninstall plugin", "uninstall plugin"]
    listed = await command(diary_shop, "plugins", "list")
    assert "switched off" in listed.output
    again = await command(diary_shop, "plugins", "uninstall", "diary", "--yes")
    assert "There is no plugin “diary”" in again.output


async def test_a_plugin_is_switched_off_and_on(diary_shop: Shop) -> None:
    off = await command(diary_shop, "plugins", "disable", "diary")
    assert off.exit_code == 0, off.output
    listed = await command(diary_shop, "plugins", "list")
    assert "`entrepot plugins enable diary` switches it on" in " ".join(listed.output.split())
    on = await command(diary_shop, "plugins", "enable", "diary")
    assert on.exit_code == 0, on.output
    assert (await command(diary_shop, "plugins", "list")).exit_code == 0
    assert (await command(diary_shop, "plugins", "enable", "diary")).exit_code == 1
    checked = await command(diary_shop, "plugins", "check", "--api", "2.0")
    assert checked.exit_code == 1
    assert "diary: supports plugin API >=1,<2, and not 2.0" in checked.output
    assert (await command(diary_shop, "plugins", "check")).exit_code == 0
