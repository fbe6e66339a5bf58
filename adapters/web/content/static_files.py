"""Static files of plugins: scripts, styles, pictures and fonts, with a fingerprint."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from adapters.web.outer.files import PLUGIN_SUFFIXES

STATIC = "static"
MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_FILES = 1_000


class FileRefused(Exception):
    """A static file of a plugin cannot be served. The message is one line."""


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """``fingerprints`` by the name of the file, such as ``css/shop.css``."""

    plugin: str
    fingerprints: Mapping[str, str]

    @staticmethod
    def of(plugin: str, folder: Path) -> "StaticFiles":
        """The files in the folder ``static``. Raises `FileRefused`."""
        root = folder / STATIC
        files = sorted(each for each in root.rglob("*") if each.is_file())
        if len(files) > MAX_FILES:
            raise FileRefused(f"it has more than {MAX_FILES} static files")
        return StaticFiles(
            plugin, {each.relative_to(root).as_posix(): _fingerprint(each, root) for each in files}
        )

    def address(self, name: str) -> str:
        """The address for templates. Raises `KeyError` if there is no such file."""
        return f"{prefix_of(self.plugin)}{name}?v={self.fingerprints[name]}"


def prefix_of(plugin: str) -> str:
    return f"/static/plugins/{plugin}/"


def _fingerprint(file: Path, root: Path) -> str:
    name = file.relative_to(root)
    if file.suffix.lower() not in PLUGIN_SUFFIXES:
        allowed = ", ".join(sorted(PLUGIN_SUFFIXES))
        raise FileRefused(f"its static file {name} has none of the types {allowed}")
    if not file.resolve().is_relative_to(root.resolve()):
        raise FileRefused(f"its static file {name} is outside of its folder")
    if file.stat().st_size > MAX_FILE_BYTES:
        raise FileRefused(f"its static file {name} has more than 8 MB")
    return sha256(file.read_bytes()).hexdigest()[:10]
