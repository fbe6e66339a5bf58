"""The files of `entrepot plugins new`: a plugin that works, and its test."""

from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template

FOLDER = Path(__file__).with_name("skeletons")


def _skeleton(port: str) -> Callable[[str], Mapping[Path, str]]:
    def write(name: str) -> Mapping[Path, str]:
        title = "".join(part.capitalize() for part in name.split("_"))
        values = {"name": name, "title": title, "distribution": name.replace("_", "-")}
        files = {
            Path("pyproject.toml"): FOLDER / "pyproject.toml.txt",
            Path(name, "__init__.py"): FOLDER / f"{port}.py.txt",
            Path("tests", "conftest.py"): FOLDER / "conftest.py.txt",
            Path("tests", f"test_{name}.py"): FOLDER / f"{port}_test.py.txt",
        }
        return {
            path: Template(source.read_text(encoding="utf-8")).substitute(values)
            for path, source in files.items()
        }

    return write


PORTS = ("payment", "shipping", "search", "recommendation", "taxes")
SKELETONS = {port: _skeleton(port) for port in PORTS}
