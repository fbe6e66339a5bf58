"""Fixtures: plugins that use `PluginContext.shop`."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from adapters.plugins.guards import PluginGuards
from entrepot.plugin_manager import PluginManager
from tests.installed import install_plugin, plugin_manager, write_module
from tests.plugins.shop_plugin import NAME, Write, source_of


@pytest.fixture
def manager(tmp_path: Path, guards: PluginGuards) -> PluginManager:
    return plugin_manager(guards, tmp_path)


@pytest.fixture
def write_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a plugin without installing it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write_plugin(
        name: str, *, capabilities: str = "Capability", body: str = "pass"
    ) -> EntryPoint:
        text = source_of(name, capabilities=capabilities, body=body)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return write_module(tmp_path, name, text)

    return write_plugin


@pytest.fixture
def shop_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs the plugin. It must come before the fixture ``shop``, which loads the plugins."""
    install_plugin(tmp_path / "site", NAME, source_of(NAME))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, NAME, raising=False)
