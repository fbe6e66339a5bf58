"""The tables of a plugin from the first upgrade to the uninstallation."""

from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select

from adapters.database.engine import Database
from entrepot.assembly.shop import Shop, close_shop, open_shop, prepare_shop
from tests.commands import command
from tests.diary import metadata, seats
from tests.plugins.shop_plugin import in_plugin

pytestmark = pytest.mark.anyio

LISTED = ["plugins", "list", "--json"]


async def names(database: Database) -> set[str]:
    async with database.reads.connect() as connection:
        found = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
    return {each for each in found if each.startswith("plugin_diary")}


async def test_a_plugin_is_refused_until_its_tables_are_upgraded(
    diary_plugin: Path, clean: Database, shop: Shop
) -> None:
    assert "diary" not in shop.plugins().loaded
    (refusal,) = shop.plugins().refused
    assert refusal.reason == "its tables are not current: run `entrepot db upgrade`"
    checked = await command(shop, "db", "check")
    assert checked.exit_code == 1
    assert "diary: is not current" in checked.output
    upgraded = await command(shop, "db", "upgrade")
    assert upgraded.exit_code == 0, upgraded.output
    assert await names(clean) == {*metadata.tables, "plugin_diary_version"}
    assert "diary was upgraded to the revision 0002." in upgraded.output
    checked = await command(shop, "db", "check")
    assert (checked.exit_code, "diary has the revision 0002." in checked.output) == (0, True)
    again = open_shop(shop.settings())
    await prepare_shop(again)
    rows = [{"code": "a", "taken": 0, "limit": 1}]
    made = await in_plugin(
        again, lambda access: access.tables.execute(insert(seats), rows), "diary"
    )
    assert made.changed == 1
    found = await in_plugin(again, lambda access: access.tables.execute(select(seats)), "diary")
    assert found.rows == tuple(rows)
    await close_shop(again)
