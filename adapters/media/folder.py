"""Implements the media store with a folder."""

import asyncio
from pathlib import Path, PurePosixPath

from ports.errors import Rejected

SUFFIXES = {".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif"}
ABSOLUTE = ("http://", "https://", "/")


class FolderMedia:
    """``address`` is the prefix of all paths: ``/media``, or the address of a CDN."""

    def __init__(self, folder: Path, address: str = "/media") -> None:
        self._folder = folder
        self._address = address.rstrip("/")

    async def put(self, path: str, content: bytes) -> None:
        target = PurePosixPath(path)
        if target.is_absolute() or ".." in target.parts or path.startswith("."):
            raise Rejected(f"“{path}” is not a path inside the media store.")
        if target.suffix.lower() not in SUFFIXES:
            raise Rejected(f"“{path}” is not a picture. Use one of: {', '.join(sorted(SUFFIXES))}.")
        await asyncio.to_thread(self._write, self._folder / target, content)

    def address(self, path: str) -> str:
        return path if path.startswith(ABSOLUTE) else f"{self._address}/{path}"

    @staticmethod
    def _write(target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.part")
        partial.write_bytes(content)
        partial.replace(target)
