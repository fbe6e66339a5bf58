"""Installs a plugin into a folder, as pip would."""

from pathlib import Path


def install_plugin(folder: Path, name: str, source: str) -> None:
    """``folder`` must be on the path of the process that loads the plugin."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[entrepot.plugins]\n{name} = {name}\n")
