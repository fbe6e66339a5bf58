"""Fixtures: plugins that use `PluginContext.shop`."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.installed import install_plugin
from tests.plugins.shop_plugin import NAME, Write, source_of


@pytest.fixture
def write_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a plugin without installing it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write_plugin(
        name: str, *, capabilities: str = "Capability", body: str = "pass"
    ) -> EntryPoint:
        text = source_of(name, capabilities=capabilities, body=body)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        return EntryPoint(name=name, value=name, group="entrepot.plugins")

    return write_plugin


@pytest.fixture
def shop_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs the plugin. It must come before the fixture ``shop``, which loads the plugins."""
    install_plugin(tmp_path / "site", NAME, source_of(NAME))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, NAME, raising=False)
