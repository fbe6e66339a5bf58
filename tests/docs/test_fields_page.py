"""The example of the page about fields is a plugin that the shop accepts."""

import re
import sys
from pathlib import Path

import pytest

from adapters.plugins.guards import PluginGuards
from adapters.policies.documents import load_policy
from entrepot.fields import FieldOwner
from entrepot.plugin_checks import OWN_CHECKS, check_declared_fields
from tests.docs.test_docs import read
from tests.installed import plugin_manager, write_module


def test_the_example_of_fields_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guards: PluginGuards
) -> None:
    (example,) = re.findall(
        r"```python\n(.+?)```", read("docs/integrator/fields.md"), flags=re.DOTALL
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "my_gifts", raising=False)
    purposes = frozenset(load_policy(["cn", "eu"]).purposes)
    checks = (*OWN_CHECKS, check_declared_fields(purposes))
    manager = plugin_manager(guards, tmp_path, checks=checks)
    manager.load([write_module(tmp_path, "my_gifts", example)])
    assert manager.refused == []
    declared = {each.code for _, _, each in manager.described("entrepot_fields")}
    assert declared == {"my_gifts.occasion", "my_gifts.card"}


def test_every_owner_is_in_the_page() -> None:
    page = read("docs/integrator/fields.md")
    assert [each.name for each in FieldOwner if f"`{each.name}`" not in page] == []
