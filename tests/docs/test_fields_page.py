"""The example of the page about fields is a plugin that the shop accepts."""

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from adapters.clock import system
from adapters.plugins.guards import PluginGuards
from adapters.policies.documents import load_policy
from entrepot.fields import FieldOwner
from entrepot.plugin_checks import OWN_CHECKS, check_declared_fields
from entrepot.plugin_manager import PluginManager
from tests.docs.test_docs import read


def test_the_example_of_fields_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guards: PluginGuards
) -> None:
    (example,) = re.findall(
        r"```python\n(.+?)```", read("docs/integrator/fields.md"), flags=re.DOTALL
    )
    (tmp_path / "my_gifts.py").write_text(example, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "my_gifts", raising=False)
    manager = PluginManager(
        guards=guards,
        data=tmp_path,
        base_url="",
        currency="CNY",
        now=system.now,
        checks=(
            *OWN_CHECKS,
            check_declared_fields(frozenset(load_policy(["cn", "eu"]).purposes)),
        ),
    )
    manager.load([EntryPoint("my_gifts", "my_gifts", "entrepot.plugins")])
    assert manager.refused == []
    declared = {each.code for _, _, each in manager.described("entrepot_fields")}
    assert declared == {"my_gifts.occasion", "my_gifts.card"}


def test_every_owner_is_in_the_page() -> None:
    page = read("docs/integrator/fields.md")
    assert [each.name for each in FieldOwner if f"`{each.name}`" not in page] == []
