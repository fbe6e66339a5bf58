"""The example of the page on admin pages passes the conformance kit."""

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from adapters.plugins.guards import PluginGuards
from entrepot.admin import AdminPage, EditForm, Submission
from entrepot.plugin_contract import ADMIN_PAGES
from entrepot.plugin_manager import PluginManager
from entrepot.testing import AdminPagesSuite
from tests.installed import plugin_manager, write_module

PAGE = Path(__file__).parents[2] / "docs" / "integrator" / "admin-pages.md"
NAMES = ("Kiln", "Loom", "Forge", "Press", "Mill")


@pytest.fixture
def plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guards: PluginGuards
) -> Iterator[PluginManager]:
    (example,) = re.findall(r"```python\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.syspath_prepend(str(tmp_path))
    manager = plugin_manager(guards, tmp_path)
    manager.load([write_module(tmp_path, "suppliers", example)])
    assert manager.refused == []
    yield manager
    sys.modules.pop("suppliers", None)


async def add_suppliers(add: EditForm) -> None:
    """Each once: a name that exists is an error."""
    for name in NAMES:
        values = {"name": name, "town": ""}
        submission = Submission(key="", values=values, version="", actor="staff:1")
        assert not (await add.save(submission)).errors
        assert (await add.save(submission)).errors


class TestExample(AdminPagesSuite):
    @pytest.fixture
    def admin_pages(self, plugins: PluginManager) -> Sequence[AdminPage]:
        pages: list[AdminPage] = [page for _, page in plugins.registered(ADMIN_PAGES)]
        (add,) = [page.content for page in pages if page.path == "new"]
        assert isinstance(add, EditForm)
        asyncio.run(add_suppliers(add))
        return pages

    @pytest.fixture
    def keys(self) -> dict[str, str]:
        return {"list/{key}": "s1"}
