"""Permissions that a plugin declares in its manifest."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from adapters.plugins.guards import PluginGuards
from entrepot.assembly.staff import known_permissions_of
from entrepot.plugin_manager import PluginManager
from tests.installed import plugin_manager, write_module

PLUGIN = """
from entrepot import Manifest, Permission, Text
class Odd(Permission): pass
def permission(code, kind=Permission, label="Give points"):
    return kind(code=code, label=Text({{"en": label}}), description=Text({{"en": "For members."}}))
def forged():
    found = permission("{name}.grant")
    object.__setattr__(found, "label", "<b>")
    return found
manifest = Manifest(
    name="{name}", version="1", api=">=1,<2", capabilities=frozenset(), permissions={permissions}
)
"""
WRONG = {
    "elsewhere": ('(permission("other.grant"),)', "does not begin with “elsewhere.”"),
    "orders": ('(permission("orders.burn"),)', "are those of the shop"),
    "twice": ('(permission("twice.grant"), permission("twice.grant"))', "declared twice"),
    "odd": ('(permission("odd.grant", Odd),)', "is a Odd and no Permission"),
    "forged": ("(forged(),)", "is a str and no Text"),
    "many": ('(permission("many.grant"),) * 101', "has 101 items"),
    "text": ('"text.grant"', "is a str and no tuple"),
    "long": ('(permission("long.grant", label="x" * 81),)', "longer than 80"),
    "shouting": ('(permission("shouting.GRANT"),)', "no permission code"),
}


@pytest.fixture
def manager(tmp_path: Path, guards: PluginGuards, monkeypatch: pytest.MonkeyPatch) -> PluginManager:
    monkeypatch.syspath_prepend(str(tmp_path))
    return plugin_manager(guards, tmp_path)


def written(folder: Path, name: str, permissions: str) -> EntryPoint:
    source = PLUGIN.format(name=name, permissions=permissions)
    return write_module(folder, name, source)


def test_the_permissions_of_a_manifest_are_known(manager: PluginManager, tmp_path: Path) -> None:
    manager.load([written(tmp_path, "loyalty", '[permission("loyalty.grant")]')])
    known = known_permissions_of(manager)
    (area,) = known.of_plugins
    assert (area.code, [each.code for each in area.permissions]) == ("loyalty", ["loyalty.grant"])
    assert known.codes - known.shop_codes == {"loyalty.grant"}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_plugin_with_wrong_permissions_is_refused_in_one_line(
    manager: PluginManager, tmp_path: Path, name: str
) -> None:
    permissions, reason = WRONG[name]
    sound = written(tmp_path, "loyalty", '(permission("loyalty.grant"),)')
    manager.load([written(tmp_path, name, permissions), sound])
    assert list(manager.loaded) == ["loyalty"]
    (refusal,) = manager.refused
    assert reason in refusal.reason
    assert "\n" not in refusal.reason
