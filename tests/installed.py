"""Plugins in a folder that is on the path: written, or installed as pip would."""

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from adapters.clock import system
from adapters.plugins.guards import PluginGuards
from entrepot.plugin_manager import PluginManager


def write_module(folder: Path, name: str, source: str) -> EntryPoint:
    """Writes a plugin without installing it: `PluginManager.load` takes the entry point."""
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return EntryPoint(name=name, value=name, group="entrepot.plugins")


def install_plugin(folder: Path, name: str, source: str) -> None:
    """``folder`` must be on the path of the process that loads the plugin."""
    folder.mkdir(exist_ok=True)
    write_module(folder, name, source)
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[entrepot.plugins]\n{name} = {name}\n")


def plugin_manager(guards: PluginGuards, data: Path, **more: Any) -> PluginManager:
    """A manager without a shop. ``more`` has further arguments, such as ``checks``."""
    return PluginManager(
        guards=guards, data=data, base_url="http://shop", currency="CNY", now=system.now, **more
    )
