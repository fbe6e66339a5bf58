"""The example of the documentation is a plugin with tables that works."""

import re
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from adapters.database.engine import open_database
from adapters.database.plugin_tables.access import SqlShopTables
from adapters.database.plugin_tables.migration import PluginMigration
from adapters.database.plugin_tables.rules import check_tables
from adapters.keys.vault import Vault
from adapters.policies.documents import load_policy
from entrepot.tables import PluginTables

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).parents[2] / "docs" / "integrator" / "plugin-tables.md"


async def test_the_example_of_the_documentation_works(tmp_path: Path, vault: Vault) -> None:
    plugin, revision, statements = re.findall(
        r"```python\n(.+?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert "context.shop.tables.execute(" in statements
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001.py").write_text(revision, encoding="utf-8")
    module = ModuleType("diary")
    module.__file__ = str(tmp_path / "diary.py")
    exec(compile(plugin, module.__file__, "exec"), module.__dict__)  # noqa: S102
    (tables,) = module.entrepot_tables(None)
    assert isinstance(tables, PluginTables)
    check_tables("diary", tables, purposes=load_policy(["cn"]).purposes, taken={})
    database = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    await PluginMigration("diary", tables).upgrade(database)
    access = SqlShopTables(database, vault, tables.metadata)
    await access.execute(insert(module.notes), {"id": uuid4(), "stars": 5})
    assert (await access.execute(select(module.notes.c.stars))).first == {"stars": 5}
    await database.close()
